/**
 * Header of the public record batch format v2 (magic 2), big-endian:
 *
 *    0 int64  base offset          27 int64 base timestamp (ms)
 *    8 int32  length after here    35 int64 max timestamp (ms)
 *   12 int32  leader epoch         43 int64 producer id
 *   16 int8   magic = 2            51 int16 producer epoch
 *   17 uint32 CRC-32C of 21..end   53 int32 base sequence
 *   21 int16  attributes           57 int32 number of records
 *   23 int32  last offset delta    61 records, compressed as one if at all
 *
 * Base offset and leader epoch lie outside the CRC, so that the leader can stamp them in place.
 */
import { millraceError } from './errors.ts';
import type { Offset } from './ids.ts';

export const BATCH_HEADER_BYTES = 61;
/** What is written before the length counts: base offset and the length itself. */
export const BATCH_LENGTH_OVERHEAD_BYTES = 12;
export const BATCH_CRC_AT = 17;
/** The CRC covers everything from here to the end of the batch. */
export const BATCH_CRC_FROM = 21;
export const BATCH_MAGIC = 2;
/** Sequences of a producer are below it: after the last of them comes 0. */
export const SEQUENCES = 2 ** 31;

export const ATTRIBUTE_COMPRESSION = 0x07;
export const ATTRIBUTE_LOG_APPEND_TIME = 0x08;
export const ATTRIBUTE_TRANSACTIONAL = 0x10;
export const ATTRIBUTE_CONTROL = 0x20;
/** Set by compaction: the base timestamp is the time from which tombstones may go. */
export const ATTRIBUTE_DELETE_HORIZON = 0x40;
export const ATTRIBUTES_KNOWN = 0x7f;

/** In the order of their codes in the attributes. */
export const COMPRESSIONS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
export type Compression = (typeof COMPRESSIONS)[number];

export interface BatchHeader {
  readonly baseOffset: Offset;
  /** Of the whole batch, header included. */
  readonly sizeBytes: number;
  /** -1 until a leader has stamped it. */
  readonly leaderEpoch: number;
  readonly magic: number;
  /** As stored; readBatchHeader does not verify it. */
  readonly crc: number;
  readonly attributes: number;
  readonly compression: Compression;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  readonly timestampType: 'create' | 'append';
  readonly lastOffsetDelta: number;
  /** Milliseconds since 1970; -1 for none. */
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  /** -1 if the producer is not idempotent; then epoch and sequence are -1 too. */
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  /** Fewer than lastOffsetDelta + 1 after compaction; 0 where only the header was kept. */
  readonly recordCount: number;
}

/** Exclusive: the offset that the next batch may begin with. */
export function endOffset(header: BatchHeader): Offset {
  return (header.baseOffset + header.lastOffsetDelta + 1) as Offset;
}

/**
 * The header at `at`. Checks every field in itself (zeros do not parse), but neither the CRC nor that the whole
 * batch lies in `buf`: that is batchCheck.ts.
 *
 * Throws CORRUPT_BATCH; UNSUPPORTED_FORMAT for the older formats with magic 0 and 1.
 */
export function readBatchHeader(buf: Buffer, at: number): BatchHeader {
  if (at < 0 || buf.length - at < BATCH_HEADER_BYTES) {
    throw corrupt(at, `${Math.max(0, buf.length - at)} bytes cannot hold a batch header`);
  }
  const length = buf.readInt32BE(at + 8);
  if (length < BATCH_HEADER_BYTES - BATCH_LENGTH_OVERHEAD_BYTES) {
    throw corrupt(at, `length ${length} is shorter than a batch header`);
  }
  const magic = buf.readInt8(at + 16);
  if (magic === 0 || magic === 1) {
    throw millraceError('UNSUPPORTED_FORMAT', `batch at byte ${at}: format v${magic} (magic)`);
  }
  if (magic !== BATCH_MAGIC) throw corrupt(at, `magic ${magic}`);

  const baseOffset = readSafeInt64(buf, at, at, 'base offset');
  const leaderEpoch = buf.readInt32BE(at + 12);
  const attributes = buf.readInt16BE(at + 21);
  const lastOffsetDelta = buf.readInt32BE(at + 23);
  const baseTimestamp = readSafeInt64(buf, at + 27, at, 'base timestamp');
  const maxTimestamp = readSafeInt64(buf, at + 35, at, 'max timestamp');
  const producerId = readSafeInt64(buf, at + 43, at, 'producer id');
  const recordCount = buf.readInt32BE(at + 57);
  const compression = COMPRESSIONS[attributes & ATTRIBUTE_COMPRESSION];

  if (baseOffset < 0) throw corrupt(at, `base offset ${baseOffset}`);
  if (leaderEpoch < -1) throw corrupt(at, `leader epoch ${leaderEpoch}`);
  if (compression === undefined) {
    throw corrupt(at, `compression code ${attributes & ATTRIBUTE_COMPRESSION}`);
  }
  if (lastOffsetDelta < 0 || !Number.isSafeInteger(baseOffset + lastOffsetDelta + 1)) {
    throw corrupt(at, `last offset delta ${lastOffsetDelta}`);
  }
  if (recordCount < 0 || recordCount > lastOffsetDelta + 1) {
    throw corrupt(at, `${recordCount} records with last offset delta ${lastOffsetDelta}`);
  }
  return {
    baseOffset: baseOffset as Offset,
    sizeBytes: length + BATCH_LENGTH_OVERHEAD_BYTES,
    leaderEpoch,
    magic,
    crc: buf.readUInt32BE(at + BATCH_CRC_AT),
    attributes,
    compression,
    isTransactional: (attributes & ATTRIBUTE_TRANSACTIONAL) !== 0,
    isControl: (attributes & ATTRIBUTE_CONTROL) !== 0,
    timestampType: (attributes & ATTRIBUTE_LOG_APPEND_TIME) === 0 ? 'create' : 'append',
    lastOffsetDelta,
    baseTimestamp,
    maxTimestamp,
    producerId,
    producerEpoch: buf.readInt16BE(at + 51),
    baseSequence: buf.readInt32BE(at + 53),
    recordCount,
  };
}

/** What the leader writes into a checked batch before it appends it. Leaves the CRC valid. */
export function stampBatch(buf: Buffer, at: number, baseOffset: number, leaderEpoch: number): void {
  writeInt64(buf, at, baseOffset);
  buf.writeInt32BE(leaderEpoch, at + 12);
}

/** Big-endian two's complement. The caller guarantees a safe integer. */
export function writeInt64(buf: Buffer, at: number, value: number): void {
  buf.writeInt32BE(Math.floor(value / 0x1_0000_0000), at);
  buf.writeUInt32BE(value >>> 0, at + 4);
}

function readSafeInt64(buf: Buffer, at: number, batchAt: number, field: string): number {
  const value = buf.readInt32BE(at) * 0x1_0000_0000 + buf.readUInt32BE(at + 4);
  if (!Number.isSafeInteger(value)) {
    throw corrupt(batchAt, `${field} ${buf.readBigInt64BE(at)} is beyond 2^53`);
  }
  return value;
}

function corrupt(at: number, what: string): Error {
  return millraceError('CORRUPT_BATCH', `batch at byte ${at}: ${what}`);
}
