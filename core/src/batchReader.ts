/**
 * Records out of a batch, for consumers, compaction and `records` replies. Nothing of the bytes is trusted: lengths
 * are checked before use, decompression is bounded, offsets must rise within the batch.
 * Control batches decode like others; their header says isControl, controlTypeOf says which.
 */
import { BATCH_HEADER_BYTES, type BatchHeader } from './batchHeader.ts';
import { type DecompressLimits, decompress, decompressNow } from './compression.ts';
import { millraceError } from './errors.ts';
import type { DecodedRecord, RecordHeader } from './record.ts';
import { ByteCursor } from './varint.ts';

/** Length, attributes, two deltas, key, value and header count take a byte each at least. */
const RECORD_BYTES_MIN = 7;
const NO_HEADERS: readonly RecordHeader[] = [];

/**
 * All records of the batch at `at`, whose `header` was read there. Keys and values are views: of `buf`, or of the
 * decompressed bytes. The CRC is not checked again.
 *
 * Throws CORRUPT_BATCH, RECORD_TOO_LARGE (decompresses to more than maxBytes), UNSUPPORTED_COMPRESSION.
 */
export function decodeRecords(
  buf: Buffer,
  at: number,
  header: BatchHeader,
  limits: DecompressLimits,
): DecodedRecord[] {
  const stored = storedRecords(buf, at, header);
  return decodeSection(decompressNow(header.compression, stored, limits), header);
}

/** As decodeRecords, decompressing in the thread pool. `buf` must not change meanwhile. */
export async function decodeRecordsPooled(
  buf: Buffer,
  at: number,
  header: BatchHeader,
  limits: DecompressLimits,
): Promise<DecodedRecord[]> {
  return decodeSection(await decompressedSection(buf, at, header, limits), header);
}

/** Of the record of a control batch: key = int16 version, int16 type (0 abort, 1 commit). */
export function controlTypeOf(record: DecodedRecord): 'abort' | 'commit' | 'unknown' {
  if (record.key === null || record.key.length < 4) return 'unknown';
  const type = record.key.readInt16BE(2);
  if (type === 0) return 'abort';
  return type === 1 ? 'commit' : 'unknown';
}

function storedRecords(buf: Buffer, at: number, header: BatchHeader): Buffer {
  if (header.sizeBytes > buf.length - at) {
    throw millraceError(
      'CORRUPT_BATCH',
      `batch at byte ${at}: ${header.sizeBytes} bytes long, ${buf.length - at} are there`,
    );
  }
  return buf.subarray(at + BATCH_HEADER_BYTES, at + header.sizeBytes);
}

function decodeSection(section: Buffer, header: BatchHeader): DecodedRecord[] {
  const reader = new SectionReader(section, header);
  const records: DecodedRecord[] = [];
  for (let record = reader.next(); record !== undefined; record = reader.next()) {
    records.push(record);
  }
  return records;
}

/** A place between two records. */
export interface SectionMark {
  readonly position: number;
  readonly index: number;
  readonly previousDelta: number;
}

const SECTION_START: SectionMark = { position: 0, index: 0, previousDelta: -1 };

/**
 * The records of a decompressed section one by one: a few megabytes may hold a million of them, more than one slice of
 * the event loop should make. Throws CORRUPT_BATCH.
 */
export class SectionReader {
  readonly #section: Buffer;
  readonly #header: BatchHeader;
  readonly #cursor: ByteCursor;
  readonly #appendTime: number | undefined;
  #index: number;
  #previousDelta: number;

  /** `from`: the mark of an earlier reader of the same records. */
  constructor(section: Buffer, header: BatchHeader, from: SectionMark = SECTION_START) {
    const { recordCount, baseOffset, timestampType, maxTimestamp } = header;
    if (recordCount * RECORD_BYTES_MIN > section.length) {
      throw millraceError(
        'CORRUPT_BATCH',
        `batch at offset ${baseOffset}: ${recordCount} records in ${section.length} bytes`,
      );
    }
    this.#section = section;
    this.#header = header;
    this.#cursor = new ByteCursor(section, from.position, section.length);
    this.#index = from.index;
    this.#previousDelta = from.previousDelta;
    this.#appendTime = timestampType === 'append' ? maxTimestamp : undefined;
  }

  /** Where it stands. */
  get mark(): SectionMark {
    const { at: position } = this.#cursor;
    return { position, index: this.#index, previousDelta: this.#previousDelta };
  }

  /** Bytes of the section that are read. */
  get position(): number {
    return this.#cursor.at;
  }

  /** Undefined after the last one, which must end the section. */
  next(): DecodedRecord | undefined {
    const cursor = this.#cursor;
    const { recordCount, baseOffset, lastOffsetDelta, baseTimestamp } = this.#header;
    if (this.#index === recordCount) {
      if (cursor.remaining() !== 0) {
        throw cursor.fault(`${cursor.remaining()} bytes after the records`);
      }
      return undefined;
    }
    const index = this.#index++;
    const length = cursor.readVarint();
    if (length < 0 || length > cursor.remaining()) {
      throw cursor.fault(`record ${index} says ${length} bytes`);
    }
    const end = cursor.at + length;
    cursor.readByte();
    const timestamp = baseTimestamp + cursor.readVarlong();
    const offsetDelta = cursor.readVarint();
    if (offsetDelta <= this.#previousDelta || offsetDelta > lastOffsetDelta) {
      throw cursor.fault(`record ${index} has offset delta ${offsetDelta}`);
    }
    this.#previousDelta = offsetDelta;
    const key = readSized(this.#section, cursor);
    const value = readSized(this.#section, cursor);
    const headerCount = cursor.readVarint();
    const headers =
      headerCount === 0 ? NO_HEADERS : readHeaders(this.#section, cursor, headerCount);
    if (cursor.at !== end) throw cursor.fault(`record ${index} ends at byte ${end}`);
    return {
      offset: baseOffset + offsetDelta,
      timestamp: this.#appendTime ?? timestamp,
      key,
      value,
      headers,
    };
  }
}

/** What a SectionReader reads: a view of `buf`, or decompressed in the thread pool. Throws as decodeRecordsPooled. */
export async function decompressedSection(
  buf: Buffer,
  at: number,
  header: BatchHeader,
  limits: DecompressLimits,
): Promise<Buffer> {
  return decompress(header.compression, storedRecords(buf, at, header), limits);
}

function readSized(section: Buffer, cursor: ByteCursor): Buffer | null {
  const length = cursor.readVarint();
  if (length === -1) return null;
  const from = cursor.skip(length);
  return section.subarray(from, from + length);
}

function readHeaders(section: Buffer, cursor: ByteCursor, count: number): RecordHeader[] {
  // Two bytes a header at least: a count cannot promise more than the bytes can hold.
  if (count < 0 || count * 2 > cursor.remaining()) throw cursor.fault(`says ${count} headers`);
  const headers: RecordHeader[] = [];
  for (let index = 0; index < count; index++) {
    const length = cursor.readVarint();
    const from = cursor.skip(length);
    const key = section.toString('utf8', from, from + length);
    headers.push({ key, value: readSized(section, cursor) });
  }
  return headers;
}
