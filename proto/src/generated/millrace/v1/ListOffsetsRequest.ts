// Original file: millrace/v1/consumer.proto

import type { Position as _millrace_v1_Position, Position__Output as _millrace_v1_Position__Output } from '../../millrace/v1/Position.ts';
import type { Long } from '@grpc/proto-loader';

export interface ListOffsetsRequest {
  'topicId'?: (string);
  'topicName'?: (string);
  /**
   * None: all.
   */
  'partitions'?: (number)[];
  'timestampMs'?: (number | string | Long);
  'position'?: (_millrace_v1_Position);
  'topic'?: "topicId"|"topicName";
  /**
   * None given: the earliest offset.
   */
  'at'?: "timestampMs"|"position";
}

export interface ListOffsetsRequest__Output {
  'topicId'?: (string);
  'topicName'?: (string);
  /**
   * None: all.
   */
  'partitions': (number)[];
  'timestampMs'?: (number);
  'position'?: (_millrace_v1_Position__Output);
  'topic'?: "topicId"|"topicName";
  /**
   * None given: the earliest offset.
   */
  'at'?: "timestampMs"|"position";
}
