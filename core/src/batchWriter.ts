/**
 * Builds record batches for producers, and for brokers that are handed structured records. BatchBuilder writes each
 * record straight into one growing buffer, which it keeps from batch to batch; what it hands out is a copy of exact
 * size that the caller owns. Format: batchHeader.ts and batchCheck.ts.
 */
import {
  ATTRIBUTE_CONTROL,
  ATTRIBUTE_TRANSACTIONAL,
  BATCH_CRC_AT,
  BATCH_CRC_FROM,
  BATCH_HEADER_BYTES,
  BATCH_LENGTH_OVERHEAD_BYTES,
  BATCH_MAGIC,
  COMPRESSIONS,
  type Compression,
  writeInt64,
} from './batchHeader.ts';
import { compress, compressNow } from './compression.ts';
import { crc32cOfRange } from './crc32c.ts';
import type { RecordHeaderInput, RecordInput } from './record.ts';
import { sizeOfVarint, sizeOfVarlong, writeVarint, writeVarlong } from './varint.ts';

type Bytes = Uint8Array | string | null;

const INITIAL_BYTES = 16 * 1024;
/** Below this a loop is faster than the call to copy. */
const COPY_LOOP_BYTES_MAX = 24;
const NO_BUFFER = Buffer.alloc(0);
const NO_HEADERS: readonly RecordHeaderInput[] = [];

export interface BatchOptions {
  readonly compression?: Compression;
  readonly compressionLevel?: number | undefined;
  /** All three or none; -1 each if the producer is not idempotent. */
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  /** Default 0: the leader stamps it. */
  readonly baseOffset?: number;
  /** Default -1: the leader stamps it. */
  readonly leaderEpoch?: number;
  /** Default that of the last record; compaction keeps what the batch had. */
  readonly lastOffsetDelta?: number;
  readonly kind?: 'data' | 'transactional' | 'control' | 'transactional-control';
  /** `later`: the batch is not whole before stampProducer() has written its place among its producer's records. */
  readonly crc?: 'now' | 'later';
}

/** Whose batch it is, and its place among that producer's records of the partition. */
export interface ProducerStamp {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** Of the first record; after 2^31 - 1 comes 0. */
  readonly baseSequence: number;
}

export class BatchBuilder {
  #buf: Buffer;
  #at = BATCH_HEADER_BYTES;
  #count = 0;
  #nextOffsetDelta = 0;
  #baseTimestamp = -1;
  #maxTimestamp = -1;

  /** `initial`: size of its first buffer, or the buffer itself, which is the builder's from then on. */
  constructor(initial: number | Buffer = INITIAL_BYTES) {
    this.#buf =
      typeof initial === 'number'
        ? Buffer.allocUnsafeSlow(Math.max(initial, BATCH_HEADER_BYTES))
        : initial;
  }

  /** Of its buffer: what it holds in memory. */
  get capacityBytes(): number {
    return this.#buf.length;
  }

  get recordCount(): number {
    return this.#count;
  }

  /** Of the batch so far, header included, before compression. */
  get sizeBytes(): number {
    return this.#at;
  }

  /** Milliseconds since 1970 of the newest record; -1 if there is none. */
  get maxTimestamp(): number {
    return this.#maxTimestamp;
  }

