/**
 * Who holds what while partitions are moved about: counts in one array, so that the fullest of a thousand members is found
 * in a microsecond, and topics with the same subscribers looked at as one.
 */
import type { TopicId } from '../ids.ts';
import {
  type Assignment,
  type AssignorMember,
  type AssignorTopic,
  sortedMembers,
  sortedTopics,
} from './assignor.ts';
import { type PartitionRef, topicOf } from './partitionRef.ts';

const NOBODY = new Int32Array(0);

/** An owner is its index among the sorted members. */
export class Holdings {
  readonly members: readonly AssignorMember[];
  readonly #counts: Int32Array;
  /** By count: how many owners hold so much. */
  readonly #owners: number[];
  #smallest = 0;
  #largest = 0;
  /** By owner: what it holds of each topic, the last one goes first. */
  readonly #held: Map<TopicId, PartitionRef[]>[];
  readonly #subscribers: Int32Array[] = [];
  /** Of a topic, in `#subscribers`. */
  readonly #kinds = new Map<TopicId, number>();

  constructor(members: readonly AssignorMember[], topics: readonly AssignorTopic[]) {
    this.members = sortedMembers(members);
    this.#counts = new Int32Array(this.members.length);
    this.#owners = [this.members.length];
    this.#held = this.members.map(() => new Map());
    const kinds = new Map<string, number>();
    for (const { topicId } of sortedTopics(topics)) {
      const owners = Int32Array.from(
        [...this.members.keys()].filter((owner) => this.members[owner]?.topics.has(topicId)),
      );
      const key = owners.join();
      const kind = kinds.get(key) ?? this.#subscribers.push(owners) - 1;
      kinds.set(key, kind);
      this.#kinds.set(topicId, kind);
    }
  }

  count(owner: number): number {
    return this.#counts[owner] ?? 0;
  }

  give(owner: number, ref: PartitionRef): void {
    const topics = this.#held[owner];
    const refs = topics?.get(topicOf(ref));
    if (refs === undefined) topics?.set(topicOf(ref), [ref]);
    else refs.push(ref);
    this.#set(owner, this.count(owner) + 1);
  }

  /** The last that it was given of the topic. */
  take(owner: number, topicId: TopicId): PartitionRef | undefined {
    const topics = this.#held[owner];
    const refs = topics?.get(topicId);
    const ref = refs?.pop();
    if (refs?.length === 0) topics?.delete(topicId);
    if (ref !== undefined) this.#set(owner, this.count(owner) - 1);
    return ref;
  }

  /** The first of those that hold least; -1: nobody subscribes. */
  least(topicId: TopicId): number {
    return this.#leastOf(this.#kinds.get(topicId) ?? -1);
  }

  /** The first of those that hold most, of owners that are not left out; -1: there is none. */
  fullest(leftOut: ReadonlySet<number>): number {
    let found = -1;
    let most = -1;
    for (let owner = 0; owner < this.#counts.length; owner++) {
      const count = this.count(owner);
      if (count <= most || leftOut.has(owner)) continue;
      found = owner;
      most = count;
      if (most === this.#largest) break;
    }
    return found;
  }

  /** What everybody holds at least. */
  get smallest(): number {
    return this.#smallest;
  }

  /**
   * Which of its topics an owner gives away best, and to whom: to the one that holds least of all, if that is two behind at
   * least. Among equals the first topic.
   */
  bestMove(from: number): { readonly topicId: TopicId; readonly to: number } | undefined {
    const topics = new Map<number, TopicId>();
    for (const topicId of this.#held[from]?.keys() ?? []) {
      const kind = this.#kinds.get(topicId) ?? -1;
      const first = topics.get(kind);
      if (first === undefined || topicId < first) topics.set(kind, topicId);
    }
    let best: { readonly topicId: TopicId; readonly to: number } | undefined;
    for (const [kind, topicId] of topics) {
      const to = this.#leastOf(kind);
      if (to < 0 || this.count(to) + 2 > this.count(from)) continue;
      const isLess = best !== undefined && this.count(to) < this.count(best.to);
      const isEqual = best !== undefined && this.count(to) === this.count(best.to);
      if (best === undefined || isLess || (isEqual && topicId < best.topicId)) {
        best = { topicId, to };
      }
    }
    return best;
  }

  assignment(): Assignment {
    return new Map(
      this.members.map(({ memberId }, owner) => {
        return [memberId, new Set([...(this.#held[owner]?.values() ?? [])].flat())];
      }),
    );
  }

  #set(owner: number, count: number): void {
    const before = this.count(owner);
    this.#counts[owner] = count;
    this.#owners[before] = (this.#owners[before] ?? 0) - 1;
    this.#owners[count] = (this.#owners[count] ?? 0) + 1;
    this.#smallest = Math.min(this.#smallest, count);
    while (this.#owners[this.#smallest] === 0) this.#smallest += 1;
    this.#largest = Math.max(this.#largest, count);
    while (this.#owners[this.#largest] === 0) this.#largest -= 1;
  }

  #leastOf(kind: number): number {
    const owners = this.#subscribers[kind] ?? NOBODY;
    let found = -1;
    let least = 0x7fff_ffff;
    for (let at = 0; at < owners.length; at++) {
      const owner = owners[at] ?? 0;
      const count = this.count(owner);
      if (count >= least) continue;
      found = owner;
      least = count;
      if (least === this.#smallest) break;
    }
    return found;
  }
}
