/** Records one by one out of arrays: a generator over a generator would cost twice as much per record. */
import type { ConsumedRecord, ConsumedRecords } from './consumedRecord.ts';

export class RecordIterator implements AsyncIterableIterator<ConsumedRecord, void> {
  readonly #batches: AsyncGenerator<ConsumedRecords, void>;
  #records: readonly ConsumedRecord[] = [];
  #at = 0;

  constructor(batches: AsyncGenerator<ConsumedRecords, void>) {
    this.#batches = batches;
  }

  next(): Promise<IteratorResult<ConsumedRecord, void>> {
    const value = this.#records[this.#at];
    if (value === undefined) return this.#nextBatch();
    this.#at += 1;
    return Promise.resolve({ value, done: false });
  }

  async return(): Promise<IteratorResult<ConsumedRecord, void>> {
    await this.#batches.return();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #nextBatch(): Promise<IteratorResult<ConsumedRecord, void>> {
    const next = await this.#batches.next();
    if (next.done === true) return next;
    this.#records = next.value.records;
    this.#at = 0;
    return this.next();
  }
}
