import { scanBatches } from '@millrace/core/batchCheck';
import { crc32c } from '@millrace/core/crc32c';
import type { Offset } from '@millrace/core/ids';
import {
  baseOffsetOf,
  endOffsetOf,
  leaderEpochOf,
  looksLikeBatch,
  sizeBytesOf,
} from './batchFields.ts';
import type { Extent } from './extent.ts';
import type { LogContent } from './logContent.ts';
import { LogCorruptError } from './logCorruptError.ts';
import type { Broken } from './segment.ts';
import type { PlannedPiece, PlannedRun } from './writePlan.ts';

const sliceBytes = 1 << 20;

/** What an append frame of the journal says. */
export interface FrameRun {
  readonly baseOffset: Offset;
  /** Byte position in the segment; 0 begins one. */
  readonly position: number;
  /** Whole batches. */
  readonly batches: Buffer;
}

/** Puts a frame back at the log end. Throws LogCorruptError if it does not continue the log (rule 12). */
export function rewriteFrame(content: LogContent, frame: FrameRun, broken: Broken): void {
  const { baseOffset, position, batches } = frame;
  checkContinues(content, baseOffset, position);
  content.rewrite(runOf(content, { baseOffset, position, batches }), broken);
}

/** How much of an extent counts. */
export interface ExtentBounds {
  /** A later truncation ends the log here; Infinity for none. */
  readonly before: number;
  /** Off, to see whether it is noticed. */
  readonly checksCrc: boolean;
}

/**
 * Counts what an extent says of a log that is held, without writing it; the bytes that count. Throws LogCorruptError if
 * the segment does not hold it (rule 12), and what the storage throws.
 */
export async function keepExtent(
  content: LogContent,
  extent: Extent,
  { before, checksCrc }: ExtentBounds,
): Promise<number> {
  const { baseOffset, segmentBase, position, bytes } = extent;
  if (before <= baseOffset) return 0;
  checkContinues(content, baseOffset, position);
  const base = position === 0 ? baseOffset : content.end.segmentBase;
  if (segmentBase !== base) throw isNotThere(content, extent, `its segment begins at ${base}`);
  const isWhole = before >= extent.endOffset;
  const segment = content.heldSegment(segmentBase, position + bytes);
  let crc = 0;
  let kept = 0;
  while (kept < bytes) {
    const slice = await segment.readBatches(position + kept, sliceBytes);
    // Written over past the truncation, so that its own CRC says nothing.
    const batches = isWhole ? slice : validBelow(content, slice, before);
    if (batches.length > 0) {
      const at = { baseOffset: baseOffsetOf(batches, 0), position: position + kept, batches };
      content.keep(runOf(content, at));
    }
    crc = crc32c(batches, crc);
    kept += batches.length;
    if (batches.length === 0 || batches.length < slice.length) break;
  }
  if (!isWhole) return kept;
  if (kept < bytes) throw isNotThere(content, extent, `no batch at byte ${position + kept}`);
  if (checksCrc && crc !== extent.crc) throw isNotThere(content, extent, 'the CRC does not match');
  const { offset } = content.end;
  if (offset !== extent.endOffset || content.epochs.last !== extent.lastEpoch) {
    throw isNotThere(content, extent, `it ends at ${offset} in epoch ${content.epochs.last}`);
  }
  return kept;
}

/** The batches that end at or below `before`, each with a right CRC. */
function validBelow(content: LogContent, slice: Buffer, before: number): Buffer {
  let bytes = 0;
  while (bytes < slice.length && endOffsetOf(slice, bytes) <= before) {
    bytes += sizeBytesOf(slice, bytes);
  }
  const batches = slice.subarray(0, bytes);
  const { fault } = scanBatches(batches, content.end.offset, content.epochs.last);
  if (fault !== undefined) throw new LogCorruptError(`${content.name}: ${fault.message}`, fault);
  return batches;
}

function isNotThere({ name }: LogContent, extent: Extent, why: string): LogCorruptError {
  const { baseOffset, endOffset, segmentBase, position } = extent;
  return new LogCorruptError(
    `${name}: offsets ${baseOffset} to ${endOffset} were synced at byte ${position} of segment ` +
      `${segmentBase} and are not there: ${why}`,
  );
}

function checkContinues({ name, end, segments }: LogContent, base: Offset, position: number): void {
  const continues = position === 0 || (position === end.position && segments.growing !== undefined);
  if (base >= end.offset && continues) return;
  throw new LogCorruptError(
    `${name}: a frame at offset ${base}, byte ${position} of its segment, ` +
      `does not continue a log that ends at ${end.offset}, byte ${end.position}`,
  );
}

function runOf(content: LogContent, frame: FrameRun): PlannedRun {
  const { baseOffset, position, batches } = frame;
  const piece = frameContent(content, frame);
  return {
    target: position === 0 ? 'new segment' : 'growing segment',
    baseOffset,
    endOffset: piece.endOffset,
    pieces: [piece],
    bytes: batches.length,
  };
}

function frameContent(content: LogContent, { baseOffset, batches }: FrameRun): PlannedPiece {
  const from = content.end.offset;
  let endOffset = baseOffset;
  let lastEpoch = content.epochs.last;
  for (let at = 0; at < batches.length; at += sizeBytesOf(batches, at)) {
    const isBatch = looksLikeBatch(batches, at) && at + sizeBytesOf(batches, at) <= batches.length;
    const continues = isBatch && baseOffsetOf(batches, at) >= endOffset;
    if (!continues || leaderEpochOf(batches, at) < lastEpoch) {
      throw new LogCorruptError(`${content.name}: a frame does not hold batches at byte ${at}`);
    }
    endOffset = endOffsetOf(batches, at);
    lastEpoch = leaderEpochOf(batches, at);
  }
  if (endOffset === baseOffset || baseOffsetOf(batches, 0) !== baseOffset) {
    throw new LogCorruptError(`${content.name}: a frame does not begin at offset ${baseOffset}`);
  }
  return { from, endOffset, buffer: batches, lastEpoch };
}
