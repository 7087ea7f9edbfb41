/** Groups as their coordinators describe them. */
import type { MillraceError } from '@millrace/core/errors';
import type { LagVerdict } from '@millrace/core/lag/lagVerdict';
import type { CommittedOffset__Output } from '@millrace/proto/generated/millrace/v1/CommittedOffset';
import type { DescribeGroupResponse__Output } from '@millrace/proto/generated/millrace/v1/DescribeGroupResponse';
import type { FetchedOffset__Output } from '@millrace/proto/generated/millrace/v1/FetchedOffset';
import type { GroupLag__Output } from '@millrace/proto/generated/millrace/v1/GroupLag';
import type { GroupMember__Output } from '@millrace/proto/generated/millrace/v1/GroupMember';
import type { PartitionLag__Output } from '@millrace/proto/generated/millrace/v1/PartitionLag';
import type { TopicPartitions__Output } from '@millrace/proto/generated/millrace/v1/TopicPartitions';
import { fromWireError } from './remoteError.ts';

export type GroupCondition = 'empty' | 'paused' | 'rebalancing' | 'stable' | 'unknown';
export type GroupMemberState = 'stable' | 'revoking' | 'assigning' | 'unknown';

export interface TopicIdPartition {
  readonly topicId: string;
  readonly partition: number;
}

export interface CommittedOffset {
  /** Of the next record to process. */
  readonly offset: number;
  /** Of the last record processed; undefined: not known. */
  readonly leaderEpoch: number | undefined;
  readonly metadata: string;
  /** By the clock of the coordinator. */
  readonly commitMs: number;
}

export interface GroupOffset extends TopicIdPartition {
  /** Undefined: nothing is committed. */
  readonly committed: CommittedOffset | undefined;
}

export interface GroupSummary {
  readonly group: string;
  readonly condition: GroupCondition;
  readonly members: number;
}

export interface GroupMember {
  readonly memberId: string;
  readonly instanceId: string;
  readonly clientId: string;
  readonly state: GroupMemberState;
  readonly memberEpoch: number;
  readonly topics: readonly string[];
  readonly pattern: string;
  readonly assigned: readonly TopicIdPartition[];
  readonly revoking: readonly TopicIdPartition[];
  /** What it is to have in the end. */
  readonly target: readonly TopicIdPartition[];
}

export interface PartitionLag extends TopicIdPartition {
  readonly topicName: string;
  readonly committed: number | undefined;
  readonly commitMs: number | undefined;
  /** Undefined, as what follows: not known. */
  readonly logStart: number | undefined;
  readonly end: number | undefined;
  readonly records: number | undefined;
  /** Age of the first record that is not committed; 0: there is none. */
  readonly lagMs: number | undefined;
  readonly verdict: LagVerdict;
  /** Who owns it; empty: nobody. */
  readonly memberId: string;
  readonly error: MillraceError | undefined;
}

export interface GroupLag extends GroupSummary {
  /** The worst of its partitions. */
  readonly verdict: LagVerdict;
  readonly partitions: number;
  /** Those that the sums leave out. */
  readonly partitionsUnknown: number;
  readonly records: number;
  /** The largest. */
  readonly lagMs: number;
  /** Sum of the ends: what it moves by was produced. */
  readonly ends: number;
  /** Empty in a summary. */
  readonly partitionLags: readonly PartitionLag[];
  /** The group could not be asked: the rest says nothing. */
  readonly error: MillraceError | undefined;
}

export interface GroupDescription extends GroupSummary {
  readonly epoch: number;
  readonly assignor: string;
  readonly memberDetails: readonly GroupMember[];
  readonly offsets: readonly GroupOffset[];
  /** As DeclareGroup takes it; undefined: nobody has declared it. */
  readonly declared: DescribeGroupResponse__Output['declared'] | undefined;
  /** Of a reset that can be undone, in milliseconds since 1970. */
  readonly lastResetMs: number | undefined;
  /** Without its partitions. */
  readonly lag: GroupLag | undefined;
}

