/**
 * Fetched batches on their way to a client that wants records: decoded as many at a time as fit one message, so that
 * neither a batch that grows a thousandfold nor a million tiny records stall the broker or fill its memory.
 */
import { BATCH_HEADER_BYTES, type BatchHeader, readBatchHeader } from '@millrace/core/batchHeader';
import { type SectionMark, SectionReader } from '@millrace/core/batchReader';
import { type MillraceError, toMillraceError } from '@millrace/core/errors';
import type { FetchEntryMessage } from '@millrace/core/messages/fetch';
import type { RecordMessage } from '@millrace/core/messages/record';
import type { DecodedRecord } from '@millrace/core/record';
import type { FetchedEntry } from '../engine/fetchSession.ts';
import type { Decompression } from './decompression.ts';
import { fetchEntryMessage } from './replies.ts';

/** About 5 ms of the event loop. */
const RECORDS_MAX = 8192;
/** Of what has to be decompressed again for the next message. */
const UNKEPT_BYTES_MIN = 1 << 20;
/** A record is more than its key and value, on the wire and in memory. */
const RECORD_OVERHEAD_BYTES = 32;

interface OpenBatch {
  readonly header: BatchHeader;
  readonly reader: SectionReader;
  /** Counted as kept; 0 for a view of the batch itself. */
  readonly keptBytes: number;
}

interface Room {
  bytes: number;
  records: number;
}

export class RecordQueue {
  readonly #decompression: Decompression;
  readonly #onBroken: (entry: FetchedEntry) => void;
  #entries: FetchedEntry[] = [];
  /** Place of the next batch in the first entry. */
  #buffer = 0;
  #at = 0;
  /** Of the first entry: the next record that the client has not got. */
  #nextOffset = 0;
  #open: OpenBatch | undefined;
  /** In a batch that was begun, and could not be kept decompressed. */
  #mark: SectionMark | undefined;

  /** `onBroken`: a batch of this partition can't be decoded; it is reported and ends there. */
  constructor(decompression: Decompression, onBroken: (entry: FetchedEntry) => void) {
    this.#decompression = decompression;
    this.#onBroken = onBroken;
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  add(entries: readonly FetchedEntry[]): void {
    if (this.isEmpty) this.#nextOffset = entries[0]?.fromOffset ?? 0;
    this.#entries.push(...entries);
  }

  /** About `bytesMax` of records, at least one if there is one. One call at a time. */
  async next(bytesMax: number): Promise<FetchEntryMessage[]> {
    const room: Room = { bytes: bytesMax, records: RECORDS_MAX };
    const messages: FetchEntryMessage[] = [];
    while (room.bytes > 0 && room.records > 0) {
      const entry = this.#entries[0];
      if (entry === undefined) break;
      const { records, error } = await this.#recordsOf(entry, room);
      messages.push(this.#messageOf(entry, records, error));
    }
    return messages;
  }

  /** What `next` did not come to: where reading goes on. Empties the queue. */
  rest(): FetchEntryMessage[] {
    const messages = this.#entries.map((entry, index) => {
      const nextOffset = index === 0 ? this.#nextOffset : entry.fromOffset;
      return { ...fetchEntryMessage(entry, []), nextOffset, end: false };
    });
    this.close();
    return messages;
  }

  close(): void {
    this.#closeBatch();
    this.#entries = [];
  }

  #messageOf(
    entry: FetchedEntry,
    records: RecordMessage[],
    error: MillraceError | undefined,
  ): FetchEntryMessage {
    const message = fetchEntryMessage(entry, records);
    const nextOffset = this.#nextOffset;
    if (error !== undefined) {
      const { topicId, partition } = entry;
      this.#entries = this.#entries.filter(
        (other) => other.topicId !== topicId || other.partition !== partition,
      );
      this.#begin();
      this.#onBroken(entry);
      return { ...message, nextOffset, end: false, error };
    }
    if (this.#buffer < entry.batches.length) return { ...message, nextOffset, end: false };
    this.#entries.shift();
    this.#begin();
    return message;
  }

  #begin(): void {
    this.#closeBatch();
    this.#buffer = 0;
    this.#at = 0;
    this.#nextOffset = this.#entries[0]?.fromOffset ?? 0;
  }

  async #recordsOf(
    entry: FetchedEntry,
    room: Room,
  ): Promise<{ records: RecordMessage[]; error?: MillraceError }> {
    const records: RecordMessage[] = [];
    try {
      while (room.bytes > 0 && room.records > 0) {
        if (this.#open !== undefined) this.#read(entry, this.#open, records, room);
        else if (!(await this.#openNext(entry, records, room))) break;
      }
      return { records };
    } catch (error) {
      this.#closeBatch();
      return { records, error: toMillraceError(error) };
    }
  }

  /** False: the entry has no more batches. */
  async #openNext(entry: FetchedEntry, records: RecordMessage[], room: Room): Promise<boolean> {
    const buffer = entry.batches[this.#buffer];
    if (buffer === undefined) return false;
    if (this.#at + BATCH_HEADER_BYTES > buffer.length) {
      this.#buffer++;
      this.#at = 0;
      return true;
    }
    const at = this.#at;
    const header = readBatchHeader(buffer, at);
    if (header.isControl) {
      this.#at += header.sizeBytes;
      return true;
    }
    await this.#decompression.section(buffer, at, header, (section) => {
      if (this.#entries[0] !== entry) return;
      const reader = new SectionReader(section, header, this.#mark);
      this.#mark = undefined;
      const isView = header.compression === 'none';
      const isKept = isView || this.#decompression.keep(section.length);
      this.#open = { header, reader, keptBytes: isKept && !isView ? section.length : 0 };
      if (!isKept) room.bytes = Math.max(room.bytes, UNKEPT_BYTES_MIN);
      this.#read(entry, this.#open, records, room);
      if (isKept || this.#open === undefined) return;
      this.#open = undefined;
      this.#mark = reader.mark;
    });
    return true;
  }

  #read(entry: FetchedEntry, open: OpenBatch, records: RecordMessage[], room: Room): void {
    const { endOffset } = entry;
    while (room.bytes > 0 && room.records > 0) {
      const before = open.reader.position;
      const record = open.reader.next();
      if (record === undefined) {
        this.#closeBatch();
        this.#at += open.header.sizeBytes;
        return;
      }
      if (record.offset < this.#nextOffset) continue;
      if (endOffset !== undefined && record.offset >= endOffset) continue;
      records.push(recordMessage(record));
      this.#nextOffset = record.offset + 1;
      room.bytes -= open.reader.position - before + RECORD_OVERHEAD_BYTES;
      room.records--;
    }
  }

  #closeBatch(): void {
    this.#mark = undefined;
    if (this.#open !== undefined) this.#decompression.release(this.#open.keptBytes);
    this.#open = undefined;
  }
}

function recordMessage({ offset, timestamp, key, value, headers }: DecodedRecord): RecordMessage {
  return {
    offset,
    timestampMs: timestamp,
    key: key ?? undefined,
    value: value ?? undefined,
    headers: headers.map((header) => ({ key: header.key, value: header.value ?? undefined })),
  };
}
