/**
 * What the assignors share: `(members, topics, previous) -> target`, pure. Every partition of a topic that somebody
 * subscribes to has exactly one owner in the target. The order of members, topics and partitions does not matter.
 */
import type { TopicId } from '../ids.ts';
import { compareText, type PartitionRef, partitionRef } from './partitionRef.ts';

export interface AssignorMember {
  readonly memberId: string;
  /** Static members keep theirs over a restart. */
  readonly instanceId: string | undefined;
  readonly topics: ReadonlySet<TopicId>;
}

export interface AssignorTopic {
  readonly topicId: TopicId;
  /** Those to be assigned, mostly 0 to n-1. */
  readonly partitions: readonly number[];
}

/** By member id. */
export type Assignment = ReadonlyMap<string, ReadonlySet<PartitionRef>>;
export type DraftAssignment = Map<string, Set<PartitionRef>>;

/** `previous` may name members and partitions that are gone. All members are in the answer. */
export type Assignor = (
  members: readonly AssignorMember[],
  topics: readonly AssignorTopic[],
  previous: Assignment,
) => Assignment;

/** By the name that lasts: a static member has its place again after a restart. */
export function sortedMembers(members: readonly AssignorMember[]): AssignorMember[] {
  return [...members].sort(
    (left, right) =>
      compareText(left.instanceId ?? left.memberId, right.instanceId ?? right.memberId) ||
      compareText(left.memberId, right.memberId),
  );
}

export function sortedTopics(topics: readonly AssignorTopic[]): AssignorTopic[] {
  return [...topics].sort((left, right) => compareText(left.topicId, right.topicId));
}

export function sortedRefs({ topicId, partitions }: AssignorTopic): PartitionRef[] {
  return [...partitions]
    .sort((left, right) => left - right)
    .map((partition) => partitionRef(topicId, partition));
}

export function emptyDraft(members: readonly AssignorMember[]): DraftAssignment {
  return new Map(members.map(({ memberId }) => [memberId, new Set()]));
}

export function subscribers(
  members: readonly AssignorMember[],
  topicId: TopicId,
): AssignorMember[] {
  return members.filter(({ topics }) => topics.has(topicId));
}
