/** millrace.v1.ProduceStreamRequest and ProduceStreamResponse. */
import type { MillraceError } from '../errors.ts';
import { readError, writeError } from './error.ts';
import { ProtoReader } from './protoReader.ts';
import { ProtoWriter } from './protoWriter.ts';
import { type RecordMessage, readRecord, writeRecord } from './record.ts';

const NO_BYTES = Buffer.alloc(0);

export interface ProduceEntryMessage {
  readonly topicId?: string | undefined;
  readonly topicName?: string | undefined;
  readonly partition?: number | undefined;
  readonly records: readonly RecordMessage[];
  readonly producerId?: number | undefined;
  readonly producerEpoch?: number | undefined;
  readonly firstSequence?: number | undefined;
  /** Empty: none. */
  readonly batches: Buffer;
}

export interface ProduceStreamRequestMessage {
  readonly correlation: number;
  /** Number of the enum `Acks`. */
  readonly acks: number;
  readonly deadlineMs: number;
  readonly entries: readonly ProduceEntryMessage[];
}

export interface ProduceResultMessage {
  readonly entry: number;
  readonly topicId: string;
  readonly partition: number;
  readonly baseOffset: number;
  readonly leaderEpoch: number;
  readonly recordCount: number;
  readonly recordIndexes: readonly number[];
  readonly error?: MillraceError | undefined;
}

export interface ProduceStreamResultMessage {
  readonly correlation: number;
  readonly result: ProduceResultMessage;
}

export interface ProduceStreamResponseMessage {
  readonly results: readonly ProduceStreamResultMessage[];
  readonly throttleMs: number;
}

/** Byte fields are views of `body`. Throws INVALID_REQUEST. */
export function decodeProduceStreamRequest(body: Buffer): ProduceStreamRequestMessage {
  const reader = new ProtoReader(body);
  let correlation = 0;
  let acks = 0;
  let deadlineMs = 0;
  const entries: ProduceEntryMessage[] = [];
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) correlation = reader.unsigned();
    else if (field === 2) acks = reader.int32();
    else if (field === 3) deadlineMs = reader.uint32();
    else if (field === 4) entries.push(readEntry(reader.message()));
    else reader.skip();
  }
  return { correlation, acks, deadlineMs, entries };
}

/** Batches are parts of their own, not copied. */
export function encodeProduceStreamRequest(request: ProduceStreamRequestMessage): Uint8Array[] {
  const writer = new ProtoWriter();
  for (let index = request.entries.length - 1; index >= 0; index--) {
    const entry = request.entries[index];
    if (entry !== undefined) writeEntry(writer, entry);
  }
  writer.number(3, request.deadlineMs);
  writer.number(2, request.acks);
  writer.number(1, request.correlation);
  return writer.finish();
}

export function encodeProduceStreamResponse(response: ProduceStreamResponseMessage): Uint8Array[] {
  const writer = new ProtoWriter();
  writer.number(2, response.throttleMs);
  for (let index = response.results.length - 1; index >= 0; index--) {
    const row = response.results[index];
    if (row === undefined) continue;
    const mark = writer.mark();
    writeResult(writer, 2, row.result);
    writer.number(1, row.correlation);
    writer.close(1, mark);
  }
  return writer.finish();
}

/** Throws INVALID_REQUEST. */
export function decodeProduceStreamResponse(body: Buffer): ProduceStreamResponseMessage {
  const reader = new ProtoReader(body);
  const results: ProduceStreamResultMessage[] = [];
  let throttleMs = 0;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) results.push(readStreamResult(reader.message()));
    else if (field === 2) throttleMs = reader.uint32();
    else reader.skip();
  }
  return { results, throttleMs };
}

export function readEntry(reader: ProtoReader): ProduceEntryMessage {
  let topicId: string | undefined;
  let topicName: string | undefined;
  let partition: number | undefined;
  let producerId: number | undefined;
  let producerEpoch: number | undefined;
  let firstSequence: number | undefined;
  let batches: Buffer = NO_BYTES;
  const records: RecordMessage[] = [];
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) topicId = reader.string();
    else if (field === 2) topicName = reader.string();
    else if (field === 3) partition = reader.int32();
    else if (field === 4) records.push(readRecord(reader.message()));
    else if (field === 5) producerId = reader.signed();
    else if (field === 6) producerEpoch = reader.int32();
    else if (field === 7) firstSequence = reader.int32();
    else if (field === 15) batches = reader.bytes();
    else reader.skip();
  }
  const producer = { producerId, producerEpoch, firstSequence };
  return { topicId, topicName, partition, records, ...producer, batches };
}

function writeEntry(writer: ProtoWriter, entry: ProduceEntryMessage): void {
  const mark = writer.mark();
  writer.raw(15, [entry.batches]);
  if (entry.firstSequence !== undefined) writer.present(7, entry.firstSequence);
  if (entry.producerEpoch !== undefined) writer.present(6, entry.producerEpoch);
  if (entry.producerId !== undefined) writer.present(5, entry.producerId);
  for (let index = entry.records.length - 1; index >= 0; index--) {
    const record = entry.records[index];
    if (record !== undefined) writeRecord(writer, 4, record);
  }
  if (entry.partition !== undefined) writer.present(3, entry.partition);
  if (entry.topicName !== undefined) writer.presentString(2, entry.topicName);
  if (entry.topicId !== undefined) writer.presentString(1, entry.topicId);
  writer.close(4, mark);
}

function readStreamResult(reader: ProtoReader): ProduceStreamResultMessage {
  let correlation = 0;
  let result: ProduceResultMessage | undefined;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) correlation = reader.unsigned();
    else if (field === 2) result = readResult(reader.message());
    else reader.skip();
  }
  return { correlation, result: result ?? readResult(new ProtoReader(NO_BYTES)) };
}

function readResult(reader: ProtoReader): ProduceResultMessage {
  let entry = 0;
  let topicId = '';
  let partition = 0;
  let baseOffset = 0;
  let leaderEpoch = 0;
  let recordCount = 0;
  let error: MillraceError | undefined;
  const recordIndexes: number[] = [];
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) entry = reader.uint32();
    else if (field === 2) topicId = reader.string();
    else if (field === 3) partition = reader.int32();
    else if (field === 4) baseOffset = reader.signed();
    else if (field === 5) leaderEpoch = reader.int32();
    else if (field === 6) recordCount = reader.uint32();
    else if (field === 7) reader.packedUint32(recordIndexes);
    else if (field === 8) error = readError(reader.message());
    else reader.skip();
  }
  return { entry, topicId, partition, baseOffset, leaderEpoch, recordCount, recordIndexes, error };
}

function writeResult(writer: ProtoWriter, field: number, result: ProduceResultMessage): void {
  const mark = writer.mark();
  if (result.error !== undefined) writeError(writer, 8, result.error);
  writer.packedUint32(7, result.recordIndexes);
  writer.number(6, result.recordCount);
  writer.number(5, result.leaderEpoch);
  writer.number(4, result.baseOffset);
  writer.number(3, result.partition);
  writer.string(2, result.topicId);
  writer.number(1, result.entry);
  writer.close(field, mark);
}
