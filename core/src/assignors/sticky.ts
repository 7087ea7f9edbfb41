import {
  type Assignment,
  type AssignorMember,
  type AssignorTopic,
  sortedRefs,
  sortedTopics,
} from './assignor.ts';
import { Holdings } from './holdings.ts';
import { type PartitionRef, topicOf } from './partitionRef.ts';

/**
 * Evens out what members own in total with the fewest moves: everybody keeps what they had, what is free goes to who
 * has least, then partitions move from the fullest to the emptiest while those are two apart or more.
 */
export function sticky(
  members: readonly AssignorMember[],
  topics: readonly AssignorTopic[],
  previous: Assignment,
): Assignment {
  const holdings = new Holdings(members, topics);
  const refs = sortedTopics(topics).flatMap(sortedRefs);
  for (const ref of keep(holdings, refs, previous)) {
    const owner = holdings.least(topicOf(ref));
    if (owner >= 0) holdings.give(owner, ref);
  }
  evenOut(holdings);
  return holdings.assignment();
}

/** Answers with what nobody keeps. */
function keep(
  holdings: Holdings,
  refs: readonly PartitionRef[],
  previous: Assignment,
): PartitionRef[] {
  const keepers = new Map<PartitionRef, number>();
  for (const [owner, { memberId, topics }] of holdings.members.entries()) {
    for (const ref of previous.get(memberId) ?? []) {
      if (topics.has(topicOf(ref)) && !keepers.has(ref)) keepers.set(ref, owner);
    }
  }
  const free: PartitionRef[] = [];
  for (const ref of refs) {
    const keeper = keepers.get(ref);
    if (keeper === undefined) free.push(ref);
    else holdings.give(keeper, ref);
  }
  return free;
}

/** Every move brings two counts closer together, so that it ends. */
function evenOut(holdings: Holdings): void {
  // Who can give nothing away can't later either, unless something else has moved.
  const settled = new Set<number>();
  for (;;) {
    const from = holdings.fullest(settled);
    // The others hold no more than it does.
    if (from < 0 || holdings.count(from) < holdings.smallest + 2) return;
    const move = holdings.bestMove(from);
    if (move === undefined) {
      settled.add(from);
      continue;
    }
    const ref = holdings.take(from, move.topicId);
    if (ref !== undefined) holdings.give(move.to, ref);
    settled.clear();
  }
}
