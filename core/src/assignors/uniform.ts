import type { TopicId } from '../ids.ts';
import {
  type Assignment,
  type AssignorMember,
  type AssignorTopic,
  type DraftAssignment,
  emptyDraft,
  sortedMembers,
  sortedRefs,
  sortedTopics,
  subscribers,
} from './assignor.ts';
import { topicOf } from './partitionRef.ts';

/**
 * Spreads each topic over its subscribers and all partitions over all members: with equal subscriptions nobody has two
 * more than another, neither of one topic nor in total. Within that, owners keep what they had.
 */
export function uniform(
  members: readonly AssignorMember[],
  topics: readonly AssignorTopic[],
  previous: Assignment,
): Assignment {
  const draft = emptyDraft(members);
  const sorted = sortedMembers(members);
  const held = heldPerTopic(previous);
  for (const topic of sortedTopics(topics)) {
    const owners = subscribers(sorted, topic.topicId);
    if (owners.length > 0) spread(topic, owners, previous, held, draft);
  }
  return draft;
}

type Held = ReadonlyMap<string, ReadonlyMap<TopicId, number>>;

function heldPerTopic(previous: Assignment): Held {
  const held = new Map<string, Map<TopicId, number>>();
  for (const [memberId, refs] of previous) {
    const counts = new Map<TopicId, number>();
    for (const ref of refs) counts.set(topicOf(ref), (counts.get(topicOf(ref)) ?? 0) + 1);
    held.set(memberId, counts);
  }
  return held;
}

function spread(
  topic: AssignorTopic,
  owners: readonly AssignorMember[],
  previous: Assignment,
  held: Held,
  draft: DraftAssignment,
): void {
  const refs = sortedRefs(topic);
  const share = Math.floor(refs.length / owners.length);
  const larger = refs.length % owners.length;
  const count = (memberId: string): number => draft.get(memberId)?.size ?? 0;
  const had = (memberId: string): number => held.get(memberId)?.get(topic.topicId) ?? 0;
  // Who has least so far takes one more, so that totals stay even; then who keeps more that way.
  const order = [...owners].sort(
    (left, right) =>
      count(left.memberId) - count(right.memberId) || had(right.memberId) - had(left.memberId),
  );
  const room = new Map<string, number>();
  for (const [index, { memberId }] of order.entries()) {
    room.set(memberId, share + (index < larger ? 1 : 0));
  }
  const free = new Set(refs);
  const give = (memberId: string, ref: (typeof refs)[number]): void => {
    draft.get(memberId)?.add(ref);
    room.set(memberId, (room.get(memberId) ?? 0) - 1);
    free.delete(ref);
  };
  for (const { memberId } of owners) {
    const kept = previous.get(memberId);
    if (kept === undefined || kept.size === 0) continue;
    for (const ref of refs) {
      if ((room.get(memberId) ?? 0) === 0) break;
      if (free.has(ref) && kept.has(ref)) give(memberId, ref);
    }
  }
  const rest = [...free];
  let next = 0;
  const wanting = owners.filter(({ memberId }) => (room.get(memberId) ?? 0) > 0);
  // Dealt in turns: neighbouring partitions, often the busy ones together, go to different members.
  while (next < rest.length) {
    for (const { memberId } of wanting) {
      const ref = rest[next];
      if (ref === undefined) return;
      if ((room.get(memberId) ?? 0) === 0) continue;
      give(memberId, ref);
      next += 1;
    }
  }
}
