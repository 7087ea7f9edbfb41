// Original file: millrace/peer/v1/replication.proto

import type { FollowStatus as _millrace_peer_v1_FollowStatus, FollowStatus__Output as _millrace_peer_v1_FollowStatus__Output } from '../../../millrace/peer/v1/FollowStatus.ts';
import type { FollowData as _millrace_peer_v1_FollowData, FollowData__Output as _millrace_peer_v1_FollowData__Output } from '../../../millrace/peer/v1/FollowData.ts';

export interface FollowResponse {
  'status'?: (_millrace_peer_v1_FollowStatus)[];
  'data'?: (_millrace_peer_v1_FollowData)[];
}

export interface FollowResponse__Output {
  'status': (_millrace_peer_v1_FollowStatus__Output)[];
  'data': (_millrace_peer_v1_FollowData__Output)[];
}
