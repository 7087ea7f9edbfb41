import type { MemberReference } from './findMember.ts';
import { findMember } from './findMember.ts';
import type { Group, GroupsState } from './group.ts';
import type { GroupRecord } from './groupRecord.ts';

/** What it owned is free with these records. */
export function removeMember(
  { groupId, targets, currents }: Group,
  memberId: string,
): GroupRecord[] {
  const records: GroupRecord[] = [];
  if (currents.has(memberId))
    records.push({ kind: 'current', groupId, memberId, value: undefined });
  if (targets.has(memberId)) records.push({ kind: 'target', groupId, memberId, value: undefined });
  records.push({ kind: 'member', groupId, memberId, value: undefined });
  return records;
}

/** It has stopped on all it had. Throws UNKNOWN_MEMBER, FENCED_INSTANCE. */
export function leave(state: GroupsState, reference: MemberReference): GroupRecord[] {
  const { group } = findMember(state, reference);
  state.unsettled.add(reference.groupId);
  return removeMember(group, reference.memberId);
}

/** More wait for the next sweep: the event loop is not only theirs. */
export const RECORDS_PER_SWEEP_MAX = 2000;

/** Members that were not heard of, or did not give up what they were to, in time: fenced. `nowMs`: monotonic. */
export function expireMembers(state: GroupsState, nowMs: number): GroupRecord[] {
  const records: GroupRecord[] = [];
  for (const group of state.groups.values()) {
    for (const [memberId, session] of group.sessions) {
      if (session.deadlineMs > nowMs && session.revokeDeadlineMs > nowMs) continue;
      if (records.length >= RECORDS_PER_SWEEP_MAX) return records;
      records.push(...removeMember(group, memberId));
      state.unsettled.add(group.groupId);
    }
  }
  return records;
}

/** Whether expireMembers has something to do. */
export function hasExpired(state: GroupsState, nowMs: number): boolean {
  for (const { sessions } of state.groups.values()) {
    for (const { deadlineMs, revokeDeadlineMs } of sessions.values()) {
      if (deadlineMs <= nowMs || revokeDeadlineMs <= nowMs) return true;
    }
  }
  return false;
}

/** This process stood still for so long, and could hear nobody. */
export function prolongSessions(state: GroupsState, byMs: number): void {
  for (const { sessions } of state.groups.values()) {
    for (const session of sessions.values()) {
      session.deadlineMs += byMs;
      session.revokeDeadlineMs += byMs;
    }
  }
}
