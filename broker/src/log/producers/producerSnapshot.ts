// The file `<base>.producers` of a segment: the producer state of the log up to an offset in it. Big-endian:
//
//   u16 version = 1, i64 end offset (exclusive), u32 number of producers, then of each
//     i64 producer id, u32 seconds since it was last seen, u8 number of batches (1 to 5), then of each
//       i16 epoch, i32 first sequence, i32 last offset delta, i64 base offset
//   u32 CRC-32C of all before
//
// Producers by rising offset of their last batches, batches by rising offset. Derived: a damaged one is made again from
// the headers of the batches.
import { crc32c } from '@millrace/core/crc32c';
import type { Offset } from '@millrace/core/ids';
import { LogCorruptError } from '../logCorruptError.ts';
import {
  BATCHES_REMEMBERED,
  type RememberedBatch,
  type RememberedProducer,
} from './producerState.ts';

const VERSION = 1;
const HEADER_BYTES = 14;
const PRODUCER_BYTES = 13;
const BATCH_BYTES = 18;
const CRC_BYTES = 4;
const SEQUENCES = 2 ** 31;
const UINT32_MAX = 2 ** 32 - 1;

export interface ProducerSnapshot {
  /** Exclusive: the batches below are in it. */
  readonly endOffset: Offset;
  readonly producers: readonly RememberedProducer[];
}

export function encodeProducers({ endOffset, producers }: ProducerSnapshot, nowMs: number): Buffer {
  const batchCount = producers.reduce((sum, { batches }) => sum + batches.length, 0);
  const bytes = Buffer.alloc(
    HEADER_BYTES + producers.length * PRODUCER_BYTES + batchCount * BATCH_BYTES + CRC_BYTES,
  );
  bytes.writeUInt16BE(VERSION, 0);
  bytes.writeBigInt64BE(BigInt(endOffset), 2);
  bytes.writeUInt32BE(producers.length, 10);
  let at = HEADER_BYTES;
  for (const { producerId, lastSeenMs, batches } of producers) {
    bytes.writeBigInt64BE(BigInt(producerId), at);
    bytes.writeUInt32BE(idleSeconds(nowMs - lastSeenMs), at + 8);
    bytes.writeUInt8(batches.length, at + 12);
    at += PRODUCER_BYTES;
    for (const { epoch, firstSequence, baseOffset, endOffset: end } of batches) {
      bytes.writeInt16BE(epoch, at);
      bytes.writeInt32BE(firstSequence, at + 2);
      bytes.writeInt32BE(end - baseOffset - 1, at + 6);
      bytes.writeBigInt64BE(BigInt(baseOffset), at + 10);
      at += BATCH_BYTES;
    }
  }
  bytes.writeUInt32BE(crc32c(bytes.subarray(0, at)), at);
  return bytes;
}

/** `nowMs`: of the monotonic clock. Throws LogCorruptError. */
export function decodeProducers(bytes: Buffer, nowMs: number): ProducerSnapshot {
  if (bytes.length < HEADER_BYTES + CRC_BYTES) throw damaged('it is too short');
  const crcAt = bytes.length - CRC_BYTES;
  if (crc32c(bytes.subarray(0, crcAt)) !== bytes.readUInt32BE(crcAt)) {
    throw damaged('its CRC-32C does not match');
  }
  const version = bytes.readUInt16BE(0);
  if (version !== VERSION) throw damaged(`version ${version}`);
  const endOffset = natural(bytes, 2, 'end offset') as Offset;
  const count = bytes.readUInt32BE(10);
  const producers: RememberedProducer[] = [];
  const ids = new Set<number>();
  let lastBase = -1;
  let at = HEADER_BYTES;
  // Each takes some bytes, so that a count cannot promise more than the file can hold.
  for (let index = 0; index < count; index++) {
    need(bytes, at, PRODUCER_BYTES);
    const producerId = natural(bytes, at, 'producer id');
    const lastSeenMs = nowMs - bytes.readUInt32BE(at + 8) * 1000;
    const batchCount = bytes.readUInt8(at + 12);
    at += PRODUCER_BYTES;
    if (batchCount < 1 || batchCount > BATCHES_REMEMBERED) throw damaged(`${batchCount} batches`);
    need(bytes, at, batchCount * BATCH_BYTES);
    const batches = batchesAt(bytes, at, batchCount, endOffset);
    at += batchCount * BATCH_BYTES;
    const base = batches.at(-1)?.baseOffset ?? -1;
    if (ids.has(producerId) || base <= lastBase) throw damaged(`producer ${producerId} twice`);
    ids.add(producerId);
    lastBase = base;
    producers.push({ producerId, lastSeenMs, batches });
  }
  if (at !== crcAt) throw damaged(`${crcAt - at} bytes are left`);
  return { endOffset, producers };
}

function batchesAt(bytes: Buffer, from: number, count: number, limit: Offset): RememberedBatch[] {
  const batches: RememberedBatch[] = [];
  let end = 0;
  for (let index = 0; index < count; index++) {
    const at = from + index * BATCH_BYTES;
    const epoch = bytes.readInt16BE(at);
    const firstSequence = bytes.readInt32BE(at + 2);
    const lastOffsetDelta = bytes.readInt32BE(at + 6);
    const baseOffset = natural(bytes, at + 10, 'base offset') as Offset;
    const endOffset = (baseOffset + lastOffsetDelta + 1) as Offset;
    if (epoch < 0 || firstSequence < 0 || lastOffsetDelta < 0) throw damaged('a negative number');
    if (baseOffset < end || endOffset > limit) throw damaged(`a batch at offset ${baseOffset}`);
    end = endOffset;
    const lastSequence = (firstSequence + lastOffsetDelta) % SEQUENCES;
    batches.push({ epoch, firstSequence, lastSequence, baseOffset, endOffset });
  }
  return batches;
}

function idleSeconds(idleMs: number): number {
  return Math.min(Math.max(0, Math.floor(idleMs / 1000)), UINT32_MAX);
}

function natural(bytes: Buffer, at: number, field: string): number {
  const value = Number(bytes.readBigInt64BE(at));
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw damaged(`${field} ${value}`);
}

function need(bytes: Buffer, at: number, wanted: number): void {
  if (at + wanted > bytes.length - CRC_BYTES) throw damaged('it ends too early');
}

function damaged(what: string): Error {
  return new LogCorruptError(`a snapshot of producers is damaged: ${what}`);
}