  /** Appends a record and returns its offset delta. Key and value are copied. */
  append(
    timestamp: number,
    key: Bytes,
    value: Bytes,
    headers: readonly RecordHeaderInput[] = NO_HEADERS,
    offsetDelta: number = this.#nextOffsetDelta,
  ): number {
    if (this.#count === 0) this.#baseTimestamp = timestamp;
    const timestampDelta = timestamp - this.#baseTimestamp;
    const keyBytes = byteLength(key);
    const valueBytes = byteLength(value);
    const bodyBytes =
      1 +
      sizeOfVarlong(timestampDelta) +
      sizeOfVarint(offsetDelta) +
      sizeOfSized(keyBytes) +
      sizeOfSized(valueBytes) +
      (headers.length === 0 ? 1 : sizeOfHeaders(headers));
    this.#makeRoom(bodyBytes + 5);

    const buf = this.#buf;
    let at = writeVarint(buf, this.#at, bodyBytes);
    buf[at++] = 0;
    at = writeVarlong(buf, at, timestampDelta);
    at = writeVarint(buf, at, offsetDelta);
    at = writeSized(buf, at, key, keyBytes);
    at = writeSized(buf, at, value, valueBytes);
    at = writeVarint(buf, at, headers.length);
    for (const header of headers) {
      at = writeSized(buf, at, header.key, byteLength(header.key));
      at = writeSized(buf, at, header.value, byteLength(header.value));
    }
    this.#at = at;
    this.#count += 1;
    this.#nextOffsetDelta = offsetDelta + 1;
    if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp;
    return offsetDelta;
  }

  /** The batch, exactly sized and owned by the caller. The builder is empty again, its buffer kept. */
  finish(options: BatchOptions = {}): Buffer {
    const { compression = 'none', compressionLevel, crc = 'now' } = options;
    this.#writeHeader(options);
    const whole = this.#buf.subarray(0, this.#at);
    const header = compression === 'none' ? whole : compressedHeader(whole, compression);
    const records = whole.subarray(BATCH_HEADER_BYTES);
    const batch = sealed(
      header.subarray(0, BATCH_HEADER_BYTES),
      compression === 'none' ? records : compressNow(compression, records, compressionLevel),
      crc,
    );
    this.reset();
    return batch;
  }

  /**
   * As finish() without compression, but the batch lies in the builder's own buffer, which the caller owns from now on
   * (all of it: `batch.buffer`). Nothing is copied; the builder begins anew without a buffer.
   */
  detach(options: Omit<BatchOptions, 'compression' | 'compressionLevel'> = {}): Buffer {
    this.#writeHeader(options);
    const batch = this.#buf.subarray(0, this.#at);
    seal(batch, options.crc);
    this.#buf = NO_BUFFER;
    this.reset();
    return batch;
  }

  /** Forgets the records, keeps the buffer. */
  reset(): void {
    this.#at = BATCH_HEADER_BYTES;
    this.#count = 0;
    this.#nextOffsetDelta = 0;
    this.#baseTimestamp = -1;
    this.#maxTimestamp = -1;
  }

  #writeHeader(options: BatchOptions): void {
    const { kind = 'data' } = options;
    this.#makeRoom(0);
    const buf = this.#buf;
    buf.writeInt8(BATCH_MAGIC, 16);
    buf.writeInt32BE(options.leaderEpoch ?? -1, 12);
    writeInt64(buf, 0, options.baseOffset ?? 0);
    buf.writeInt16BE(
      (kind === 'transactional' || kind === 'transactional-control' ? ATTRIBUTE_TRANSACTIONAL : 0) |
        (kind === 'control' || kind === 'transactional-control' ? ATTRIBUTE_CONTROL : 0),
      21,
    );
    buf.writeInt32BE(options.lastOffsetDelta ?? Math.max(0, this.#nextOffsetDelta - 1), 23);
    writeInt64(buf, 27, this.#baseTimestamp);
    writeInt64(buf, 35, this.#maxTimestamp);
    writeInt64(buf, 43, options.producerId ?? -1);
    buf.writeInt16BE(options.producerEpoch ?? -1, 51);
    buf.writeInt32BE(options.baseSequence ?? -1, 53);
    buf.writeInt32BE(this.#count, 57);
  }

  #makeRoom(bytes: number): void {
    const wanted = this.#at + bytes;
    if (wanted <= this.#buf.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(wanted, this.#buf.length * 2));
    this.#buf.copy(larger, 0, 0, this.#at);
    this.#buf = larger;
  }
}

/** At most what `append` of this record adds to sizeBytes, whatever its position and time. */
export function recordBytesBound(
  key: Bytes,
  value: Bytes,
  headers: readonly RecordHeaderInput[] = NO_HEADERS,
): number {
  // 21: length 5, attributes 1, timestamp delta 10, offset delta 5.
  const fixed = 21 + sizeOfSized(byteLength(key)) + sizeOfSized(byteLength(value));
  return fixed + (headers.length === 0 ? 1 : sizeOfHeaders(headers));
}

/** At most what this record takes in a batch, beyond BATCH_HEADER_BYTES of the batch. */
export function encodedRecordBytes(record: RecordInput): number {
  return recordBytesBound(record.key, record.value, record.headers);
}

/** One batch of these records. Not for hot paths: those keep a BatchBuilder. */
export function encodeBatch(records: readonly RecordInput[], options: BatchOptions = {}): Buffer {
  const builder = new BatchBuilder();
  for (const { timestamp, key, value, headers, offsetDelta } of records) {
    builder.append(timestamp, key, value, headers, offsetDelta);
  }
  return builder.finish(options);
}

/** The same batch with its records compressed. `batch`: one uncompressed batch; it is left as it is. */
export function compressBatchNow(batch: Buffer, compression: Compression, level?: number): Buffer {
  const records = compressNow(compression, batch.subarray(BATCH_HEADER_BYTES), level);
  return sealed(compressedHeader(batch, compression), records, 'now');
}

/** As compressBatchNow, in the thread pool. `batch` must not change meanwhile. */
export async function compressBatch(
  batch: Buffer,
  compression: Compression,
  level?: number,
): Promise<Buffer> {
  const records = await compress(compression, batch.subarray(BATCH_HEADER_BYTES), level);
  return sealed(compressedHeader(batch, compression), records, 'now');
}

function compressedHeader(batch: Buffer, compression: Compression): Buffer {
  const header = Buffer.from(batch.subarray(0, BATCH_HEADER_BYTES));
  header.writeInt16BE(header.readInt16BE(21) | COMPRESSIONS.indexOf(compression), 21);
  return header;
}

/** In place, with the CRC. `batch`: one whole batch, whose CRC may have been left for later. */
export function stampProducer(batch: Buffer, stamp: ProducerStamp): void {
  writeInt64(batch, 43, stamp.producerId);
  batch.writeInt16BE(stamp.producerEpoch, 51);
  batch.writeInt32BE(stamp.baseSequence, 53);
  writeCrc(batch);
}

/** Header and records in one owned buffer, with length and CRC. */
function sealed(header: Buffer, records: Buffer, crc: BatchOptions['crc']): Buffer {
  const batch = Buffer.allocUnsafeSlow(BATCH_HEADER_BYTES + records.length);
  header.copy(batch, 0);
  records.copy(batch, BATCH_HEADER_BYTES);
  seal(batch, crc);
  return batch;
}

function seal(batch: Buffer, crc: BatchOptions['crc'] = 'now'): void {
  batch.writeInt32BE(batch.length - BATCH_LENGTH_OVERHEAD_BYTES, 8);
  if (crc === 'now') writeCrc(batch);
}

function writeCrc(batch: Buffer): void {
  batch.writeUInt32BE(crc32cOfRange(batch, BATCH_CRC_FROM, batch.length), BATCH_CRC_AT);
}

/** -1 for null, as it is written. */
function byteLength(bytes: Bytes): number {
  if (bytes === null) return -1;
  return typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length;
}

function sizeOfSized(bytes: number): number {
  return bytes < 0 ? 1 : sizeOfVarint(bytes) + bytes;
}

function sizeOfHeaders(headers: readonly RecordHeaderInput[]): number {
  let size = sizeOfVarint(headers.length);
  for (const { key, value } of headers) {
    size += sizeOfSized(byteLength(key)) + sizeOfSized(byteLength(value));
  }
  return size;
}

function writeSized(buf: Buffer, at: number, bytes: Bytes, length: number): number {
  const from = writeVarint(buf, at, length);
  if (bytes === null) return from;
  if (typeof bytes === 'string') {
    buf.write(bytes, from, length, 'utf8');
  } else if (length <= COPY_LOOP_BYTES_MAX) {
    for (let index = 0; index < length; index++) buf[from + index] = bytes[index] as number;
  } else {
    buf.set(bytes, from);
  }
  return from + length;
}
