import type { PartitionRef } from '@millrace/core/assignors/partitionRef';
import { millraceError } from '@millrace/core/errors';
import { findMember, type MemberReference } from './findMember.ts';
import type { Group, GroupsState } from './group.ts';
import type { CurrentValue, GroupRecord } from './groupRecord.ts';
import type { GroupRulesOff } from './groupRules.ts';
import { confirmed } from './reconcile.ts';

export interface HeartbeatRequest extends MemberReference {
  /** Of the last assignment that it has taken. */
  readonly memberEpoch: number;
  readonly revision: number;
  /** What it works on, or may. Undefined: it does not say. */
  readonly owned: ReadonlySet<PartitionRef> | undefined;
}

/**
 * Keeps the session, and confirms what was given up: only in answer to the very assignment that asked for it, since an
 * older one, still on its way, may give the member the same partition once more. `nowMs`: monotonic.
 *
 * Throws UNKNOWN_MEMBER, FENCED_INSTANCE, and FENCED_MEMBER_EPOCH for a member that says what it can't know.
 */
export function heartbeat(
  state: GroupsState,
  request: HeartbeatRequest,
  nowMs: number,
  rulesOff: GroupRulesOff,
): GroupRecord[] {
  const { groupId, memberId, revision, owned } = request;
  const { group, current } = findMember(state, request);
  const isLatest = revision === current.revision;
  const isOtherEpoch = isLatest && request.memberEpoch !== current.memberEpoch;
  if (revision > current.revision || request.memberEpoch > current.memberEpoch || isOtherEpoch) {
    throw fenced(request, current);
  }
  if (isLatest && owned !== undefined) {
    for (const ref of owned) {
      if (!current.assigned.has(ref) && !current.revoking.has(ref)) throw fenced(request, current);
    }
  }
  heardOf(group, memberId, nowMs);
  const mayConfirm = isLatest || rulesOff.has('latest-confirms');
  if (!mayConfirm || owned === undefined || current.revoking.size === 0) return [];
  for (const ref of current.revoking.keys()) if (owned.has(ref)) return [];
  state.unsettled.add(groupId);
  return [{ kind: 'current', groupId, memberId, value: confirmed(current) }];
}

/** `nowMs`: monotonic. */
export function heardOf(group: Group, memberId: string, nowMs: number): void {
  const session = group.sessions.get(memberId);
  if (session !== undefined) session.deadlineMs = nowMs + group.timeouts(memberId).sessionMs;
}

function fenced({ memberId, groupId }: HeartbeatRequest, { memberEpoch, revision }: CurrentValue) {
  const message = `${memberId} of ${groupId} is at epoch ${memberEpoch}, revision ${revision}, and says otherwise`;
  return millraceError('FENCED_MEMBER_EPOCH', message);
}
