// Original file: millrace/v1/consumer.proto

import type { Long } from '@grpc/proto-loader';

export interface OffsetForLeaderEpochResponse {
  /**
   * The largest epoch at or below the one asked for that the log knows; -1: none.
   */
  'leaderEpoch'?: (number);
  /**
   * Exclusive end of that epoch; -1: none.
   */
  'endOffset'?: (number | string | Long);
}

export interface OffsetForLeaderEpochResponse__Output {
  /**
   * The largest epoch at or below the one asked for that the log knows; -1: none.
   */
  'leaderEpoch': (number);
  /**
   * Exclusive end of that epoch; -1: none.
   */
  'endOffset': (number);
}
