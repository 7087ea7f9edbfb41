/**
 * Whether bytes may enter a log. Two judges: checkBatches for what a client (or a coordinator) offers the leader,
 * scanBatches and checkBatchesFromLog for what another log already holds (follower append, recovery).
 * Lengths are checked before they are used; nothing is allocated per record.
 */
import {
  ATTRIBUTES_KNOWN,
  ATTRIBUTE_DELETE_HORIZON,
  BATCH_CRC_FROM,
  BATCH_HEADER_BYTES,
  type BatchHeader,
  endOffset,
  readBatchHeader,
} from './batchHeader.ts';
import { crc32cOfRange } from './crc32c.ts';
import { type ErrorCode, MillraceError, millraceError } from './errors.ts';
import { decodeRecords } from './batchReader.ts';
import type { DecodedRecord } from './record.ts';
import { ByteCursor } from './varint.ts';

/** Of a compressed batch that is looked into: a few milliseconds. */
const KEYS_CHECKED_BYTES_MAX = 256 << 10;

export interface BatchRules {
  /** Of one batch, header included. */
  readonly batchBytesMax: number;
  /** Wall clock. */
  readonly nowMs: number;
  readonly timestampAheadMsMax: number;
  /** `required` in compacted topics. Default `optional`. */
  readonly keys?: 'required' | 'optional';
  /** Only a coordinator may write control and transactional batches. Default `client`. */
  readonly origin?: 'client' | 'coordinator';
}

/**
 * Headers of the batches that `buf` consists of, one after the other from byte 0 to its end.
 * All or nothing: one bad batch refuses the buffer. (safety.md, rules 1 and 12)
 *
 * Throws CORRUPT_BATCH, RECORD_TOO_LARGE, UNSUPPORTED_FORMAT, UNSUPPORTED_COMPRESSION, INVALID_RECORD,
 * INVALID_TIMESTAMP or INVALID_REQUEST (no batch at all), always `not-applied`.
 */
export function checkBatches(buf: Buffer, rules: BatchRules): BatchHeader[] {
  if (buf.length === 0) throw millraceError('INVALID_REQUEST', 'no batch in the request');
  const headers: BatchHeader[] = [];
  for (let at = 0; at < buf.length; ) {
    const header = readBatchHeader(buf, at);
    const refuse = (code: ErrorCode, what: string): MillraceError =>
      millraceError(code, `batch ${headers.length} at byte ${at}: ${what}`);
    const missing = missingBytes(buf, at, header);
    if (missing !== undefined) throw refuse('CORRUPT_BATCH', missing);
    // Before the CRC: a batch over the limit must not cost a pass over its bytes.
    if (header.sizeBytes > rules.batchBytesMax) {
      throw refuse(
        'RECORD_TOO_LARGE',
        `${header.sizeBytes} bytes, batchBytesMax is ${rules.batchBytesMax}`,
      );
    }
    const broken = wrongCrc(buf, at, header);
    if (broken !== undefined) throw refuse('CORRUPT_BATCH', broken);
    checkHeader(header, rules, refuse);
    if (header.compression === 'none') checkRecords(buf, at, header, refuse, rules.keys);
    else if (rules.keys === 'required') checkCompressedKeys(buf, at, header, refuse);
    headers.push(header);
    at += header.sizeBytes;
  }
  return headers;
}

export interface ScannedBatches {
  readonly headers: BatchHeader[];
  /** Where the first batch that does not continue the log begins; the length of the buffer if all do. */
  readonly validBytes: number;
  /** Why it ends there; absent if everything is valid. */
  readonly fault?: MillraceError;
}

/**
 * The longest valid prefix of bytes that come from a log: offsets rise from `nextOffset` with gaps allowed
 * (compaction), leader epochs never fall below `leaderEpoch` or the batch before, control batches are allowed.
 */
