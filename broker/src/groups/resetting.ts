import type { PartitionRef } from '@millrace/core/assignors/partitionRef';
import { millraceError } from '@millrace/core/errors';
import { notEmpty } from './committing.ts';
import { Group, type GroupsState } from './group.ts';
import { OFFSETS_PER_REQUEST_MAX } from './groupLimits.ts';
import type { CommittedOffset, GroupRecord } from './groupRecord.ts';
import { removeMember } from './leaving.ts';

/** Of what is kept for an undo: metadata is left out beyond it, offsets never. */
const UNDO_METADATA_BYTES_MAX = 256 * 1024;

export interface ResetResult {
  readonly ref: PartitionRef;
  readonly before: CommittedOffset | undefined;
  /** Undefined: nothing is committed any more. */
  readonly after: CommittedOffset | undefined;
}

export interface Reset {
  readonly records: readonly GroupRecord[];
  readonly results: readonly ResetResult[];
}

/** `offsets`: undefined takes the commit away. Throws GROUP_NOT_EMPTY and INVALID_REQUEST. */
export function resetOffsets(
  state: GroupsState,
  groupId: string,
  offsets: ReadonlyMap<PartitionRef, number | undefined>,
  wallMs: number,
): Reset {
  if (offsets.size > OFFSETS_PER_REQUEST_MAX) {
    const message = `${offsets.size} offsets in one request, at most ${OFFSETS_PER_REQUEST_MAX} are allowed`;
    throw millraceError('INVALID_REQUEST', message);
  }
  const after = new Map<PartitionRef, CommittedOffset | undefined>();
  for (const [ref, offset] of offsets) {
    const value = { offset: offset ?? 0, leaderEpoch: -1, metadata: '', commitMs: wallMs };
    after.set(ref, offset === undefined ? undefined : value);
  }
  const group = state.groups.get(groupId) ?? new Group(groupId);
  const { records, results } = overwrite(group, after);
  if (group.value === undefined) state.unsettled.add(groupId);
  const previous = undoOf(results);
  return {
    records: [{ kind: 'reset', groupId, value: { atMs: wallMs, previous } }, ...records],
    results,
  };
}

/** Once. Throws GROUP_NOT_EMPTY, UNKNOWN_GROUP, and INVALID_REQUEST if there was no reset. */
export function undoReset(state: GroupsState, groupId: string): Reset {
  const group = knownGroup(state, groupId);
  const { lastReset } = group;
  if (lastReset === undefined) {
    throw millraceError('INVALID_REQUEST', `${groupId} has no reset to be undone`);
  }
  const { records, results } = overwrite(group, lastReset.previous);
  return { records: [...records, { kind: 'reset', groupId, value: undefined }], results };
}

/** With its offsets and its declaration. Throws GROUP_NOT_EMPTY, UNKNOWN_GROUP. */
export function deleteGroup(state: GroupsState, groupId: string): GroupRecord[] {
  const group = knownGroup(state, groupId);
  if (group.members.size > 0) throw notEmpty(group);
  return tombstones(group);
}

/** Of all its records. */
export function tombstones(group: Group): GroupRecord[] {
  const { groupId } = group;
  const records: GroupRecord[] = [];
  for (const memberId of group.members.keys()) records.push(...removeMember(group, memberId));
  for (const ref of group.offsets.keys()) {
    records.push({ kind: 'offset', groupId, ref, value: undefined });
  }
  if (group.lastReset !== undefined) records.push({ kind: 'reset', groupId, value: undefined });
  if (group.declaration !== undefined) {
    records.push({ kind: 'declaration', groupId, value: undefined });
  }
  if (group.value !== undefined) records.push({ kind: 'group', groupId, value: undefined });
  return records;
}

/** Throws UNKNOWN_GROUP. */
export function knownGroup(state: GroupsState, groupId: string): Group {
  const group = state.groups.get(groupId);
  if (group !== undefined) return group;
  throw millraceError('UNKNOWN_GROUP', `there is no group ${JSON.stringify(groupId)}`);
}

function overwrite(
  group: Group,
  offsets: ReadonlyMap<PartitionRef, CommittedOffset | undefined>,
): Reset {
  if (group.members.size > 0) throw notEmpty(group);
  const { groupId } = group;
  const records: GroupRecord[] = [];
  const results: ResetResult[] = [];
  for (const [ref, after] of offsets) {
    results.push({ ref, before: group.offsets.get(ref), after });
    records.push({ kind: 'offset', groupId, ref, value: after });
  }
  return { records, results };
}

function undoOf(results: readonly ResetResult[]): Map<PartitionRef, CommittedOffset | undefined> {
  let left = UNDO_METADATA_BYTES_MAX;
  return new Map(
    results.map(({ ref, before }) => {
      if (before === undefined) return [ref, undefined];
      left -= Buffer.byteLength(before.metadata);
      return [ref, left < 0 ? { ...before, metadata: '' } : before];
    }),
  );
}
