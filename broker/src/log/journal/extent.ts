// Batches that lie in a segment, synced with its name before this frame of the journal was written, which
// carries no copy of them (safety.md, rule 2). The frame's header says copy, base offset and byte
// position; its body, big-endian:
//
//    0 u64   base offset of the segment
//    8 u64   end offset, exclusive
//   16 u32   bytes
//   20 u32   CRC-32C of these bytes
//   24 i32   leader epoch of the last batch
import { millraceError } from '@millrace/core/errors';
import type { Offset } from '@millrace/core/ids';
import type { FrameHeader } from './journalFrame.ts';

export const EXTENT_BODY_BYTES = 28;

export interface Extent {
  readonly baseOffset: Offset;
  /** Exclusive. */
  readonly endOffset: Offset;
  readonly segmentBase: Offset;
  /** Byte position in the segment; 0 begins it, at the base offset. */
  readonly position: number;
  readonly bytes: number;
  /** CRC-32C. */
  readonly crc: number;
  /** Of the last batch. */
  readonly lastEpoch: number;
}

export function encodeExtent(extent: Extent): Buffer {
  const body = Buffer.alloc(EXTENT_BODY_BYTES);
  body.writeBigUInt64BE(BigInt(extent.segmentBase), 0);
  body.writeBigUInt64BE(BigInt(extent.endOffset), 8);
  body.writeUInt32BE(extent.bytes, 16);
  body.writeUInt32BE(extent.crc, 20);
  body.writeInt32BE(extent.lastEpoch, 24);
  return body;
}

/** Of an intact frame. Throws UNSUPPORTED_VERSION if it says more or less than this version knows. */
export function decodeExtent(header: FrameHeader, body: Buffer): Extent {
  if (body.length !== EXTENT_BODY_BYTES) {
    throw millraceError(
      'UNSUPPORTED_VERSION',
      `an extent frame of the journal has ${body.length} bytes, this version knows ${EXTENT_BODY_BYTES}`,
    );
  }
  return {
    baseOffset: header.offset,
    position: header.position,
    segmentBase: Number(body.readBigUInt64BE(0)) as Offset,
    endOffset: Number(body.readBigUInt64BE(8)) as Offset,
    bytes: body.readUInt32BE(16),
    crc: body.readUInt32BE(20),
    lastEpoch: body.readInt32BE(24),
  };
}
