import type { BatchHeader } from '@millrace/core/batchHeader';
import type { Offset } from '@millrace/core/ids';
import { sizeBytesOf } from '../segment/batchFields.ts';
import type { RebuiltIndexes } from '../segment/indexRebuild.ts';
import type { SegmentPlace } from '../segment/segmentPlace.ts';
import { cleanBatch, type CleaningRules } from './batchCleaning.ts';
import { CleanedFile, cleanedPath } from './cleanedFile.ts';
import type { CleanableSegment } from './cleaningPlan.ts';
import { emptiedBatch } from './rewrittenBatch.ts';
import type { Chunk, SegmentReading } from './segmentReading.ts';

export interface CleanedGroup {
  readonly baseOffset: Offset;
  readonly sizeBytes: number;
  readonly indexes: RebuiltIndexes;
  readonly tombstonesRemovedBelow: number;
}

/**
 * Writes what stays of neighbouring segments into one file beside them; undefined if that is a single segment as it is.
 * Headers at least stay of the last batch, for a log whose line is lost ends at a hole between segments, and of the first
 * of each leader epoch: followers and boots derive from batches where epochs begin.
 */
export class GroupCleaning {
  readonly #place: SegmentPlace;
  readonly #reading: SegmentReading;
  readonly #rules: CleaningRules;
  readonly #group: readonly CleanableSegment[];
  readonly #base: Offset;
  #file: CleanedFile | undefined;
  /** Of a single segment: bytes that stay as they are, not written yet. */
  #unchangedBytes = 0;
  #removedBelow = 0;
  /** Of the last batch, cleaned or not. */
  #epoch = -1;

  constructor(
    group: readonly CleanableSegment[],
    parts: { place: SegmentPlace; reading: SegmentReading; rules: CleaningRules },
  ) {
    this.#group = group;
    this.#base = group[0]?.baseOffset ?? (0 as Offset);
    this.#place = parts.place;
    this.#reading = parts.reading;
    this.#rules = parts.rules;
  }

  /** Durable, but for the name, once it resolves. Throws LogCorruptError, and what the storage throws: then nothing is left of it. */
  async run(): Promise<CleanedGroup | undefined> {
    try {
      if (this.#group.length > 1) await this.#begin();
      for (const [index, segment] of this.#group.entries()) {
        const isLast = index === this.#group.length - 1;
        for await (const chunk of this.#reading.chunks(segment.baseOffset, segment.baseOffset)) {
          const end = chunk.position + chunk.batches.length;
          await this.#clean(chunk, isLast && end === segment.sizeBytes);
        }
      }
      return await this.#finish();
    } catch (error) {
      this.#file?.close();
      removeCleaned(this.#place, this.#base);
      throw error;
    }
  }

  async #clean({ batches, headers }: Chunk, holdsLast: boolean): Promise<void> {
    const { slices } = this.#rules;
    let at = 0;
    let unchangedFrom = 0;
    for (const [index, header] of headers.entries()) {
      const batch = batches.subarray(at, at + header.sizeBytes);
      const cleaned = await cleanBatch(batch, header, this.#rules);
      this.#removedBelow = Math.max(this.#removedBelow, cleaned.tombstonesRemovedBelow);
      const isLast = holdsLast && index === headers.length - 1;
      const bytes = cleaned.bytes ?? this.#headerOf(batch, header, isLast);
      this.#epoch = header.leaderEpoch;
      if (bytes !== batch) {
        await this.#keep(batches.subarray(unchangedFrom, at));
        await this.#begin();
        if (bytes !== undefined) await this.#keep(bytes);
        unchangedFrom = at + header.sizeBytes;
      }
      at += header.sizeBytes;
      if (slices.isOver) await slices.rest();
    }
    await this.#keep(batches.subarray(unchangedFrom, at));
  }

  /** Of a batch of which no record stays; undefined if nothing does. */
  #headerOf(batch: Buffer, header: BatchHeader, isLast: boolean): Buffer | undefined {
    const { rulesOff } = this.#rules;
    const isEnd = isLast && !rulesOff.has('log-end-kept');
    const isStart = header.leaderEpoch !== this.#epoch && !rulesOff.has('epoch-starts-kept');
    if (!isEnd && !isStart) return undefined;
    return header.recordCount === 0 ? batch : emptiedBatch(batch, header);
  }

  async #keep(batches: Buffer): Promise<void> {
    if (batches.length === 0) return;
    if (this.#file === undefined) this.#unchangedBytes += batches.length;
    else await this.#file.add(batches);
  }

  /** From now on what stays is written; before it what stayed so far. */
  async #begin(): Promise<void> {
    if (this.#file !== undefined) return;
    this.#file = new CleanedFile(this.#place, this.#base, this.#rules.slices);
    let left = this.#unchangedBytes;
    if (left === 0) return;
    for await (const { batches } of this.#reading.chunks(this.#base, this.#base)) {
      const bytes = wholeBatchesUpTo(batches, left);
      await this.#file.add(batches.subarray(0, bytes));
      left -= bytes;
      if (left === 0) return;
    }
  }

  async #finish(): Promise<CleanedGroup | undefined> {
    const file = this.#file;
    if (file === undefined) return undefined;
    const isSynced = !this.#rules.rulesOff.has('cleaned-is-synced');
    const indexes = await file.finish(isSynced ? 'synced' : 'not synced');
    file.close();
    const { baseOffset, sizeBytes } = file;
    return { baseOffset, sizeBytes, indexes, tombstonesRemovedBelow: this.#removedBelow };
  }
}

/** Of a file that is not swapped in. */
export function removeCleaned({ storage, directory }: SegmentPlace, base: Offset): void {
  const path = cleanedPath(directory, base);
  try {
    if (storage.exists(path)) storage.unlink(path);
  } catch {
    // The next pass over the segment writes over it, the next boot removes it.
  }
}

function wholeBatchesUpTo(batches: Buffer, bytes: number): number {
  if (batches.length <= bytes) return batches.length;
  let at = 0;
  while (at < bytes) at += sizeBytesOf(batches, at);
  return at;
}
