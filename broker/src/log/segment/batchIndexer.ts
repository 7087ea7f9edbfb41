import type { Offset } from '@millrace/core/ids';
import { baseOffsetOf, maxTimestampOf, sizeBytesOf } from './batchFields.ts';

/** Where index entries go. */
export interface IndexSink {
  offsetEntry(offset: Offset, position: number): void;
  /** `timestampMs` is above that of the entry before. */
  timeEntry(timestampMs: number, offset: Offset): void;
}

/** Decides which batches of a segment get index entries: one per interval, times only where they rise. */
export class BatchIndexer {
  readonly #sink: IndexSink;
  #bytesSinceEntry = 0;
  /** No batch is newer; undefined: not known. */
  #newestMs: number | undefined = Number.NEGATIVE_INFINITY;
  #newestIndexedMs = Number.NEGATIVE_INFINITY;

  constructor(sink: IndexSink) {
    this.#sink = sink;
  }

  /** Milliseconds since 1970; undefined if what went before is not known. */
  get newestMs(): number | undefined {
    return this.#newestMs;
  }

  /** Goes on after batches that this indexer has not seen. */
  resume(newestMs: number | undefined): void {
    this.#newestMs = newestMs;
    this.#newestIndexedMs = newestMs ?? Number.NEGATIVE_INFINITY;
  }

  /** Entries may have gone: what is known as the newest remains an upper bound, which is all it has to be. */
  entriesCut(): void {
    this.#newestIndexedMs = Number.NEGATIVE_INFINITY;
    this.#bytesSinceEntry = 0;
  }

  /** Whole batches at `position`; `nowMs` stands in for batches without a timestamp. */
  add(batches: Buffer, position: number, intervalBytes: number, nowMs: number): void {
    for (let at = 0; at < batches.length; ) {
      const sizeBytes = sizeBytesOf(batches, at);
      if (this.#newestMs !== undefined) {
        const timestampMs = maxTimestampOf(batches, at);
        const countsMs = timestampMs < 0 ? nowMs : timestampMs;
        if (countsMs > this.#newestMs) this.#newestMs = countsMs;
      }
      this.#bytesSinceEntry += sizeBytes;
      if (this.#bytesSinceEntry >= intervalBytes) {
        const offset = baseOffsetOf(batches, at);
        this.#sink.offsetEntry(offset, position + at);
        this.indexNewest(offset);
        this.#bytesSinceEntry = 0;
      }
      at += sizeBytes;
    }
  }

  /** An entry for the newest timestamp, if it rose since the last one. `offset`: of the last batch added. */
  indexNewest(offset: Offset): void {
    if (this.#newestMs === undefined || this.#newestMs <= this.#newestIndexedMs) return;
    this.#newestIndexedMs = this.#newestMs;
    this.#sink.timeEntry(this.#newestMs, offset);
  }
}
