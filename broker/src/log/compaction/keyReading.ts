import type { BatchHeader } from '@millrace/core/batchHeader';
import { MillraceError } from '@millrace/core/errors';
import type { Offset } from '@millrace/core/ids';
import { sectionOf } from './batchCleaning.ts';
import type { CleaningPlan } from './cleaningPlan.ts';
import { KeyMap } from './keyMap.ts';
import { RecordScan } from './recordScan.ts';
import type { SegmentReading } from './segmentReading.ts';
import type { WorkSlices } from './workSlices.ts';

const RECORDS_PER_LOOK = 256;

export interface ReadKeys {
  readonly keys: KeyMap;
  /** Exclusive: where the map was full, or the plan ends. */
  readonly end: Offset;
  /** Base offset of the last batch of each producer in what was read. */
  readonly producers: ReadonlyMap<number, Offset>;
}

export interface KeyReadingOptions {
  readonly reading: SegmentReading;
  readonly slices: WorkSlices;
  readonly seed: number;
  readonly keysBytesMax: number;
}

/** The latest offset of each key in what was not cleaned yet, up to where the memory ends. Throws LogCorruptError. */
export async function readKeys(plan: CleaningPlan, options: KeyReadingOptions): Promise<ReadKeys> {
  const { reading, slices, seed, keysBytesMax } = options;
  const limits = { bytesMax: keysBytesMax, keysMax: plan.end - plan.cleanedTo };
  const keys = new KeyMap(plan.cleanedTo, seed, limits);
  const producers = new Map<number, Offset>();
  for (const { baseOffset, endOffset } of plan.segments) {
    if (endOffset <= plan.cleanedTo) continue;
    for await (const { batches, headers } of reading.chunks(baseOffset, plan.cleanedTo)) {
      let at = 0;
      for (const header of headers) {
        const batch = batches.subarray(at, at + header.sizeBytes);
        at += header.sizeBytes;
        const full = await putKeys(keys, batch, header, plan.cleanedTo, slices);
        if (full !== undefined) return { keys, end: full, producers };
        if (header.producerId >= 0 && !header.isControl) {
          producers.set(header.producerId, header.baseOffset);
        }
        if (slices.isOver) await slices.rest();
      }
    }
  }
  return { keys, end: plan.end, producers };
}

/** Offset of the record for which there was no room; undefined if there was for all. */
async function putKeys(
  keys: KeyMap,
  batch: Buffer,
  header: BatchHeader,
  from: Offset,
  slices: WorkSlices,
): Promise<Offset | undefined> {
  if (header.isControl || header.recordCount === 0) return undefined;
  try {
    const section = await sectionOf(batch, header);
    const scan = new RecordScan(section, header.recordCount);
    for (let looked = 0; scan.next(); looked++) {
      if (looked % RECORDS_PER_LOOK === RECORDS_PER_LOOK - 1 && slices.isOver) await slices.rest();
      const offset = header.baseOffset + scan.offsetDelta;
      if (scan.keyFrom < 0 || offset < from) continue;
      if (keys.put(section, scan.keyFrom, scan.keyTo, offset)) continue;
      // Each pass gets on by one record at least.
      if (keys.size > 0) return offset as Offset;
    }
  } catch (error) {
    // What cannot be decoded takes the place of nothing; see cleanBatch.
    if (!(error instanceof MillraceError) || error.code === 'SHUTTING_DOWN') throw error;
  }
  return undefined;
}
