// Original file: millrace/v1/groups.proto

import type { GroupHeartbeatRequest as _millrace_v1_GroupHeartbeatRequest, GroupHeartbeatRequest__Output as _millrace_v1_GroupHeartbeatRequest__Output } from '../../millrace/v1/GroupHeartbeatRequest.ts';
import type { CommitOffsetsRequest as _millrace_v1_CommitOffsetsRequest, CommitOffsetsRequest__Output as _millrace_v1_CommitOffsetsRequest__Output } from '../../millrace/v1/CommitOffsetsRequest.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * One member's stream. Everything that it says and commits, each answered by itself, in any order.
 */
export interface MembershipRequest {
  /**
   * Comes back with the answer.
   */
  'sequence'?: (number | string | Long);
  'heartbeat'?: (_millrace_v1_GroupHeartbeatRequest | null);
  'commit'?: (_millrace_v1_CommitOffsetsRequest | null);
  'frame'?: "heartbeat"|"commit";
}

/**
 * One member's stream. Everything that it says and commits, each answered by itself, in any order.
 */
export interface MembershipRequest__Output {
  /**
   * Comes back with the answer.
   */
  'sequence': (number);
  'heartbeat'?: (_millrace_v1_GroupHeartbeatRequest__Output | null);
  'commit'?: (_millrace_v1_CommitOffsetsRequest__Output | null);
  'frame'?: "heartbeat"|"commit";
}
