// Original file: millrace/v1/groups.proto

import type { GroupHeartbeatResponse as _millrace_v1_GroupHeartbeatResponse, GroupHeartbeatResponse__Output as _millrace_v1_GroupHeartbeatResponse__Output } from '../../millrace/v1/GroupHeartbeatResponse.ts';
import type { CommitOffsetsResponse as _millrace_v1_CommitOffsetsResponse, CommitOffsetsResponse__Output as _millrace_v1_CommitOffsetsResponse__Output } from '../../millrace/v1/CommitOffsetsResponse.ts';
import type { Error as _millrace_v1_Error, Error__Output as _millrace_v1_Error__Output } from '../../millrace/v1/Error.ts';
import type { Long } from '@grpc/proto-loader';

export interface MembershipResponse {
  'sequence'?: (number | string | Long);
  'heartbeat'?: (_millrace_v1_GroupHeartbeatResponse | null);
  'commit'?: (_millrace_v1_CommitOffsetsResponse | null);
  /**
   * Of this request; the stream goes on.
   */
  'error'?: (_millrace_v1_Error | null);
  'frame'?: "heartbeat"|"commit"|"error";
}

export interface MembershipResponse__Output {
  'sequence': (number);
  'heartbeat'?: (_millrace_v1_GroupHeartbeatResponse__Output | null);
  'commit'?: (_millrace_v1_CommitOffsetsResponse__Output | null);
  /**
   * Of this request; the stream goes on.
   */
  'error'?: (_millrace_v1_Error__Output | null);
  'frame'?: "heartbeat"|"commit"|"error";
}
