// Original file: millrace/peer/v1/replication.proto

import type { FollowHello as _millrace_peer_v1_FollowHello, FollowHello__Output as _millrace_peer_v1_FollowHello__Output } from '../../../millrace/peer/v1/FollowHello.ts';
import type { FollowAdd as _millrace_peer_v1_FollowAdd, FollowAdd__Output as _millrace_peer_v1_FollowAdd__Output } from '../../../millrace/peer/v1/FollowAdd.ts';
import type { FollowAck as _millrace_peer_v1_FollowAck, FollowAck__Output as _millrace_peer_v1_FollowAck__Output } from '../../../millrace/peer/v1/FollowAck.ts';
import type { Error as _millrace_v1_Error, Error__Output as _millrace_v1_Error__Output } from '../../../millrace/v1/Error.ts';
import type { Long } from '@grpc/proto-loader';

export interface FollowRequest {
  'hello'?: (_millrace_peer_v1_FollowHello | null);
  'add'?: (_millrace_peer_v1_FollowAdd)[];
  'ack'?: (_millrace_peer_v1_FollowAck)[];
  'drop'?: (number)[];
  /**
   * Bytes of batches that the leader may send beyond what it was granted before.
   */
  'creditBytes'?: (number | string | Long);
  /**
   * Why the follower ends the stream; alone in its message, and the last one.
   */
  'farewell'?: (_millrace_v1_Error | null);
}

export interface FollowRequest__Output {
  'hello': (_millrace_peer_v1_FollowHello__Output | null);
  'add': (_millrace_peer_v1_FollowAdd__Output)[];
  'ack': (_millrace_peer_v1_FollowAck__Output)[];
  'drop': (number)[];
  /**
   * Bytes of batches that the leader may send beyond what it was granted before.
   */
  'creditBytes': (number);
  /**
   * Why the follower ends the stream; alone in its message, and the last one.
   */
  'farewell': (_millrace_v1_Error__Output | null);
}
