import { partitionOf, type PartitionRef, topicOf } from '@millrace/core/assignors/partitionRef';
import { type MillraceError, millraceError } from '@millrace/core/errors';
import { findMember, type MemberReference } from './findMember.ts';
import type { Group, GroupsState } from './group.ts';
import type { GroupLimits } from './groupLimits.ts';
import { OFFSETS_PER_REQUEST_MAX } from './groupLimits.ts';
import { type CommittedOffset, type GroupRecord, type OffsetRecord } from './groupRecord.ts';
import type { GroupRulesOff } from './groupRules.ts';
import type { GroupTopics } from './groupTopics.ts';

export interface OffsetToCommit {
  readonly ref: PartitionRef;
  readonly offset: number;
  /** -1: not known. */
  readonly leaderEpoch: number;
  readonly metadata: string;
}

/** Without a member id: by somebody who is no member, which a group with members refuses. */
export interface CommitRequest extends MemberReference {
  readonly memberEpoch: number;
  /** `forward`: an offset below the committed one is refused, it is late or lost its way. `rewind`: it is meant. */
  readonly direction: 'forward' | 'rewind';
  readonly offsets: readonly OffsetToCommit[];
}

/** Error undefined: it is committed. */
export interface CommitResult {
  readonly ref: PartitionRef;
  readonly error: MillraceError | undefined;
}

export interface Commit {
  readonly records: readonly GroupRecord[];
  readonly results: readonly CommitResult[];
}

/**
 * Each partition for itself. Throws UNKNOWN_MEMBER, FENCED_INSTANCE, FENCED_MEMBER_EPOCH, GROUP_NOT_EMPTY, GROUP_FULL
 * and INVALID_REQUEST for all of them. `wallMs`: kept with the offsets.
 */
export function commit(
  state: GroupsState,
  request: CommitRequest,
  topics: GroupTopics,
  limits: GroupLimits,
  wallMs: number,
  rulesOff: GroupRulesOff,
): Commit {
  const { groupId, offsets } = request;
  if (offsets.length > OFFSETS_PER_REQUEST_MAX) {
    const message = `${offsets.length} offsets in one request, at most ${OFFSETS_PER_REQUEST_MAX} are allowed`;
    throw millraceError('INVALID_REQUEST', message);
  }
  const refusalOf = committerOf(state, request, limits, rulesOff);
  const isForward = request.direction === 'forward' && !rulesOff.has('commits-go-forward');
  const committed = state.groups.get(groupId)?.offsets;
  const records: OffsetRecord[] = [];
  const results = offsets.map(({ ref, offset, leaderEpoch, metadata }): CommitResult => {
    const past = isForward ? committed?.get(ref)?.offset : undefined;
    const error =
      refusalOf(ref) ??
      checkOffset(ref, offset, leaderEpoch, topics) ??
      checkMetadata(metadata, limits) ??
      checkForward(ref, offset, past);
    if (error === undefined) {
      const value = { offset, leaderEpoch, metadata, commitMs: wallMs };
      records.push({ kind: 'offset', groupId, ref, value });
    }
    return { ref, error };
  });
  if (records.length > 0 && state.groups.get(groupId)?.value === undefined) {
    state.unsettled.add(groupId);
  }
  return { records, results };
}

type RefusalOf = (ref: PartitionRef) => MillraceError | undefined;

function committerOf(
  state: GroupsState,
  request: CommitRequest,
  limits: GroupLimits,
  rulesOff: GroupRulesOff,
): RefusalOf {
  const { groupId, memberId, memberEpoch } = request;
  if (memberId === '') {
    const group = state.groups.get(groupId);
    if (group === undefined && state.groups.size >= limits.groupsMax) {
      const message = `this coordinator has ${limits.groupsMax} groups, which is the limit`;
      throw millraceError('GROUP_FULL', message);
    }
    if (group !== undefined && group.members.size > 0) throw notEmpty(group);
    return () => undefined;
  }
  const { current } = findMember(state, request);
  if (rulesOff.has('commits-of-owners')) return () => undefined;
  if (memberEpoch > current.memberEpoch) throw fencedCommit(request, current.memberEpoch);
  return (ref) => {
    const since = current.assigned.get(ref) ?? current.revoking.get(ref);
    if (since === undefined) {
      return millraceError('NOT_OWNER', `${ref} does not belong to ${memberId} of ${groupId}`);
    }
    // Sent when it had the partition earlier: another member had it since, and may have gone on.
    return memberEpoch < since ? fencedCommit(request, since) : undefined;
  };
}

function checkForward(
  ref: PartitionRef,
  offset: number,
  past: number | undefined,
): MillraceError | undefined {
  if (past === undefined || offset >= past) return undefined;
  return millraceError('OFFSET_BEHIND', `${ref}: ${offset} is below ${past}, which is committed`);
}

export function notEmpty({ groupId, members }: Group): MillraceError {
  return millraceError('GROUP_NOT_EMPTY', `${groupId} has ${members.size} members`);
}

function fencedCommit({ memberId, memberEpoch }: CommitRequest, epoch: number): MillraceError {
  const message = `a commit of epoch ${memberEpoch} by ${memberId}, which has its partition since epoch ${epoch}`;
  return millraceError('FENCED_MEMBER_EPOCH', message);
}

function checkOffset(
  ref: PartitionRef,
  offset: number,
  leaderEpoch: number,
  topics: GroupTopics,
): MillraceError | undefined {
  if (!Number.isSafeInteger(offset) || offset < 0) {
    return millraceError('INVALID_REQUEST', `${offset} is no offset`);
  }
  if (!Number.isInteger(leaderEpoch) || leaderEpoch < -1 || leaderEpoch > 0x7fff_ffff) {
    return millraceError('INVALID_REQUEST', `${leaderEpoch} is no leader epoch`);
  }
  const topic = topics.byId(topicOf(ref));
  if (topic === undefined) return millraceError('UNKNOWN_TOPIC', `${ref}: there is no such topic`);
  if (partitionOf(ref) < topic.partitions) return undefined;
  return millraceError('UNKNOWN_PARTITION', `${topic.name} has ${topic.partitions} partitions`);
}

function checkMetadata(metadata: string, limits: GroupLimits): MillraceError | undefined {
  const bytes = Buffer.byteLength(metadata);
  if (bytes <= limits.metadataBytesMax) return undefined;
  const message = `${bytes} bytes of metadata, at most ${limits.metadataBytesMax} are allowed`;
  return millraceError('METADATA_TOO_LARGE', message);
}

/** Undefined where nothing is committed. All that are committed if no partitions are named. */
export function fetchOffsets(
  state: GroupsState,
  groupId: string,
  refs: readonly PartitionRef[] | undefined,
): ReadonlyMap<PartitionRef, CommittedOffset | undefined> {
  const offsets = state.groups.get(groupId)?.offsets;
  if (refs === undefined) return new Map(offsets ?? []);
  return new Map(refs.map((ref) => [ref, offsets?.get(ref)]));
}
