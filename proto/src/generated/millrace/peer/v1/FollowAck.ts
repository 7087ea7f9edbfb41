// Original file: millrace/peer/v1/replication.proto

import type { Long } from '@grpc/proto-loader';

/**
 * A fetch. It also resumes a handle that a status paused.
 */
export interface FollowAck {
  'handle'?: (number);
  'leaderEpoch'?: (number);
  /**
   * The follower's log end.
   */
  'fetchOffset'?: (number | string | Long);
  /**
   * -1: its log is empty.
   */
  'lastFetchedEpoch'?: (number);
  'durableEnd'?: (number | string | Long);
}

/**
 * A fetch. It also resumes a handle that a status paused.
 */
export interface FollowAck__Output {
  'handle': (number);
  'leaderEpoch': (number);
  /**
   * The follower's log end.
   */
  'fetchOffset': (number);
  /**
   * -1: its log is empty.
   */
  'lastFetchedEpoch': (number);
  'durableEnd': (number);
}