const CONDITIONS: Readonly<Record<string, GroupCondition>> = {
  GROUP_CONDITION_EMPTY: 'empty',
  GROUP_CONDITION_PAUSED: 'paused',
  GROUP_CONDITION_REBALANCING: 'rebalancing',
  GROUP_CONDITION_STABLE: 'stable',
};

const STATES: Readonly<Record<string, GroupMemberState>> = {
  GROUP_MEMBER_STATE_STABLE: 'stable',
  GROUP_MEMBER_STATE_REVOKING: 'revoking',
  GROUP_MEMBER_STATE_ASSIGNING: 'assigning',
};

const VERDICTS: Readonly<Record<string, LagVerdict>> = {
  LAG_VERDICT_OK: 'OK',
  LAG_VERDICT_WARN: 'WARN',
  LAG_VERDICT_REWIND: 'REWIND',
  LAG_VERDICT_STALL: 'STALL',
  LAG_VERDICT_STOP: 'STOP',
};

export function groupSummary(reply: {
  readonly group: string;
  readonly condition: string;
  readonly members: number;
}): GroupSummary {
  const { group, condition, members } = reply;
  return { group, condition: CONDITIONS[condition] ?? 'unknown', members };
}

export function groupDescription(reply: DescribeGroupResponse__Output): GroupDescription {
  const { group, condition, epoch, assignor, members, offsets, declared, lag } = reply;
  return {
    ...groupSummary({ group, condition, members: members.length }),
    epoch,
    assignor,
    memberDetails: members.map(memberOf),
    offsets: offsets.map(groupOffset),
    declared: declared ?? undefined,
    lastResetMs: reply.lastResetMs,
    lag: lag === null ? undefined : groupLag(lag),
  };
}

export function groupOffset({ topicId, partition, committed }: FetchedOffset__Output): GroupOffset {
  return { topicId, partition, committed: committedOffset(committed) };
}

export function committedOffset(
  committed: CommittedOffset__Output | null,
): CommittedOffset | undefined {
  if (committed === null) return undefined;
  const { offset, leaderEpoch, metadata, commitMs } = committed;
  return { offset, leaderEpoch, metadata, commitMs };
}

export function groupLag(reply: GroupLag__Output): GroupLag {
  const { verdict, partitions, partitionsUnknown, records, lagMs, ends, error } = reply;
  return {
    ...groupSummary(reply),
    verdict: VERDICTS[verdict] ?? 'UNKNOWN',
    partitions,
    partitionsUnknown,
    records,
    lagMs,
    ends,
    partitionLags: reply.partitionLags.map(partitionLag),
    error: error === null ? undefined : fromWireError(error),
  };
}

function partitionLag(reply: PartitionLag__Output): PartitionLag {
  const { topicId, topicName, partition, committed, commitMs, logStart, end } = reply;
  const { records, lagMs, verdict, memberId, error } = reply;
  return {
    topicId,
    topicName,
    partition,
    committed,
    commitMs,
    logStart,
    end,
    records,
    lagMs,
    memberId,
    verdict: VERDICTS[verdict] ?? 'UNKNOWN',
    error: error === null ? undefined : fromWireError(error),
  };
}

function memberOf(member: GroupMember__Output): GroupMember {
  const { memberId, instanceId, clientId, state, memberEpoch, topics, pattern } = member;
  return {
    memberId,
    instanceId,
    clientId,
    memberEpoch,
    topics,
    pattern,
    state: STATES[state] ?? 'unknown',
    assigned: partitionsOf(member.assigned),
    revoking: partitionsOf(member.revoking),
    target: partitionsOf(member.target),
  };
}

function partitionsOf(topics: readonly TopicPartitions__Output[]): TopicIdPartition[] {
  return topics.flatMap(({ topicId, partitions }) =>
    partitions.map((partition) => ({ topicId, partition })),
  );
}
