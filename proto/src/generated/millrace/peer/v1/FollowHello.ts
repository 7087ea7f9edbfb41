// Original file: millrace/peer/v1/replication.proto

import type { FollowLane as _millrace_peer_v1_FollowLane, FollowLane__Output as _millrace_peer_v1_FollowLane__Output } from '../../../millrace/peer/v1/FollowLane.ts';

/**
 * Of the first request alone.
 */
export interface FollowHello {
  'clusterId'?: (string);
  'from'?: (number);
  /**
   * Of the follower.
   */
  'bootId'?: (string);
  'to'?: (number);
  'lane'?: (_millrace_peer_v1_FollowLane);
}

/**
 * Of the first request alone.
 */
export interface FollowHello__Output {
  'clusterId': (string);
  'from': (number);
  /**
   * Of the follower.
   */
  'bootId': (string);
  'to': (number);
  'lane': (_millrace_peer_v1_FollowLane__Output);
}
