import { scanBatches } from '@millrace/core/batchCheck';
import { endOffset as endOfBatch } from '@millrace/core/batchHeader';
import { crc32c } from '@millrace/core/crc32c';
import type { Offset } from '@millrace/core/ids';
import {
  baseOffsetOf,
  endOffsetOf,
  leaderEpochOf,
  looksLikeBatch,
  sizeBytesOf,
} from '../segment/batchFields.ts';
import type { Extent } from '../journal/extent.ts';
import type { LogContent } from '../partition/logContent.ts';
import { LogCorruptError } from '../logCorruptError.ts';
import type { LogPosition } from '../partition/logPosition.ts';
import type { Broken, LogSegment } from '../segment/segment.ts';
import type { PlannedPiece, PlannedRun } from '../partition/writePlan.ts';

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
  /** Where a later truncation has ended the log. */
  readonly until: LogPosition | undefined;
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
  { until, checksCrc }: ExtentBounds,
): Promise<number> {
  const { baseOffset, segmentBase, position } = extent;
  if (until !== undefined && until.offset <= baseOffset) return 0;
  checkContinues(content, baseOffset, position);
  const base = position === 0 ? baseOffset : content.end.segmentBase;
  if (segmentBase !== base) throw isNotThere(content, extent, `its segment begins at ${base}`);
  const cut = until !== undefined && until.offset < extent.endOffset ? until : undefined;
  const bytes = bytesUntil(content, extent, cut);
  const segment = content.heldSegment(segmentBase, position + bytes);
  if (cut === undefined && checksCrc) await checkCrc(content, extent, segment);
  for (let kept = 0; kept < bytes; ) {
    const batches = await segment.readBatches(position + kept, sliceBytes);
    if (batches.length === 0) {
      throw isNotThere(content, extent, `no batch at byte ${position + kept}`);
    }
    // What follows the cut was written over, so that the CRC of the whole says nothing.
    if (cut !== undefined) checkEach(content, batches, cut);
    const at = { baseOffset: baseOffsetOf(batches, 0), position: position + kept, batches };
    content.keep(runOf(content, at));
    kept += batches.length;
  }
  const { offset } = content.end;
  const isRightEpoch = cut !== undefined || content.epochs.last === extent.lastEpoch;
  if (offset !== (cut ?? { offset: extent.endOffset }).offset || !isRightEpoch) {
    throw isNotThere(content, extent, `it ends at ${offset} in epoch ${content.epochs.last}`);
  }
  return bytes;
}

function bytesUntil(content: LogContent, extent: Extent, cut: LogPosition | undefined): number {
  if (cut === undefined) return extent.bytes;
  const bytes = cut.position - extent.position;
  if (cut.segmentBase === extent.segmentBase && bytes > 0 && bytes < extent.bytes) return bytes;
  const { segmentBase, position } = cut;
  throw isNotThere(content, extent, `it was cut at byte ${position} of segment ${segmentBase}`);
}

/** Before anything of it is believed. */
async function checkCrc(content: LogContent, extent: Extent, segment: LogSegment): Promise<void> {
  const { position, bytes } = extent;
  let crc = 0;
  for (let read = 0; read < bytes; ) {
    const batches = await segment.readBatches(position + read, sliceBytes);
    if (batches.length === 0) {
      throw isNotThere(content, extent, `no batch at byte ${position + read}`);
    }
    crc = crc32c(batches, crc);
    read += batches.length;
  }
  if (crc !== extent.crc) throw isNotThere(content, extent, 'the CRC does not match');
}

/** Each batch has a right CRC, continues the log and ends at or below the cut. */
function checkEach({ name, end, epochs }: LogContent, batches: Buffer, cut: LogPosition): void {
  const { headers, fault } = scanBatches(batches, end.offset, epochs.last);
  if (fault !== undefined) throw new LogCorruptError(`${name}: ${fault.message}`, fault);
  const last = headers.at(-1);
  if (last === undefined || endOfBatch(last) <= cut.offset) return;
  throw new LogCorruptError(`${name}: a batch at ${last.baseOffset} lies past ${cut.offset}`);
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
