// Original file: millrace/v1/admin.proto

import type { Long } from '@grpc/proto-loader';

export interface DeleteRecordsRequest {
  'topicId'?: (string);
  'topicName'?: (string);
  'partition'?: (number);
  /**
   * Records before it go; -1: all up to the high watermark. Above that it is refused (OFFSET_OUT_OF_RANGE), as is a topic
   * that is only compacted (INVALID_REQUEST).
   */
  'offset'?: (number | string | Long);
  'topic'?: "topicId"|"topicName";
}

export interface DeleteRecordsRequest__Output {
  'topicId'?: (string);
  'topicName'?: (string);
  'partition': (number);
  /**
   * Records before it go; -1: all up to the high watermark. Above that it is refused (OFFSET_OUT_OF_RANGE), as is a topic
   * that is only compacted (INVALID_REQUEST).
   */
  'offset': (number);
  'topic'?: "topicId"|"topicName";
}
