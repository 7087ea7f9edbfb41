/** What became of the records of a produce: counts, receipts, and the first error in words for all of them. */
import type { BatchDelivery } from '@millrace/client/producerRecord';
import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { OutputBuffer } from '../output/outputBuffer.ts';

export type Receipts = 'none' | 'text' | 'json';

export class ProduceOutcome {
  acknowledged = 0;
  #failed = 0;
  #firstError: MillraceError | undefined;
  #unknown = false;
  readonly #out: OutputBuffer;
  readonly #receipts: Receipts;

  constructor(out: OutputBuffer, receipts: Receipts) {
    this.#out = out;
    this.#receipts = receipts;
  }

  add(delivery: BatchDelivery): void {
    const { error, recordCount } = delivery;
    if (error !== undefined) {
      this.#failed += recordCount;
      this.#firstError ??= error;
      this.#unknown ||= error.outcome === 'unknown';
      return;
    }
    this.acknowledged += recordCount;
    if (this.#receipts !== 'none') this.#print(delivery);
  }

  get failed(): boolean {
    return this.#firstError !== undefined;
  }

  /** One error for all records that were not acknowledged; its outcome is the worst of theirs. */
  error(): MillraceError | undefined {
    const first = this.#firstError;
    if (first === undefined) return undefined;
    const { code, leader, retryAfterMs } = first;
    const records = this.#failed + this.acknowledged;
    const message = `${this.#failed} of ${records} records were not acknowledged: ${first.message}`;
    const outcome = this.#unknown ? 'unknown' : first.outcome;
    return millraceError(code, message, { outcome, leader, retryAfterMs, cause: first });
  }

  #print({ topic, partition, baseOffset, recordCount }: BatchDelivery): void {
    for (let offset = baseOffset; offset < baseOffset + recordCount; offset++) {
      this.#out.text(
        this.#receipts === 'json'
          ? `${JSON.stringify({ topic, partition, offset })}\n`
          : `${partition} ${offset}\n`,
      );
    }
  }
}
