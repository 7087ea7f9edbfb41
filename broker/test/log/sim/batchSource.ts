import { readBatchHeader } from '@millrace/core/batchHeader';
import { BatchBuilder, type BatchOptions } from '@millrace/core/batchWriter';
import type { Random } from '../../../src/io/random.ts';

export interface MadeBatch {
  readonly bytes: Buffer;
  /** Of each record, milliseconds since 1970. */
  readonly timestamps: readonly number[];
}

/**
 * Record batches no two of which are alike, nor any two of their sectors: stale bytes never look new. Now and then a
 * value holds a whole older batch, which a scan that lost its way could take for one.
 */
export class BatchSource {
  readonly #random: Random;
  readonly #builder = new BatchBuilder();
  readonly #kind: 'plain' | 'keyed';
  #made = 0;
  #older: Buffer = Buffer.alloc(0);

  /** `keyed`: with tombstones, compressed and control batches among them. */
  constructor(random: Random, kind: 'plain' | 'keyed') {
    this.#random = random;
    this.#kind = kind;
  }

  make(nowMs: number, bytesMax: number): MadeBatch {
    const random = this.#random;
    const timestamps: number[] = [];
    const records = 1 + random.int(4);
    for (let index = 0; index < records; index++) {
      const timestamp = nowMs - (random.int(4) === 0 ? random.int(2000) : 0);
      timestamps.push(timestamp);
      this.#builder.append(timestamp, `key-${random.int(10)}`, this.#value(bytesMax / records));
    }
    const bytes = this.#builder.finish({ ...this.#producer(), ...this.#style() });
    if (random.int(8) === 0) this.#older = Buffer.from(bytes);
    return { bytes, timestamps };
  }

  /** One of four, or none. Only a partition checks sequences: the log takes any, so each batch may have its own. */
  #producer(): BatchOptions {
    const producerId = (this.#made % 5) - 1;
    return producerId < 0 ? {} : { producerId, producerEpoch: 0, baseSequence: this.#made };
  }

  #style(): BatchOptions {
    if (this.#kind === 'plain') return {};
    const dice = this.#random.int(12);
    if (dice === 0) return { kind: 'control' };
    return dice < 3 ? { compression: 'gzip' } : {};
  }

  #value(bytesMax: number): Buffer | null {
    this.#made += 1;
    if (this.#kind === 'keyed' && this.#random.int(5) === 0) return null;
    if (this.#older.length > 0 && this.#older.length < bytesMax && this.#random.int(10) === 0) {
      return this.#older;
    }
    const sizeBytes = this.#random.int(Math.max(1, Math.floor(bytesMax) - 150));
    return Buffer.alloc(sizeBytes, `<${this.#made}>`);
  }
}

export interface StampedBatch {
  readonly base: number;
  /** Exclusive. */
  readonly end: number;
  readonly epoch: number;
  readonly bytes: Buffer;
}

/** The batches that follow each other in `bytes`, each copied. Throws CORRUPT_BATCH. */
export function splitBatches(bytes: Buffer): StampedBatch[] {
  const batches: StampedBatch[] = [];
  for (let at = 0; at < bytes.length; ) {
    const {
      baseOffset: base,
      lastOffsetDelta,
      leaderEpoch: epoch,
      sizeBytes,
    } = readBatchHeader(bytes, at);
    batches.push({
      base,
      end: base + lastOffsetDelta + 1,
      epoch,
      bytes: Buffer.from(bytes.subarray(at, at + sizeBytes)),
    });
    at += sizeBytes;
  }
  return batches;
}
