// Original file: millrace/peer/v1/positions.proto

import type { Long } from '@grpc/proto-loader';

export interface RecordQuery {
  'partition'?: (number);
  /**
   * The first record at or after it, and at or after the log start, is meant.
   */
  'offset'?: (number | string | Long);
}

export interface RecordQuery__Output {
  'partition': (number);
  /**
   * The first record at or after it, and at or after the log start, is meant.
   */
  'offset': (number);
}
