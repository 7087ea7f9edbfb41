/** `for await (const record of consumer)`: when the next is asked for, the one before is processed. */
import type { ConsumedRecord } from '../consumedRecord.ts';
import type { Deliveries } from './deliveries.ts';
import type { Portion } from './portion.ts';

export class RecordLoop implements AsyncIterableIterator<ConsumedRecord, void> {
  readonly #deliveries: Deliveries;
  readonly #close: () => Promise<void>;
  #portion: Portion | undefined;

  /** `close`: the loop is left, whichever way. */
  constructor(deliveries: Deliveries, close: () => Promise<void>) {
    this.#deliveries = deliveries;
    this.#close = close;
  }

  next(): Promise<IteratorResult<ConsumedRecord, void>> {
    const value = this.#portion?.next();
    return value === undefined ? this.#nextPortion() : Promise.resolve({ value, done: false });
  }

  async return(): Promise<IteratorResult<ConsumedRecord, void>> {
    this.#release();
    await this.#close();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #nextPortion(): Promise<IteratorResult<ConsumedRecord, void>> {
    for (;;) {
      this.#release();
      let portion: Portion | undefined;
      try {
        portion = await this.#deliveries.take();
      } catch (error) {
        await this.#close().catch(() => {});
        throw error;
      }
      if (portion === undefined) {
        await this.#close();
        return { value: undefined, done: true };
      }
      this.#portion = portion;
      const value = portion.next();
      if (value !== undefined) return { value, done: false };
    }
  }

  #release(): void {
    this.#portion?.release();
    this.#portion = undefined;
  }
}
