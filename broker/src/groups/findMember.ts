import { millraceError } from '@millrace/core/errors';
import type { Group, GroupsState } from './group.ts';
import type { CurrentValue } from './groupRecord.ts';

export interface MemberReference {
  readonly groupId: string;
  readonly memberId: string;
  /** Empty: not static. */
  readonly instanceId: string;
}

export interface FoundMember {
  readonly group: Group;
  readonly current: CurrentValue;
}

/** Throws UNKNOWN_MEMBER, and FENCED_INSTANCE if its place was taken by a newer process. */
export function findMember(state: GroupsState, reference: MemberReference): FoundMember {
  const { groupId, memberId, instanceId } = reference;
  const group = state.groups.get(groupId);
  const holder = group?.instances.get(instanceId);
  if (instanceId !== '' && holder !== undefined && holder !== memberId) {
    const message = `${instanceId} of ${groupId} is another process now`;
    throw millraceError('FENCED_INSTANCE', message);
  }
  if (group === undefined || !group.members.has(memberId)) {
    throw millraceError('UNKNOWN_MEMBER', `${groupId} has no member ${memberId}`);
  }
  return { group, current: group.current(memberId) };
}
