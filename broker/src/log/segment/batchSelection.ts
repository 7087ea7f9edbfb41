import type { Offset } from '@millrace/core/ids';
import {
  baseOffsetOf,
  endOffsetOf,
  leaderEpochOf,
  looksLikeBatch,
  sizeBytesOf,
} from './batchFields.ts';
import { LogCorruptError } from '../logCorruptError.ts';

export interface Wanted {
  /** Batches that end at or below it are skipped. */
  readonly from: Offset;
  /** Whether a batch begins at or past `from`, or may begin before it. */
  readonly place: 'boundary' | 'inside';
  /** Batches that begin at or past it are not taken. */
  readonly before: Offset;
  readonly bytesMax: number;
  /** Of the log, which no batch passes. */
  readonly logEnd: Offset;
}

export interface Selection {
  /** Bytes `start` to `end` are wanted; equal if none is. */
  readonly start: number;
  readonly end: number;
  /** After the last batch passed, taken or skipped; `from` if none was. */
  readonly nextOffset: Offset;
  /** Of the last batch taken; -1 if none. */
  readonly lastEpoch: number;
}

/**
 * Which of the whole batches in `buffer` to hand out; the first one whatever its size. Offsets and epochs lie outside
 * the CRC, so that nobody after this notices a damaged one: they must rise and stay in the log.
 * Throws LogCorruptError if the bytes are not batches, or not in order.
 */
export function selectBatches(buffer: Buffer, wanted: Wanted): Selection {
  let start = 0;
  let at = 0;
  let nextOffset = wanted.from;
  let expected: number = wanted.place === 'boundary' ? wanted.from : 0;
  let lastEpoch = -1;
  while (at < buffer.length) {
    const sizeBytes = looksLikeBatch(buffer, at) ? sizeBytesOf(buffer, at) : 0;
    if (sizeBytes === 0 || sizeBytes > buffer.length - at) throw broken(`no batch`, wanted);
    const baseOffset = baseOffsetOf(buffer, at);
    const endOffset = endOffsetOf(buffer, at);
    const epoch = leaderEpochOf(buffer, at);
    if (baseOffset < expected || endOffset > wanted.logEnd || epoch < lastEpoch) {
      throw broken(`offsets ${baseOffset} to ${endOffset} in epoch ${epoch}`, wanted);
    }
    if (baseOffset >= wanted.before) break;
    expected = endOffset;
    if (endOffset <= wanted.from) {
      start = at + sizeBytes;
    } else {
      if (at > start && at + sizeBytes - start > wanted.bytesMax) break;
      nextOffset = endOffset;
    }
    lastEpoch = epoch;
    at += sizeBytes;
  }
  const end = Math.max(at, start);
  return { start, end, nextOffset, lastEpoch: end > start ? lastEpoch : -1 };
}

function broken(what: string, { from, logEnd }: Wanted): Error {
  return new LogCorruptError(`${what} where batches from ${from} to ${logEnd} were expected`);
}
