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
import { type PartitionRef, topicOf } from './partitionRef.ts';

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
  const held = heldPerTopic(sorted, previous);
  for (const topic of sortedTopics(topics)) {
    const owners = subscribers(sorted, topic.topicId);
    if (owners.length > 0) spread(topic, owners, held.get(topic.topicId) ?? [], draft);
  }
  return draft;
}

interface Held {
  readonly memberId: string;
  readonly refs: readonly PartitionRef[];
}

/** What members had, in their order. One pass: a group may have a thousand of them, and ten thousand partitions. */
function heldPerTopic(
  sorted: readonly AssignorMember[],
  previous: Assignment,
): ReadonlyMap<TopicId, readonly Held[]> {
  const held = new Map<TopicId, Held[]>();
  for (const { memberId } of sorted) {
    const topics = new Map<TopicId, PartitionRef[]>();
    for (const ref of previous.get(memberId) ?? []) {
      const topicId = topicOf(ref);
      const refs = topics.get(topicId);
      if (refs === undefined) topics.set(topicId, [ref]);
      else refs.push(ref);
    }
    for (const [topicId, refs] of topics) {
      const holders = held.get(topicId);
      if (holders === undefined) held.set(topicId, [{ memberId, refs }]);
      else holders.push({ memberId, refs });
    }
  }
  return held;
}

/** An owner on the way to what it is to have of one topic. */
interface Share {
  readonly refs: Set<PartitionRef>;
  readonly had: number;
  /** Partitions that it still gets. */
  room: number;
}

function spread(
  topic: AssignorTopic,
  owners: readonly AssignorMember[],
  held: readonly Held[],
  draft: DraftAssignment,
): void {
  const had = new Map(held.map(({ memberId, refs }) => [memberId, refs.length]));
  const shares = new Map(
    owners.map(({ memberId }): [string, Share] => {
      const refs = draft.get(memberId) ?? new Set();
      return [memberId, { refs, had: had.get(memberId) ?? 0, room: 0 }];
    }),
  );
  const refs = sortedRefs(topic);
  makeRoom([...shares.values()], refs.length);
  const keepers = new Map<PartitionRef, Share>();
  for (const { memberId, refs: kept } of held) {
    const share = shares.get(memberId);
    if (share === undefined) continue;
    for (const ref of kept) if (!keepers.has(ref)) keepers.set(ref, share);
  }
  const free: PartitionRef[] = [];
  for (const ref of refs) {
    const keeper = keepers.get(ref);
    if (keeper === undefined || keeper.room === 0) free.push(ref);
    else give(keeper, ref);
  }
  deal([...shares.values()], free);
}

/** Who has least so far takes one more, so that totals stay even; then who keeps more that way. */
function makeRoom(shares: readonly Share[], count: number): void {
  const each = Math.floor(count / shares.length);
  const larger = count % shares.length;
  const order = shares.toSorted(
    (left, right) => left.refs.size - right.refs.size || right.had - left.had,
  );
  for (const [index, share] of order.entries()) share.room = each + (index < larger ? 1 : 0);
}

/** In turns: neighbouring partitions, often the busy ones together, go to different members. */
function deal(shares: readonly Share[], free: readonly PartitionRef[]): void {
  let wanting = shares.filter(({ room }) => room > 0);
  let next = 0;
  while (next < free.length && wanting.length > 0) {
    for (const share of wanting) {
      const ref = free[next];
      if (ref === undefined) return;
      give(share, ref);
      next += 1;
    }
    wanting = wanting.filter(({ room }) => room > 0);
  }
}

function give(share: Share, ref: PartitionRef): void {
  share.refs.add(ref);
  share.room -= 1;
}
