import type { TopicId } from '../ids.ts';
import {
  type Assignment,
  type AssignorMember,
  type AssignorTopic,
  emptyDraft,
  sortedMembers,
  sortedRefs,
  sortedTopics,
} from './assignor.ts';
import { compareText, type PartitionRef, topicOf } from './partitionRef.ts';

interface Owner {
  readonly memberId: string;
  readonly topics: ReadonlySet<TopicId>;
  readonly refs: Set<PartitionRef>;
}

/**
 * Evens out what members own in total with the fewest moves: everybody keeps what they had, what is free goes to who
 * has least, then partitions move from the fullest to the emptiest while those are two apart or more.
 */
export function sticky(
  members: readonly AssignorMember[],
  topics: readonly AssignorTopic[],
  previous: Assignment,
): Assignment {
  const draft = emptyDraft(members);
  const owners: Owner[] = sortedMembers(members).map((member) => ({
    memberId: member.memberId,
    topics: member.topics,
    refs: draft.get(member.memberId) ?? new Set(),
  }));
  const refs = sortedTopics(topics).flatMap(sortedRefs);
  const free = keep(owners, refs, previous);
  for (const ref of free) leastOwner(owners, topicOf(ref))?.refs.add(ref);
  evenOut(owners);
  return draft;
}

/** Answers with what nobody keeps. */
function keep(
  owners: readonly Owner[],
  refs: readonly PartitionRef[],
  previous: Assignment,
): PartitionRef[] {
  const keepers = new Map<PartitionRef, Owner>();
  for (const owner of owners) {
    for (const ref of previous.get(owner.memberId) ?? []) {
      if (owner.topics.has(topicOf(ref)) && !keepers.has(ref)) keepers.set(ref, owner);
    }
  }
  const free: PartitionRef[] = [];
  for (const ref of refs) {
    const keeper = keepers.get(ref);
    if (keeper === undefined) free.push(ref);
    else keeper.refs.add(ref);
  }
  return free;
}

function leastOwner(owners: readonly Owner[], topicId: TopicId): Owner | undefined {
  let least: Owner | undefined;
  for (const owner of owners) {
    if (!owner.topics.has(topicId)) continue;
    if (least === undefined || owner.refs.size < least.refs.size) least = owner;
  }
  return least;
}

/** Every move brings two counts closer together, so that it ends. */
function evenOut(owners: readonly Owner[]): void {
  // Who can give nothing away can't later either, unless it is given something itself.
  const settled = new Set<Owner>();
  for (;;) {
    const from = fullest(owners, settled);
    const least = owners.reduce((size, { refs }) => Math.min(size, refs.size), Infinity);
    if (from === undefined || from.refs.size < least + 2) return;
    const move = bestMove(from, owners);
    if (move === undefined) {
      settled.add(from);
      continue;
    }
    from.refs.delete(move.ref);
    move.to.refs.add(move.ref);
    settled.clear();
  }
}

function fullest(owners: readonly Owner[], settled: ReadonlySet<Owner>): Owner | undefined {
  let full: Owner | undefined;
  for (const owner of owners) {
    if (settled.has(owner)) continue;
    if (full === undefined || owner.refs.size > full.refs.size) full = owner;
  }
  return full;
}

interface Move {
  readonly ref: PartitionRef;
  readonly to: Owner;
}

function bestMove(from: Owner, owners: readonly Owner[]): Move | undefined {
  const last = new Map<TopicId, PartitionRef>();
  for (const ref of from.refs) last.set(topicOf(ref), ref);
  let best: Move | undefined;
  for (const topicId of [...last.keys()].sort(compareText)) {
    const ref = last.get(topicId);
    const to = leastOwner(owners, topicId);
    if (ref === undefined || to === undefined || to.refs.size + 2 > from.refs.size) continue;
    if (best === undefined || to.refs.size < best.to.refs.size) best = { ref, to };
  }
  return best;
}
