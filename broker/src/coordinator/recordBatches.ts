import { BATCH_HEADER_BYTES } from '@millrace/core/batchHeader';
import { BatchBuilder, recordBytesBound } from '@millrace/core/batchWriter';

const INITIAL_BYTES = 4096;

/** The records of one tick as batches, as few as `bytesMax` allows. */
export class RecordBatches {
  readonly #bytesMax: number;
  readonly #builder = new BatchBuilder(INITIAL_BYTES);
  #full: Buffer[] = [];

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  append(timestampMs: number, key: Buffer, value: Buffer | null): void {
    const builder = this.#builder;
    const isFull = builder.sizeBytes + recordBytesBound(key, value) > this.#bytesMax;
    if (isFull && builder.sizeBytes > BATCH_HEADER_BYTES) this.#full.push(builder.finish());
    builder.append(timestampMs, key, value);
  }

  /** All that were appended since the last call. */
  take(): Buffer {
    const last = this.#builder.finish();
    if (this.#full.length === 0) return last;
    const batches = Buffer.concat([...this.#full, last]);
    this.#full = [];
    return batches;
  }

  drop(): void {
    this.#full = [];
    this.#builder.reset();
  }
}
