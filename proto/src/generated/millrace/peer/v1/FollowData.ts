// Original file: millrace/peer/v1/replication.proto

import type { Long } from '@grpc/proto-loader';

export interface FollowData {
  'handle'?: (number);
  'leaderEpoch'?: (number);
  'highWatermark'?: (number | string | Long);
  'logStart'?: (number | string | Long);
  'lastStable'?: (number | string | Long);
  'tombstonesRemovedBelow'?: (number | string | Long);
  /**
   * Whole record batches in a row, from the follower's fetch_offset on; absent: only positions have moved.
   */
  'batches'?: (Buffer | Uint8Array | string);
}

export interface FollowData__Output {
  'handle': (number);
  'leaderEpoch': (number);
  'highWatermark': (number);
  'logStart': (number);
  'lastStable': (number);
  'tombstonesRemovedBelow': (number);
  /**
   * Whole record batches in a row, from the follower's fetch_offset on; absent: only positions have moved.
   */
  'batches': (Buffer);
}
