// Original file: millrace/v1/admin.proto

import type { Long } from '@grpc/proto-loader';

export interface DeleteRecordsResponse {
  'topicId'?: (string);
  /**
   * Where the partition begins now: at the offset, or at the batch that holds it.
   */
  'logStart'?: (number | string | Long);
}

export interface DeleteRecordsResponse__Output {
  'topicId': (string);
  /**
   * Where the partition begins now: at the offset, or at the batch that holds it.
   */
  'logStart': (number);
}