export function scanBatches(buf: Buffer, nextOffset: number, leaderEpoch = -1): ScannedBatches {
  const headers: BatchHeader[] = [];
  let expectedOffset = nextOffset;
  let expectedEpoch = leaderEpoch;
  let at = 0;
  while (at < buf.length) {
    let header: BatchHeader;
    let broken: string | undefined;
    try {
      header = readBatchHeader(buf, at);
      broken = missingBytes(buf, at, header) ?? wrongCrc(buf, at, header);
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      return { headers, validBytes: at, fault: error };
    }
    if (broken === undefined && header.baseOffset < expectedOffset) {
      broken = `base offset ${header.baseOffset} below the log end ${expectedOffset}`;
    }
    if (broken === undefined && header.leaderEpoch < expectedEpoch) {
      broken = `leader epoch ${header.leaderEpoch} after ${expectedEpoch}`;
    }
    if (broken !== undefined) {
      const fault = millraceError('CORRUPT_BATCH', `batch at byte ${at}: ${broken}`);
      return { headers, validBytes: at, fault };
    }
    headers.push(header);
    expectedOffset = endOffset(header);
    expectedEpoch = header.leaderEpoch;
    at += header.sizeBytes;
  }
  return { headers, validBytes: at };
}

/** As scanBatches, all or nothing: throws its fault. What a follower does before it appends. */
export function checkBatchesFromLog(
  buf: Buffer,
  nextOffset: number,
  leaderEpoch = -1,
): BatchHeader[] {
  const { headers, fault } = scanBatches(buf, nextOffset, leaderEpoch);
  if (fault !== undefined) throw fault;
  return headers;
}

function missingBytes(buf: Buffer, at: number, header: BatchHeader): string | undefined {
  const left = buf.length - at;
  if (header.sizeBytes <= left) return undefined;
  return `${header.sizeBytes} bytes long, ${left} are there`;
}

function wrongCrc(buf: Buffer, at: number, header: BatchHeader): string | undefined {
  const crc = crc32cOfRange(buf, at + BATCH_CRC_FROM, at + header.sizeBytes);
  if (crc === header.crc) return undefined;
  return `CRC-32C ${hex(crc)}, its header says ${hex(header.crc)}`;
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}

type Refuse = (code: ErrorCode, what: string) => MillraceError;

function checkHeader(header: BatchHeader, rules: BatchRules, refuse: Refuse): void {
  if (header.compression === 'snappy' || header.compression === 'lz4') {
    throw refuse('UNSUPPORTED_COMPRESSION', `compressed with ${header.compression}`);
  }
  if (header.timestampType === 'append') {
    throw refuse('UNSUPPORTED_FORMAT', 'LogAppendTime; only CreateTime is taken');
  }
  const unknown = header.attributes & ~(ATTRIBUTES_KNOWN & ~ATTRIBUTE_DELETE_HORIZON);
  if (unknown !== 0) {
    throw refuse('UNSUPPORTED_FORMAT', `attribute bits 0x${(unknown & 0xffff).toString(16)}`);
  }
  if (rules.origin !== 'coordinator' && (header.isControl || header.isTransactional)) {
    const what = header.isControl ? 'control' : 'transactional';
    throw refuse('INVALID_RECORD', `${what} batches are written by brokers only`);
  }
  if (header.recordCount === 0) throw refuse('INVALID_RECORD', 'no records');
  if (header.lastOffsetDelta !== header.recordCount - 1) {
    throw refuse(
      'INVALID_RECORD',
      `last offset delta ${header.lastOffsetDelta} with ${header.recordCount} records`,
    );
  }
  checkProducer(header, refuse);
  checkTimestamps(header, rules, refuse);
}

function checkProducer(header: BatchHeader, refuse: Refuse): void {
  const { producerId, producerEpoch, baseSequence } = header;
  // Coordinators write control batches with an epoch and without a sequence.
  const valid =
    producerId >= 0
      ? producerEpoch >= 0 && (baseSequence >= 0 || header.isControl)
      : producerId === -1 && producerEpoch === -1 && baseSequence === -1;
  if (!valid) {
    throw refuse(
      'INVALID_RECORD',
      `producer id ${producerId}, epoch ${producerEpoch}, sequence ${baseSequence}`,
    );
  }
}

