import type { Offset } from '@millrace/core/ids';
import {
  baseOffsetOf,
  endOffsetOf,
  leaderEpochOf,
  looksLikeBatch,
  sizeBytesOf,
} from './batchFields.ts';
import type { LogContent } from './logContent.ts';
import { LogCorruptError } from './logCorruptError.ts';
import type { Broken } from './segment.ts';
import type { PlannedPiece } from './writePlan.ts';

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
  const { end } = content;
  const continues = position === 0 || (position === end.position && content.segments.growing);
  if (baseOffset < end.offset || !continues) {
    throw new LogCorruptError(
      `${content.name}: a frame at offset ${baseOffset}, byte ${position} of its segment, ` +
        `does not continue a log that ends at ${end.offset}, byte ${end.position}`,
    );
  }
  const piece = frameContent(content, frame);
  const run = {
    target: position === 0 ? ('new segment' as const) : ('growing segment' as const),
    baseOffset,
    endOffset: piece.endOffset,
    pieces: [piece],
    bytes: batches.length,
  };
  content.rewrite(run, broken);
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
