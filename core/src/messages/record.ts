/** millrace.v1.Record and Header. */
import type { ProtoReader } from './protoReader.ts';
import type { ProtoWriter } from './protoWriter.ts';

export interface HeaderMessage {
  readonly key: string;
  /** Undefined: a null value. */
  readonly value?: Uint8Array | undefined;
}

export interface RecordMessage {
  /** Undefined: no key. */
  readonly key?: Uint8Array | undefined;
  /** Undefined: a null value. */
  readonly value?: Uint8Array | undefined;
  readonly headers: readonly HeaderMessage[];
  /** Milliseconds since 1970. */
  readonly timestampMs?: number | undefined;
  readonly offset: number;
}

/** Byte fields are views. */
export function readRecord(reader: ProtoReader): RecordMessage {
  let key: Buffer | undefined;
  let value: Buffer | undefined;
  let timestampMs: number | undefined;
  let offset = 0;
  const headers: HeaderMessage[] = [];
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) key = reader.bytes();
    else if (field === 2) value = reader.bytes();
    else if (field === 3) headers.push(readHeader(reader.message()));
    else if (field === 4) timestampMs = reader.signed();
    else if (field === 5) offset = reader.signed();
    else reader.skip();
  }
  return { key, value, headers, timestampMs, offset };
}

export function writeRecord(writer: ProtoWriter, field: number, record: RecordMessage): void {
  const mark = writer.mark();
  writer.number(5, record.offset);
  if (record.timestampMs !== undefined) writer.present(4, record.timestampMs);
  for (let index = record.headers.length - 1; index >= 0; index--) {
    const header = record.headers[index];
    if (header !== undefined) writeHeader(writer, header);
  }
  if (record.value !== undefined) writer.presentBytes(2, record.value);
  if (record.key !== undefined) writer.presentBytes(1, record.key);
  writer.close(field, mark);
}

function readHeader(reader: ProtoReader): HeaderMessage {
  let key = '';
  let value: Buffer | undefined;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) key = reader.string();
    else if (field === 2) value = reader.bytes();
    else reader.skip();
  }
  return { key, value };
}

function writeHeader(writer: ProtoWriter, header: HeaderMessage): void {
  const mark = writer.mark();
  if (header.value !== undefined) writer.presentBytes(2, header.value);
  writer.string(1, header.key);
  writer.close(3, mark);
}
