/** What a member says on its stream, as bytes. */
import type { CommitOffsetsRequest } from '@millrace/proto/generated/millrace/v1/CommitOffsetsRequest';
import type { GroupHeartbeatRequest } from '@millrace/proto/generated/millrace/v1/GroupHeartbeatRequest';
import type { MembershipRequest } from '@millrace/proto/generated/millrace/v1/MembershipRequest';
import type { MembershipResponse__Output } from '@millrace/proto/generated/millrace/v1/MembershipResponse';
import { unaryMethod } from '../serviceMethods.ts';

export type MemberFrame =
  | { readonly heartbeat: GroupHeartbeatRequest }
  | { readonly commit: CommitOffsetsRequest };

export const membershipMethod = unaryMethod<MembershipRequest, MembershipResponse__Output>(
  'Consumer',
  'Membership',
  'read',
);
