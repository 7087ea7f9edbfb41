/** Groups between the messages of millrace.v1 and the names of the coordinator. What comes in is hostile (requests.ts). */
import {
  checkedPartitionRef,
  partitionOf,
  type PartitionRef,
  topicOf,
} from '@millrace/core/assignors/partitionRef';
import { INT32_MAX } from '@millrace/core/ids';
import type { AssignedPartition } from '@millrace/proto/generated/millrace/v1/AssignedPartition';
import type { CommitOffsetsRequest__Output } from '@millrace/proto/generated/millrace/v1/CommitOffsetsRequest';
import type { CommittedOffset as CommittedMessage } from '@millrace/proto/generated/millrace/v1/CommittedOffset';
import type { FetchedOffset } from '@millrace/proto/generated/millrace/v1/FetchedOffset';
import type { GroupAssignment as AssignmentMessage } from '@millrace/proto/generated/millrace/v1/GroupAssignment';
import type { GroupHeartbeatRequest__Output } from '@millrace/proto/generated/millrace/v1/GroupHeartbeatRequest';
import type { GroupJoin__Output } from '@millrace/proto/generated/millrace/v1/GroupJoin';
import type { StartPosition as StartMessage } from '@millrace/proto/generated/millrace/v1/StartPosition';
import type { TopicPartitions } from '@millrace/proto/generated/millrace/v1/TopicPartitions';
import type { GroupAssignment } from '../groups/assignment.ts';
import type { CommitRequest } from '../groups/committing.ts';
import type { GroupCondition } from '../groups/description.ts';
import type { CommittedOffset, StartPosition } from '../groups/groupRecord.ts';
import type { HeartbeatRequest } from '../groups/heartbeat.ts';
import type { JoinRequest } from '../groups/joining.ts';
import { natural, naturalUpTo, toPartition } from './requests.ts';

const CONDITIONS = {
  empty: 'GROUP_CONDITION_EMPTY',
  paused: 'GROUP_CONDITION_PAUSED',
  rebalancing: 'GROUP_CONDITION_REBALANCING',
  stable: 'GROUP_CONDITION_STABLE',
} as const satisfies Record<GroupCondition, string>;

export function conditionMessage(condition: GroupCondition) {
  return CONDITIONS[condition];
}

type Identified = Pick<GroupHeartbeatRequest__Output, 'group' | 'memberId' | 'instanceId'>;

export function toReference({ group: groupId, memberId, instanceId }: Identified) {
  return { groupId, memberId, instanceId };
}

export function toJoin(request: Identified, join: GroupJoin__Output): JoinRequest {
  const { topics, pattern, assignor, sessionTimeoutMs, rebalanceTimeoutMs, clientId } = join;
  const asked = { topics, pattern, assignor, sessionTimeoutMs, rebalanceTimeoutMs, clientId };
  return { ...toReference(request), ...asked };
}

export function toHeartbeat(request: GroupHeartbeatRequest__Output): HeartbeatRequest {
  const { memberEpoch, revision, owned } = request;
  return {
    ...toReference(request),
    memberEpoch: naturalUpTo('member_epoch', memberEpoch, INT32_MAX),
    revision: natural('revision', revision),
    owned: owned === null ? undefined : new Set(toRefs(owned.partitions)),
  };
}

export function toCommit(request: CommitOffsetsRequest__Output): CommitRequest {
  return {
    ...toReference(request),
    memberEpoch: naturalUpTo('member_epoch', request.memberEpoch, INT32_MAX),
    direction: request.rewind ? 'rewind' : 'forward',
    offsets: request.offsets.map(({ topicId, partition, offset, leaderEpoch, metadata }) => ({
      ref: checkedPartitionRef(topicId, toPartition(partition)),
      offset,
      leaderEpoch: leaderEpoch ?? -1,
      metadata,
    })),
  };
}

export function toRefs(
  topics: readonly { readonly topicId: string; readonly partitions: readonly number[] }[],
): PartitionRef[] {
  return topics.flatMap(({ topicId, partitions }) =>
    partitions.map((partition) => checkedPartitionRef(topicId, toPartition(partition))),
  );
}

export function named(ref: PartitionRef): { topicId: string; partition: number } {
  return { topicId: topicOf(ref), partition: partitionOf(ref) };
}

export function byTopic(refs: Iterable<PartitionRef>): TopicPartitions[] {
  const topics = new Map<string, number[]>();
  for (const ref of refs) {
    const partitions = topics.get(topicOf(ref));
    if (partitions === undefined) topics.set(topicOf(ref), [partitionOf(ref)]);
    else partitions.push(partitionOf(ref));
  }
  return [...topics].map(([topicId, partitions]) => ({ topicId, partitions }));
}

export function committedMessage(committed: CommittedOffset): CommittedMessage {
  const { offset, leaderEpoch, metadata, commitMs } = committed;
  return { offset, metadata, commitMs, ...(leaderEpoch < 0 ? {} : { leaderEpoch }) };
}

export function fetchedMessages(
  offsets: ReadonlyMap<PartitionRef, CommittedOffset | undefined>,
): FetchedOffset[] {
  return [...offsets].map(([ref, committed]) => ({
    ...named(ref),
    ...(committed === undefined ? {} : { committed: committedMessage(committed) }),
  }));
}

export function assignmentMessage(assignment: GroupAssignment): AssignmentMessage {
  const { memberId, memberEpoch, revision, sessionTimeoutMs, rebalanceTimeoutMs } = assignment;
  const start = startMessage(assignment.start);
  const assigned = assignment.assigned.map(
    ({ ref, committed }): AssignedPartition => ({
      ...named(ref),
      start,
      ...(committed === undefined ? {} : { committed: committedMessage(committed) }),
    }),
  );
  const revoking = byTopic(assignment.revoking);
  const timeouts = { sessionTimeoutMs, rebalanceTimeoutMs };
  return { memberId, memberEpoch, revision, assigned, revoking, ...timeouts };
}

export function startMessage(start: StartPosition): StartMessage {
  switch (start.kind) {
    case 'earliest':
      return {};
    case 'latest':
      return { latest: true };
    case 'timestamp':
      return { timestampMs: start.value };
    case 'duration':
      return { durationMs: start.value };
  }
}

export function toStartPosition(
  start: { latest?: boolean; timestampMs?: number; durationMs?: number } | null,
): StartPosition {
  if (start?.timestampMs !== undefined) return { kind: 'timestamp', value: start.timestampMs };
  if (start?.durationMs !== undefined) return { kind: 'duration', value: start.durationMs };
  return { kind: start?.latest === true ? 'latest' : 'earliest' };
}
