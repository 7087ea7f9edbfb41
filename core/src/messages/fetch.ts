/** millrace.v1.FetchResponse. (Aborted transactions are reserved: never written, skipped when read.) */
import type { MillraceError } from '../errors.ts';
import { readError, writeError } from './error.ts';
import { ProtoReader } from './protoReader.ts';
import { ProtoWriter } from './protoWriter.ts';
import { type RecordMessage, readRecord, writeRecord } from './record.ts';

export interface FetchEntryMessage {
  readonly topicId: string;
  readonly partition: number;
  readonly leaderEpoch: number;
  readonly highWatermark: number;
  readonly lastStable: number;
  readonly logStart: number;
  readonly localStart: number;
  readonly nextOffset: number;
  readonly end: boolean;
  readonly error?: MillraceError | undefined;
  readonly records: readonly RecordMessage[];
  /** Whole batches in a row; written as they are, read as one view. */
  readonly batches: readonly Buffer[];
}

export interface FetchResponseMessage {
  readonly entries: readonly FetchEntryMessage[];
  readonly throttleMs: number;
}

/** Batches are parts of their own, not copied. */
export function encodeFetchResponse(response: FetchResponseMessage): Uint8Array[] {
  const writer = new ProtoWriter();
  writer.number(2, response.throttleMs);
  for (let index = response.entries.length - 1; index >= 0; index--) {
    const entry = response.entries[index];
    if (entry !== undefined) writeEntry(writer, entry);
  }
  return writer.finish();
}

/** Byte fields are views of `body`. Throws INVALID_REQUEST. */
export function decodeFetchResponse(body: Buffer): FetchResponseMessage {
  const reader = new ProtoReader(body);
  const entries: FetchEntryMessage[] = [];
  let throttleMs = 0;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) entries.push(readEntry(reader.message()));
    else if (field === 2) throttleMs = reader.uint32();
    else reader.skip();
  }
  return { entries, throttleMs };
}

function writeEntry(writer: ProtoWriter, entry: FetchEntryMessage): void {
  const mark = writer.mark();
  writer.raw(15, entry.batches);
  for (let index = entry.records.length - 1; index >= 0; index--) {
    const record = entry.records[index];
    if (record !== undefined) writeRecord(writer, 12, record);
  }
  writer.bool(11, entry.end);
  if (entry.error !== undefined) writeError(writer, 9, entry.error);
  writer.number(8, entry.nextOffset);
  writer.number(7, entry.localStart);
  writer.number(6, entry.logStart);
  writer.number(5, entry.lastStable);
  writer.number(4, entry.highWatermark);
  writer.number(3, entry.leaderEpoch);
  writer.number(2, entry.partition);
  writer.string(1, entry.topicId);
  writer.close(1, mark);
}

function readEntry(reader: ProtoReader): FetchEntryMessage {
  const numbers = { leaderEpoch: 0, highWatermark: 0, lastStable: 0, logStart: 0, localStart: 0 };
  let topicId = '';
  let partition = 0;
  let nextOffset = 0;
  let end = false;
  let error: MillraceError | undefined;
  const records: RecordMessage[] = [];
  const batches: Buffer[] = [];
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) topicId = reader.string();
    else if (field === 2) partition = reader.int32();
    else if (field === 3) numbers.leaderEpoch = reader.int32();
    else if (field === 4) numbers.highWatermark = reader.signed();
    else if (field === 5) numbers.lastStable = reader.signed();
    else if (field === 6) numbers.logStart = reader.signed();
    else if (field === 7) numbers.localStart = reader.signed();
    else if (field === 8) nextOffset = reader.signed();
    else if (field === 9) error = readError(reader.message());
    else if (field === 11) end = reader.bool();
    else if (field === 12) records.push(readRecord(reader.message()));
    else if (field === 15) batches.push(reader.bytes());
    else reader.skip();
  }
  return { topicId, partition, ...numbers, nextOffset, end, error, records, batches };
}
