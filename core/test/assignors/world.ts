import fc from 'fast-check';
import type { Assignment, AssignorMember, AssignorTopic } from '../../src/assignors/assignor.ts';
import type { PartitionRef } from '../../src/assignors/partitionRef.ts';
import { partitionRef } from '../../src/assignors/partitionRef.ts';
import { type TopicId, toTopicId } from '../../src/ids.ts';

export function topicIdOf(index: number): TopicId {
  return toTopicId(`00000000-0000-4000-8000-${String(index).padStart(12, '0')}`);
}

export function topic(index: number, partitions: number): AssignorTopic {
  return { topicId: topicIdOf(index), partitions: Array.from({ length: partitions }, (_, p) => p) };
}

export function members(count: number, topics: readonly AssignorTopic[]): AssignorMember[] {
  const subscribed = new Set(topics.map(({ topicId }) => topicId));
  return Array.from({ length: count }, (_, index) => ({
    memberId: `m${index}`,
    instanceId: undefined,
    topics: subscribed,
  }));
}

export function counts(target: Assignment): number[] {
  return [...target.values()].map(({ size }) => size);
}

export function spreadOf(sizes: readonly number[]): number {
  return Math.max(...sizes) - Math.min(...sizes);
}

/** Partitions of topics with a subscriber that are owned once; throws for one owned by two or by a stranger. */
export function ownedOnce(
  target: Assignment,
  group: readonly AssignorMember[],
): ReadonlyMap<PartitionRef, string> {
  const owners = new Map<PartitionRef, string>();
  for (const [memberId, refs] of target) {
    const member = group.find((one) => one.memberId === memberId);
    for (const ref of refs) {
      if (owners.has(ref)) throw new Error(`${ref} has two owners`);
      if (member?.topics.has(ref.slice(0, 36) as TopicId) !== true) {
        throw new Error(`${memberId} does not subscribe to ${ref}`);
      }
      owners.set(ref, memberId);
    }
  }
  return owners;
}

export function wanted(
  topics: readonly AssignorTopic[],
  group: readonly AssignorMember[],
): string[] {
  return topics
    .filter(({ topicId }) => group.some((member) => member.topics.has(topicId)))
    .flatMap(({ topicId, partitions }) => partitions.map((p) => partitionRef(topicId, p)))
    .sort();
}

export interface World {
  readonly topics: readonly AssignorTopic[];
  readonly group: readonly AssignorMember[];
}

const topicsArbitrary = fc
  .array(fc.integer({ min: 0, max: 13 }), { minLength: 1, maxLength: 5 })
  .map((sizes) => sizes.map((size, index) => topic(index, size)));

/** Everybody subscribes to everything. */
export const equalWorld: fc.Arbitrary<World> = fc
  .record({ topics: topicsArbitrary, size: fc.integer({ min: 1, max: 16 }) })
  .map(({ topics, size }) => ({ topics, group: members(size, topics) }));

/** Everybody subscribes to some topics, perhaps none; some have an instance id. */
export const mixedWorld: fc.Arbitrary<World> = topicsArbitrary.chain((topics) =>
  fc
    .array(
      fc.record({
        topics: fc.subarray(topics.map(({ topicId }) => topicId)),
        isStatic: fc.boolean(),
      }),
      { minLength: 1, maxLength: 12 },
    )
    .map((drafts) => ({
      topics,
      group: drafts.map((draft, index) => ({
        memberId: `m${index}`,
        instanceId: draft.isStatic ? `i${100 - index}` : undefined,
        topics: new Set(draft.topics),
      })),
    })),
);
