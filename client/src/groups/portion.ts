/** Records of one partition in the hands of whoever processes them, in order, until released. */
import type { ConsumedRecord, ConsumedRecords } from '../consumedRecord.ts';
import type { OwnedPartition } from './ownedPartition.ts';

export class Portion {
  readonly owned: OwnedPartition;
  readonly all: ConsumedRecords;
  readonly generation: number;
  /** Records that were handed out. */
  #taken = 0;
  /** Records that were processed. */
  #handled = 0;

  constructor(owned: OwnedPartition, all: ConsumedRecords) {
    this.owned = owned;
    this.all = all;
    this.generation = owned.generation;
  }

  /** Undefined: no more of these. Before it hands out a record, those before it count as processed. */
  next(): ConsumedRecord | undefined {
    this.handled(this.#taken);
    if (this.generation !== this.owned.generation || !this.owned.isDeliverable) return undefined;
    const record = this.all.records[this.#taken];
    if (record !== undefined) this.#taken += 1;
    return record;
  }

  /** All that were handed out, and with `all` the rest, too. */
  handledWhole(): void {
    this.#taken = this.all.records.length;
    this.handled(this.#taken);
  }

  /** What was handed out counts as processed, now already. */
  handledTaken(): void {
    this.handled(this.#taken);
  }

  /** What was handed out last comes again. */
  release(): void {
    const { records } = this.all;
    const rest = this.#handled === 0 ? records : records.slice(this.#handled);
    this.owned.finished(this, rest.length === 0 ? undefined : { ...this.all, records: rest });
  }

  /** The first `count` records are processed. */
  handled(count: number): void {
    if (count <= this.#handled) return;
    const { records, nextOffset } = this.all;
    const last = records[count - 1];
    if (last === undefined) return;
    this.#handled = count;
    const next = count === records.length ? nextOffset : last.offset + 1;
    this.owned.processed(this, next, last.leaderEpoch);
  }
}
