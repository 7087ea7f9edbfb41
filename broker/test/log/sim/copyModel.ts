import type { TopicId } from '@millrace/core/ids';
import type { RememberedProducer } from '../../../src/log/producers/producerState.ts';
import type { StampedBatch } from './batchSource.ts';
import { mustHold } from './simViolation.ts';

export interface ModelBatch extends StampedBatch {
  readonly timestamps: readonly number[];
}

/** What a boot found of a copy. */
export interface FoundCopy {
  readonly copyId: string;
  readonly start: number;
  readonly end: number;
  readonly durableEnd: number;
  readonly highWatermark: number;
  readonly lastEpoch: number;
  readonly batches: readonly StampedBatch[];
  readonly producers: readonly RememberedProducer[];
  /** Given up and only looked at, until it is replaced: nobody appends to it, so that its producers are not loaded. */
  readonly isOffline: boolean;
  /** Of partition.json. */
  readonly removedBelow: number;
}

export type Durability = 'fsync' | 'async';

/**
 * What one copy may hold after any crash: the batches it was given, as they would be in an array, and how much of
 * them it has acknowledged. `name` is that of the partition.
 */
export class CopyModel {
  readonly name: string;
  readonly topicId: TopicId;
  readonly partition: number;
  copyId: string;
  batches: ModelBatch[] = [];
  start = 0;
  /** Exclusive, with what is queued. */
  end = 0;
  /** What was said to be durable. */
  durableEnd = 0;
  /** The log start that is durable at least. */
  durableStart = 0;
  highWatermark = 0;
  /** The highest high watermark of this boot: below it the log may be compacted. */
  committedMost = 0;
  /** Whether no tombstone may go, whatever the clock says. */
  keepsTombstones = true;
  /** Where a truncation ends that has begun and not ended. */
  truncatingTo: number | undefined;
  /** What partition.json may say. */
  durabilities: Durability[];
  stage: 'creating' | 'there' | 'deleting' = 'creating';
  /** Whether the disk was tampered with, or recovery was refused a file: then it may be minted anew. */
  isTrusted = true;
  /** Whether a write has failed since the boot: an `async` log may keep what was cut back, for the cut is not synced. */
  hadFailedWrite = false;
  /** Every batch that was ever there, by base offset. */
  readonly #history = new Map<number, ModelBatch[]>();

  constructor(topicId: TopicId, partition: number, durability: Durability) {
    this.topicId = topicId;
    this.partition = partition;
    this.copyId = '';
    this.name = `${topicId.slice(0, 4)}/${partition}`;
    this.durabilities = [durability];
  }

  get lastEpoch(): number {
    return this.batches.at(-1)?.epoch ?? -1;
  }

  append(batches: readonly ModelBatch[]): void {
    for (const batch of batches) {
      this.batches.push(batch);
      this.end = batch.end;
      const alike = this.#history.get(batch.base);
      if (alike === undefined) this.#history.set(batch.base, [batch]);
      else alike.push(batch);
    }
  }

  /** Where a truncation to `offset` ends the log: where a batch does. */
  boundaryAt(offset: number): number {
    if (offset >= this.end) return this.end;
    const last = this.batches.findLast((batch) => batch.end <= offset);
    return last?.end ?? Math.min(offset, this.start);
  }

  /** Where a batch ends, or the log begins, at or below `offset`. */
  endAtOrBelow(offset: number): number {
    return this.batches.findLast((batch) => batch.end <= offset)?.end ?? this.start;
  }

  /** The log ends at `end` now. */
  cut(end: number): void {
    this.batches = this.batches.filter((batch) => batch.end <= end);
    this.end = Math.min(this.end, end);
    this.durableEnd = Math.min(this.durableEnd, this.end);
    this.highWatermark = Math.min(this.highWatermark, this.end);
  }

  acknowledged(end: number): void {
    mustHold(end <= this.end, () => `${this.name}: acknowledged ${end}, it ends at ${this.end}`);
    this.durableEnd = Math.max(this.durableEnd, end);
  }

  wasEverThere(found: StampedBatch, isSame = equalBytes): boolean {
    return this.#history.get(found.base)?.some((batch) => isSame(found, batch)) === true;
  }

  /** The batches in [from, to), of which each end may lie in one. */
  between(from: number, to: number): readonly ModelBatch[] {
    return this.batches.filter((batch) => batch.end > from && batch.base < to);
  }

  /** What a boot has found is all there is, and all of it acknowledged. */
  adopt(found: FoundCopy): void {
    const known = new Map(this.batches.map((batch) => [batch.base, batch]));
    this.batches = found.batches.map((batch) => {
      const timestamps = known.get(batch.base)?.timestamps ?? [];
      return { ...batch, timestamps };
    });
    this.copyId = found.copyId;
    this.start = found.start;
    this.end = found.end;
    this.durableEnd = found.end;
    this.durableStart = found.start;
    this.highWatermark = found.highWatermark;
    this.committedMost = found.highWatermark;
    this.truncatingTo = undefined;
    this.stage = 'there';
    this.isTrusted = true;
    this.hadFailedWrite = false;
  }
}

function equalBytes(found: StampedBatch, batch: StampedBatch): boolean {
  return found.bytes.equals(batch.bytes);
}
