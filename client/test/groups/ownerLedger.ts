/** What the members of a group themselves saw: who began and stopped on which partition when, and what was delivered. */
import assert from 'node:assert/strict';
import type { ConsumedRecord } from '../../src/consumedRecord.ts';
import type { ConsumerOptions } from '../../src/groups/consumerOptions.ts';
import { partitionName, type TopicPartition } from '../../src/groups/topicPartition.ts';

export type OwnerEvent =
  | { readonly kind: 'assigned' | 'given-up' | 'lost'; readonly partitions: readonly string[] }
  | { readonly kind: 'delivered'; readonly partition: string; readonly offset: number };

export interface Noted {
  readonly member: string;
  /** Of the machine's monotonic clock, which its processes share. */
  readonly atMs: number;
  readonly event: OwnerEvent;
}

export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

export class OwnerLedger {
  readonly #noted: Noted[] = [];

  note(member: string, event: OwnerEvent, atMs = monotonicMs()): void {
    this.#noted.push({ member, atMs, event });
  }

  /** Options of a consumer that notes what it is told. */
  watching(member: string, options: ConsumerOptions): ConsumerOptions {
    const note =
      (kind: 'assigned' | 'given-up' | 'lost') => (partitions: readonly TopicPartition[]) =>
        this.note(member, { kind, partitions: partitions.map(partitionName) });
    return {
      ...options,
      onAssigned: note('assigned'),
      onRevoked: note('given-up'),
      onLost: note('lost'),
    };
  }

  delivered(member: string, record: ConsumedRecord): void {
    this.note(member, {
      kind: 'delivered',
      partition: partitionName(record),
      offset: record.offset,
    });
  }

  /** `<partition>@<offset>` of all that anybody got. */
  get records(): Set<string> {
    const records = new Set<string>();
    for (const { event } of this.#noted) {
      if (event.kind === 'delivered') records.add(`${event.partition}@${event.offset}`);
    }
    return records;
  }

  get deliveries(): number {
    return this.#noted.filter(({ event }) => event.kind === 'delivered').length;
  }

  /** Partitions of each member that has some, by what it was told. */
  get owners(): Map<string, Set<string>> {
    const owners = new Map<string, Set<string>>();
    for (const { member, event } of this.#inOrder()) {
      if (event.kind === 'delivered') continue;
      const own = owners.get(member) ?? new Set();
      owners.set(member, own);
      for (const partition of event.partitions) {
        if (event.kind === 'assigned') own.add(partition);
        else own.delete(partition);
      }
    }
    return owners;
  }

  /** Sizes of the shares of these members, sorted. */
  shares(members: readonly string[]): number[] {
    const { owners } = this;
    return members.map((member) => owners.get(member)?.size ?? 0).sort((a, b) => a - b);
  }

  /** Of the first record of the partition since then that somebody but `dead` got; Infinity: there was none. */
  firstDeliveryMs(partition: string, sinceMs: number, dead: string): number {
    for (const { member, atMs, event } of this.#inOrder()) {
      if (member === dead) continue;
      const isOfIt = event.kind === 'delivered' && event.partition === partition;
      if (isOfIt && atMs > sinceMs) return atMs;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Longest time from the acknowledgement of a record of these partitions to its first delivery. */
  longestLagMs(acknowledged: ReadonlyMap<string, number>, partitions: ReadonlySet<string>): number {
    let longest = 0;
    const seen = new Set<string>();
    for (const { atMs, event } of this.#inOrder()) {
      if (event.kind !== 'delivered' || !partitions.has(event.partition)) continue;
      const name = `${event.partition}@${event.offset}`;
      const sinceMs = acknowledged.get(name);
      if (sinceMs === undefined || seen.has(name)) continue;
      seen.add(name);
      longest = Math.max(longest, atMs - sinceMs);
    }
    return longest;
  }

  /** How often the member was told that it begins or stops on the partition. */
  moves(member: string, partition: string): number {
    return this.#noted.filter(
      ({ member: by, event }) =>
        by === member && event.kind !== 'delivered' && event.partitions.includes(partition),
    ).length;
  }

  /**
   * Nobody begins on what another has, and nobody gets records of what he has not. `unaware`: members that were killed or
   * stood still, and could not say that they had lost what they had.
   */
  assertOneOwner(unaware: ReadonlySet<string> = new Set()): void {
    const owner = new Map<string, string>();
    for (const { member, event } of this.#inOrder()) {
      if (event.kind === 'delivered') {
        assert.equal(owner.get(event.partition), member, `${event.partition} goes to its owner`);
        continue;
      }
      for (const partition of event.partitions) {
        const other = owner.get(partition);
        if (event.kind === 'assigned') {
          const isFree = other === undefined || unaware.has(other);
          assert.ok(isFree, `${partition}: ${member} has it, and so has ${other}`);
          owner.set(partition, member);
        } else if (other === member) owner.delete(partition);
      }
    }
  }

  #inOrder(): Noted[] {
    return this.#noted.toSorted((left, right) => left.atMs - right.atMs);
  }
}
