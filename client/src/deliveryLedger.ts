/** Which batches are outstanding: settles each once, frees its bytes, tells callbacks, observers and flushes. */
import type { MillraceError } from '@millrace/core/errors';
import type { ByteBudget } from './byteBudget.ts';
import type { ProducerBatch } from './producerBatch.ts';
import type { BatchDelivery } from './producerRecord.ts';

export interface UnplacedRecords {
  readonly topic: string;
  readonly recordCount: number;
  /** How many of them have a callback. */
  readonly heardCount: number;
}

export class DeliveryLedger {
  readonly #budget: ByteBudget;
  readonly #onBatch: ((delivery: BatchDelivery) => void) | undefined;
  readonly #outstanding = new Set<ProducerBatch>();
  #unreported: MillraceError | undefined;

  constructor(budget: ByteBudget, onBatch: ((delivery: BatchDelivery) => void) | undefined) {
    this.#budget = budget;
    this.#onBatch = onBatch;
  }

  get outstanding(): number {
    return this.#outstanding.size;
  }

  open(batch: ProducerBatch): void {
    this.#outstanding.add(batch);
  }

  /** Its bytes from now on, in place of what it held before. */
  hold(batch: ProducerBatch, bytes: number): void {
    const more = bytes - batch.heldBytes;
    batch.heldBytes = bytes;
    if (more > 0) this.#budget.take(more);
    else if (more < 0) this.#budget.release(-more);
  }

  /** An error of a record that nobody listens to: flush() throws it. */
  #report(error: MillraceError): void {
    this.#unreported ??= error;
  }

  /** Records that fail before they are in a batch. Their own callbacks are the caller's business. */
  failUnplaced(failed: UnplacedRecords, error: MillraceError): void {
    const { topic, recordCount, heardCount } = failed;
    if (this.#onBatch !== undefined) {
      this.#onBatch({ topic, partition: -1, baseOffset: -1, recordCount, error });
    } else if (heardCount < recordCount) {
      this.#report(error);
    }
  }

  settle(batch: ProducerBatch, baseOffset: number, error: MillraceError | undefined): void {
    if (!this.#outstanding.delete(batch)) throw new TypeError('settled twice');
    if (error !== undefined && !batch.hasListener && this.#onBatch === undefined) {
      this.#report(error);
    }
    const delivery = batch.settle(baseOffset, error);
    this.#onBatch?.(delivery);
    // Last: this lets those in who wait for room.
    this.hold(batch, 0);
  }

  /** One batch becomes several: the flushes that wait for it wait for them. */
  replace(batch: ProducerBatch, parts: readonly ProducerBatch[]): void {
    batch.divide(parts);
    this.#outstanding.delete(batch);
    for (const part of parts) {
      this.open(part);
      this.hold(part, part.sizeBytes);
    }
    this.hold(batch, 0);
  }

  /**
   * Waits for the batches that are outstanding now. Throws the first error of those records since the last call whose
   * fate nobody was told: without callback, promise and onBatch.
   */
  async settled(): Promise<void> {
    let left = this.#outstanding.size;
    if (left > 0) {
      await new Promise<void>((resolve) => {
        for (const batch of this.#outstanding) {
          batch.whenSettled(() => {
            left -= 1;
            if (left === 0) resolve();
          });
        }
      });
    }
    const error = this.#unreported;
    this.#unreported = undefined;
    if (error !== undefined) throw error;
  }
}
