import {
  ATTRIBUTE_DELETE_HORIZON,
  BATCH_HEADER_BYTES,
  type BatchHeader,
} from '@millrace/core/batchHeader';
import { decompress, decompressNow } from '@millrace/core/compression';
import { MillraceError } from '@millrace/core/errors';
import type { Offset } from '@millrace/core/ids';
import type { RulesOff } from '../logRules.ts';
import type { KeyMap } from './keyMap.ts';
import { RecordScan } from './recordScan.ts';
import { emptiedBatch, type KeptRecords, rewrittenBatch } from './rewrittenBatch.ts';
import type { WorkSlices } from './workSlices.ts';

/** A batch that decompresses to more stays as it is, and no tombstone past it goes. Up to three times that is in memory. */
export const DECOMPRESSED_BYTES_MAX = 16 << 20;
/** What is larger goes through the thread pool. */
const COMPRESSED_NOW_BYTES_MAX = 32 << 10;
const DECOMPRESSED_NOW_BYTES_MAX = 512 << 10;
/** Between looks at the clock. */
const RECORDS_PER_LOOK = 256;

export interface CleaningRules {
  /** Of the records from `cleanedTo` up to `end`. */
  readonly keys: KeyMap;
  /** What lies below was cleaned by an earlier pass: of each key there is one record. */
  readonly cleanedTo: Offset;
  readonly end: Offset;
  /** No tombstone at or past it goes: a follower may need it (safety.md, rule 24). */
  readonly tombstonesBefore: Offset;
  readonly tombstoneRetentionMs: number;
  readonly batchBytesMax: number;
  /** Wall clock. */
  readonly nowMs: number;
  /** Of the batches below the bound of compaction. */
  isLastOfProducer(header: BatchHeader): boolean;
  readonly slices: WorkSlices;
  readonly rulesOff: RulesOff;
  /** Nobody knows the keys of what could not be decoded: an older record of a tombstone past it may be there. */
  readonly undecoded: { from: Offset | undefined };
}

export interface CleanedBatch {
  /** What takes the place of the batch: `batch` itself if all stays, undefined if nothing does. */
  readonly bytes: Buffer | undefined;
  /** Past the last tombstone that went for good; 0 if none did. */
  readonly tombstonesRemovedBelow: number;
}

/** `batch` is one batch whose CRC was checked. What cannot be decoded stays as it is: nobody knows its keys. */
export async function cleanBatch(
  batch: Buffer,
  header: BatchHeader,
  rules: CleaningRules,
): Promise<CleanedBatch> {
  if (header.isControl && !rules.rulesOff.has('control-batches-kept')) return whole(batch);
  if (header.recordCount === 0) return { ...nothing, bytes: headerOf(batch, header, rules) };
  let chosen: ChosenRecords;
  try {
    const section = await sectionOf(batch, header);
    chosen = await chooseRecords(section, header, rules);
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code === 'SHUTTING_DOWN') throw error;
    rules.undecoded.from ??= header.baseOffset;
    return whole(batch);
  }
  const { tombstonesRemovedBelow, horizonMs } = chosen;
  if (chosen.count === header.recordCount && horizonMs === undefined) return whole(batch);
  if (chosen.count === 0) return { bytes: headerOf(batch, header, rules), tombstonesRemovedBelow };
  const { slices, batchBytesMax } = rules;
  const bytes = await rewrittenBatch(batch, header, chosen, { horizonMs, slices });
  if (bytes.length <= Math.max(batch.length, batchBytesMax)) {
    return { bytes, tombstonesRemovedBelow };
  }
  // Other timestamps have made it too large for a follower's journal: its tombstones stay for ever.
  if (chosen.count === header.recordCount) return whole(batch);
  const smaller = await rewrittenBatch(batch, header, chosen, { horizonMs: undefined, slices });
  return { bytes: smaller, tombstonesRemovedBelow };
}

interface ChosenRecords extends KeptRecords {
  readonly tombstonesRemovedBelow: number;
  /** To be written into the batch: from then on its tombstones may go. */
  readonly horizonMs: number | undefined;
}

const nothing: CleanedBatch = { bytes: undefined, tombstonesRemovedBelow: 0 };

function whole(batch: Buffer): CleanedBatch {
  return { bytes: batch, tombstonesRemovedBelow: 0 };
}

function headerOf(batch: Buffer, header: BatchHeader, rules: CleaningRules): Buffer | undefined {
  if (!rules.isLastOfProducer(header)) return undefined;
  return header.recordCount === 0 ? batch : emptiedBatch(batch, header);
}

export function sectionOf(batch: Buffer, header: BatchHeader): Promise<Buffer> | Buffer {
  const stored = batch.subarray(BATCH_HEADER_BYTES, header.sizeBytes);
  if (header.compression === 'none') return stored;
  const limits = { maxBytes: DECOMPRESSED_BYTES_MAX };
  if (stored.length > COMPRESSED_NOW_BYTES_MAX) {
    return decompress(header.compression, stored, limits);
  }
  // It may yet be large: half a megabyte takes a millisecond.
  try {
    return decompressNow(header.compression, stored, { maxBytes: DECOMPRESSED_NOW_BYTES_MAX });
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== 'RECORD_TOO_LARGE') throw error;
    return decompress(header.compression, stored, limits);
  }
}

async function chooseRecords(
  section: Buffer,
  header: BatchHeader,
  rules: CleaningRules,
): Promise<ChosenRecords> {
  const { keys, cleanedTo, end, tombstonesBefore, nowMs, slices, rulesOff, undecoded } = rules;
  const goBefore = Math.min(tombstonesBefore, undecoded.from ?? tombstonesBefore);
  const hasHorizon = (header.attributes & ATTRIBUTE_DELETE_HORIZON) !== 0;
  const isHorizonPast =
    (hasHorizon && nowMs > header.baseTimestamp) || rulesOff.has('tombstones-kept');
  const scan = new RecordScan(section, header.recordCount);
  const ranges: number[] = [];
  let count = 0;
  let maxTimestamp = -1;
  let tombstones = 0;
  let cleanedFirst = 0;
  let tombstonesRemovedBelow = 0;
  for (let looked = 0; scan.next(); looked++) {
    if (looked % RECORDS_PER_LOOK === RECORDS_PER_LOOK - 1 && slices.isOver) await slices.rest();
    const offset = header.baseOffset + scan.offsetDelta;
    if (scan.keyFrom < 0) {
      if (offset < end) continue;
    } else {
      const latest = keys.get(section, scan.keyFrom, scan.keyTo);
      if (latest > offset) continue;
      if (scan.isTombstone) {
        // Only then nothing older of its key is left: of what the map does not know that is not sure.
        const wasCleaned = latest === offset || offset < cleanedTo;
        if (isHorizonPast && wasCleaned && offset < goBefore) {
          tombstonesRemovedBelow = offset + 1;
          continue;
        }
        tombstones += 1;
        if (wasCleaned) cleanedFirst += 1;
      }
    }
    if (ranges.at(-1) === scan.from) ranges[ranges.length - 1] = scan.to;
    else ranges.push(scan.from, scan.to);
    count += 1;
    maxTimestamp = Math.max(maxTimestamp, header.baseTimestamp + scan.timestampDelta);
  }
  const isFirst = !hasHorizon && tombstones > 0 && cleanedFirst === tombstones;
  const horizonMs = isFirst ? nowMs + rules.tombstoneRetentionMs : undefined;
  return { section, ranges, count, maxTimestamp, tombstonesRemovedBelow, horizonMs };
}