function checkTimestamps(header: BatchHeader, rules: BatchRules, refuse: Refuse): void {
  const { baseTimestamp, maxTimestamp } = header;
  if (baseTimestamp < -1 || maxTimestamp < -1) {
    throw refuse('INVALID_TIMESTAMP', `timestamps ${baseTimestamp}..${maxTimestamp}`);
  }
  const newest = Math.max(baseTimestamp, maxTimestamp);
  const aheadMs = newest - rules.nowMs;
  if (aheadMs > rules.timestampAheadMsMax) {
    throw refuse(
      'INVALID_TIMESTAMP',
      `${newest} is ${Math.round(aheadMs)} ms ahead, ` +
        `timestampAheadMsMax is ${rules.timestampAheadMsMax}`,
    );
  }
}

/**
 * record: length varint, attributes int8, timestamp delta varlong, offset delta varint,
 *         key (varint length, -1 null), value (the same), headers (varint count of: name, value)
 *
 * Offset deltas must be 0, 1, 2 .. and lengths come out exactly, else a reader would lose its place at an offset
 * that is already acknowledged; timestamps must not pass the maximum, which the time index relies on.
 */
function checkRecords(
  buf: Buffer,
  at: number,
  header: BatchHeader,
  refuse: Refuse,
  keys: BatchRules['keys'],
): void {
  const cursor = new ByteCursor(
    buf,
    at + BATCH_HEADER_BYTES,
    at + header.sizeBytes,
    'INVALID_RECORD',
  );
  const deltaMax = header.maxTimestamp - header.baseTimestamp;
  for (let index = 0; index < header.recordCount; index++) {
    const lengthBytes = cursor.readVarint();
    const from = cursor.at;
    if (lengthBytes < 0 || lengthBytes > cursor.remaining()) {
      throw refuse('INVALID_RECORD', `record ${index} says ${lengthBytes} bytes`);
    }
    cursor.readByte();
    const timestampDelta = cursor.readVarlong();
    const offsetDelta = cursor.readVarint();
    const hasKey = skipNullable(cursor);
    if (!hasKey && keys === 'required') throw withoutKey(index, refuse);
    skipNullable(cursor);
    const headerCount = cursor.readVarint();
    if (headerCount !== 0) skipHeaders(cursor, headerCount);
    if (cursor.at !== from + lengthBytes) {
      throw refuse(
        'INVALID_RECORD',
        `record ${index} says ${lengthBytes} bytes and holds ${cursor.at - from}`,
      );
    }
    if (offsetDelta !== index) {
      throw refuse('INVALID_RECORD', `record ${index} has offset delta ${offsetDelta}`);
    }
    if (timestampDelta > deltaMax || header.baseTimestamp + timestampDelta < -1) {
      throw refuse(
        'INVALID_TIMESTAMP',
        `record ${index} is ${timestampDelta} ms from the base timestamp ` +
          `${header.baseTimestamp}, the max timestamp is ${header.maxTimestamp}`,
      );
    }
  }
  if (cursor.remaining() !== 0) {
    throw refuse('INVALID_RECORD', `${cursor.remaining()} bytes after the last record`);
  }
}

function withoutKey(index: number, refuse: Refuse): MillraceError {
  return refuse('INVALID_RECORD', `record ${index} has no key, and the topic is compacted`);
}

/**
 * What decompresses to more than a slice of the event loop allows is believed: compaction drops records without a key.
 * Throws CORRUPT_BATCH for what does not decompress, or is no records.
 */
function checkCompressedKeys(buf: Buffer, at: number, header: BatchHeader, refuse: Refuse): void {
  let records: readonly DecodedRecord[];
  try {
    records = decodeRecords(buf, at, header, { maxBytes: KEYS_CHECKED_BYTES_MAX });
  } catch (error) {
    if (error instanceof MillraceError && error.code === 'RECORD_TOO_LARGE') return;
    throw error;
  }
  const index = records.findIndex(({ key }) => key === null);
  if (index >= 0) throw withoutKey(index, refuse);
}

/** False: it is null. */
function skipNullable(cursor: ByteCursor): boolean {
  const length = cursor.readVarint();
  if (length === -1) return false;
  cursor.skip(length);
  return true;
}

function skipHeaders(cursor: ByteCursor, count: number): void {
  // A header takes two bytes at least, so that a count cannot promise more than the bytes can hold.
  if (count < 0 || count * 2 > cursor.remaining()) throw cursor.fault(`says ${count} headers`);
  for (let index = 0; index < count; index++) {
    cursor.skip(cursor.readVarint());
    skipNullable(cursor);
  }
}
