/** How records change the state: the only way, in a coordinator that decides and in one that loads. */
import { Group, type GroupsState } from './group.ts';
import type { CurrentValue, GroupRecord, MemberValue } from './groupRecord.ts';

/** `nowMs`: monotonic. */
export function replayGroupRecord(state: GroupsState, record: GroupRecord, nowMs: number): void {
  if (record.kind === 'barrier') return;
  const group = state.groups.get(record.groupId) ?? new Group(record.groupId);
  switch (record.kind) {
    case 'offset':
      setOrDelete(group.offsets, record.ref, record.value);
      break;
    case 'group':
      group.value = record.value;
      break;
    case 'declaration':
      group.declaration = record.value;
      break;
    case 'reset':
      group.lastReset = record.value;
      break;
    case 'member':
      replayMember(group, record.memberId, record.value, nowMs);
      break;
    case 'target':
      setOrDelete(group.targets, record.memberId, record.value?.partitions);
      break;
    case 'current':
      replayCurrent(group, record.memberId, record.value, nowMs);
      break;
  }
  if (group.isNothing) state.groups.delete(record.groupId);
  else state.groups.set(record.groupId, group);
}

function replayMember(
  group: Group,
  memberId: string,
  value: MemberValue | undefined,
  nowMs: number,
): void {
  const before = group.members.get(memberId);
  if (before !== undefined && group.instances.get(before.instanceId) === memberId) {
    group.instances.delete(before.instanceId);
  }
  setOrDelete(group.members, memberId, value);
  if (value === undefined) {
    group.sessions.delete(memberId);
    return;
  }
  if (value.instanceId !== '') group.instances.set(value.instanceId, memberId);
  const deadlineMs = nowMs + group.timeouts(memberId).sessionMs;
  const session = group.sessions.get(memberId);
  if (session === undefined) {
    group.sessions.set(memberId, { deadlineMs, revokeDeadlineMs: Number.POSITIVE_INFINITY });
  } else session.deadlineMs = deadlineMs;
}

function replayCurrent(
  group: Group,
  memberId: string,
  value: CurrentValue | undefined,
  nowMs: number,
): void {
  const before = group.current(memberId);
  for (const ref of [...before.assigned.keys(), ...before.revoking.keys()]) {
    if (group.owners.get(ref) === memberId) group.owners.delete(ref);
  }
  setOrDelete(group.currents, memberId, value);
  if (value === undefined) return;
  for (const ref of [...value.assigned.keys(), ...value.revoking.keys()]) {
    group.owners.set(ref, memberId);
  }
  const session = group.sessions.get(memberId);
  if (session === undefined) return;
  if (value.state !== 'revoking') session.revokeDeadlineMs = Number.POSITIVE_INFINITY;
  else if (value.revoking.size > before.revoking.size) {
    session.revokeDeadlineMs = nowMs + group.timeouts(memberId).rebalanceMs;
  }
}

function setOrDelete<Key, Value>(map: Map<Key, Value>, key: Key, value: Value | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}
