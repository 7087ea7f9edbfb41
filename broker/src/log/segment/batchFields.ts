// Single fields of batches that are in the log already, read without an object per batch. Byte positions as in
// core's batchHeader.ts; whoever put the bytes there has checked them.
import { BATCH_HEADER_BYTES } from '@millrace/core/batchHeader';
import type { Offset } from '@millrace/core/ids';

const lengthAt = 8;
/** Base offset and length, which the length does not count. */
const lengthOverheadBytes = 12;
const epochAt = 12;
const magicAt = 16;
const lastOffsetDeltaAt = 23;
const maxTimestampAt = 35;
const magic = 2;

export function baseOffsetOf(batches: Buffer, at: number): Offset {
  return readInt64(batches, at) as Offset;
}

/** Exclusive. */
export function endOffsetOf(batches: Buffer, at: number): Offset {
  return (readInt64(batches, at) + batches.readInt32BE(at + lastOffsetDeltaAt) + 1) as Offset;
}

export function sizeBytesOf(batches: Buffer, at: number): number {
  return batches.readInt32BE(at + lengthAt) + lengthOverheadBytes;
}

export function leaderEpochOf(batches: Buffer, at: number): number {
  return batches.readInt32BE(at + epochAt);
}

/** Milliseconds since 1970; -1 for none. */
export function maxTimestampOf(batches: Buffer, at: number): number {
  return readInt64(batches, at + maxTimestampAt);
}

/** Whether a header lies at `at` that can be one; says nothing of the CRC. */
export function looksLikeBatch(batches: Buffer, at: number): boolean {
  return (
    batches.length - at >= BATCH_HEADER_BYTES &&
    batches[at + magicAt] === magic &&
    sizeBytesOf(batches, at) >= BATCH_HEADER_BYTES &&
    batches.readInt32BE(at + lastOffsetDeltaAt) >= 0
  );
}

/** Bytes of the whole batches that follow each other from byte 0. */
export function wholeBatchesIn(bytes: Buffer): number {
  let at = 0;
  while (looksLikeBatch(bytes, at)) {
    const next = at + sizeBytesOf(bytes, at);
    if (next > bytes.length) break;
    at = next;
  }
  return at;
}

function readInt64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 0x1_0000_0000 + bytes.readUInt32BE(at + 4);
}
