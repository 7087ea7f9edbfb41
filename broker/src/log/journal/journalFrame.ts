// The unit of the journal, big-endian like the record batches that it carries:
//
//    0 u32   length: bytes after this field
//    4 u32   CRC-32C of the 16 bytes of journalId, then of everything from byte 8
//    8 u64   sequence: 1 for the frame that opens a journal, then one more for each frame
//   16 u64   highest sequence known to be synced when this frame was written
//   24 u8    kind: 1 open, 2 append, 3 truncate, 4 extent
//   25 u8[3] the first 3 bytes of journalId
//   28 u8[6] copyId (open: zeros)
//   34 u8[2] the next 2 bytes of journalId
//   36 u64   append, extent: base offset of the first batch; truncate: the log end that remains at most
//   44 u64   byte position in the segment; append, extent: 0: a new segment that begins at the base offset
//   52       append: whole record batches; truncate: see truncation.ts; extent: see extent.ts
//
// The journalId is a secret of one boot: no frame of another boot parses, and no bytes of a client do;
// the five bytes of it in the header spare recovery the CRC of those that only look like a frame.
import { crc32c, crc32cOfRange } from '@millrace/core/crc32c';
import type { CopyId, Offset } from '@millrace/core/ids';

export const FRAME_HEADER_BYTES = 52;
export const JOURNAL_ID_BYTES = 16;

const LENGTH_BYTES = 4;
const CRC_AT = 4;
const CRC_FROM = 8;
const SEQUENCE_AT = 8;
const SYNCED_AT = 16;
const KIND_AT = 24;
const COPY_AT = 28;
const COPY_BYTES = 6;
const NO_COPY = '000000000000';
const TAG_LOW_AT = 25;
const TAG_LOW_BYTES = 3;
const TAG_HIGH_AT = 34;
const TAG_HIGH_BYTES = 2;
const OFFSET_AT = 36;
const POSITION_AT = 44;

const KINDS = ['open', 'append', 'truncate', 'extent'] as const;
export type FrameKind = (typeof KINDS)[number];

export interface FrameHeader {
  /** Of the whole frame. */
  readonly sizeBytes: number;
  readonly sequence: number;
  readonly syncedSequence: number;
  /** `unknown`: of a newer version, if the CRC is right. */
  readonly kind: FrameKind | 'unknown';
  readonly copyId: CopyId;
  readonly offset: Offset;
  /** Bytes from the start of the segment. */
  readonly position: number;
}

/** How the frames of one journal are told from all others. */
export interface FrameSeal {
  /** Where the CRC of every frame starts from. */
  readonly seed: number;
  /** Five bytes of the secret. */
  readonly tag: Buffer;
}

export interface FrameFields {
  readonly sequence: number;
  readonly syncedSequence: number;
  readonly kind: FrameKind;
  readonly copyId: CopyId | undefined;
  readonly offset: number;
  readonly position: number;
}

export function frameSeal(journalId: Buffer): FrameSeal {
  return { seed: crc32c(journalId), tag: journalId.subarray(0, TAG_LOW_BYTES + TAG_HIGH_BYTES) };
}

/** Writes the header of a frame that carries `batches` at `at`. The batches follow it on disk. */
export function writeFrameHeader(
  into: Buffer,
  at: number,
  fields: FrameFields,
  batches: readonly Buffer[],
  seal: FrameSeal,
): void {
  let batchBytes = 0;
  for (const batch of batches) batchBytes += batch.length;
  into.writeUInt32BE(FRAME_HEADER_BYTES - LENGTH_BYTES + batchBytes, at);
  writeUint64(into, at + SEQUENCE_AT, fields.sequence);
  writeUint64(into, at + SYNCED_AT, fields.syncedSequence);
  into[at + KIND_AT] = KINDS.indexOf(fields.kind) + 1;
  seal.tag.copy(into, at + TAG_LOW_AT, 0, TAG_LOW_BYTES);
  into.write(fields.copyId ?? NO_COPY, at + COPY_AT, COPY_BYTES, 'hex');
  seal.tag.copy(into, at + TAG_HIGH_AT, TAG_LOW_BYTES);
  writeUint64(into, at + OFFSET_AT, fields.offset);
  writeUint64(into, at + POSITION_AT, fields.position);
  let crc = crc32cOfRange(into, at + CRC_FROM, at + FRAME_HEADER_BYTES, seal.seed);
  for (const batch of batches) crc = crc32c(batch, crc);
  into.writeUInt32BE(crc, at + CRC_AT);
}

/**
 * The header at `at` if it bears the tag and its fields are possible in `bytesMax` bytes from there,
 * else undefined. Says nothing about the CRC: see isFrameIntact.
 */
export function readFrameHeader(
  bytes: Buffer,
  at: number,
  bytesMax: number,
  seal: FrameSeal,
): FrameHeader | undefined {
  if (bytes.length - at < FRAME_HEADER_BYTES || !hasTag(bytes, at, seal.tag)) return undefined;
  const sizeBytes = bytes.readUInt32BE(at) + LENGTH_BYTES;
  if (sizeBytes < FRAME_HEADER_BYTES || sizeBytes > bytesMax) return undefined;
  const kind = KINDS[(bytes[at + KIND_AT] ?? 0) - 1] ?? 'unknown';
  const sequence = readUint64(bytes, at + SEQUENCE_AT);
  const syncedSequence = readUint64(bytes, at + SYNCED_AT);
  const offset = readUint64(bytes, at + OFFSET_AT);
  const position = readUint64(bytes, at + POSITION_AT);
  if (offset === undefined || position === undefined) return undefined;
  if (sequence === undefined || syncedSequence === undefined) return undefined;
  if (sequence === 0 || syncedSequence >= sequence) return undefined;
  const copyId = bytes.toString('hex', at + COPY_AT, at + COPY_AT + COPY_BYTES) as CopyId;
  return { sizeBytes, sequence, syncedSequence, kind, copyId, offset: offset as Offset, position };
}

/** Whether the whole frame of `sizeBytes` at `at` is as it was written in this journal. */
export function isFrameIntact(
  bytes: Buffer,
  at: number,
  sizeBytes: number,
  seal: FrameSeal,
): boolean {
  if (bytes.length - at < sizeBytes) return false;
  const crc = crc32cOfRange(bytes, at + CRC_FROM, at + sizeBytes, seal.seed);
  return crc === bytes.readUInt32BE(at + CRC_AT);
}

function hasTag(bytes: Buffer, at: number, tag: Buffer): boolean {
  const low = at + TAG_LOW_AT;
  const high = at + TAG_HIGH_AT;
  return (
    bytes.compare(tag, 0, TAG_LOW_BYTES, low, low + TAG_LOW_BYTES) === 0 &&
    bytes.compare(tag, TAG_LOW_BYTES, tag.length, high, high + TAG_HIGH_BYTES) === 0
  );
}

function writeUint64(into: Buffer, at: number, value: number): void {
  into.writeUInt32BE(Math.floor(value / 0x1_0000_0000), at);
  into.writeUInt32BE(value >>> 0, at + 4);
}

/** Undefined beyond the safe integers: no writer gets there. */
function readUint64(bytes: Buffer, at: number): number | undefined {
  const value = bytes.readUInt32BE(at) * 0x1_0000_0000 + bytes.readUInt32BE(at + 4);
  return Number.isSafeInteger(value) ? value : undefined;
}
