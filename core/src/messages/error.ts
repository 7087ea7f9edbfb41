/** millrace.v1.Error: an error inside a reply, and how it becomes a MillraceError again. */
import {
  type ErrorCode,
  isErrorCode,
  type MillraceError,
  millraceError,
  type Outcome,
} from '../errors.ts';
import type { ProtoReader } from './protoReader.ts';
import type { ProtoWriter } from './protoWriter.ts';

const OUTCOMES: readonly Outcome[] = ['not-applied', 'applied', 'unknown'];

/** Retriability is the table's, so that it is written from there and not believed on reading. */
export function writeError(writer: ProtoWriter, field: number, error: MillraceError): void {
  const mark = writer.mark();
  if (error.leader !== undefined) writeEndpoint(writer, 6, error.leader);
  writer.number(5, error.retryAfterMs);
  writer.bool(4, error.retriable);
  writer.string(3, error.message);
  writer.number(2, OUTCOMES.indexOf(error.outcome) + 1);
  writer.string(1, error.code);
  writer.close(field, mark);
}

/** A code that this version does not know becomes INTERNAL and keeps its name in the message. */
export function readError(reader: ProtoReader): MillraceError {
  let code = '';
  let outcome: Outcome = 'unknown';
  let message = '';
  let retryAfterMs = 0;
  let leader: string | undefined;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) code = reader.string();
    else if (field === 2) outcome = OUTCOMES[reader.unsigned() - 1] ?? 'unknown';
    else if (field === 3) message = reader.string();
    else if (field === 5) retryAfterMs = reader.uint32();
    else if (field === 6) leader = readEndpoint(reader.message());
    else reader.skip();
  }
  const known: ErrorCode = isErrorCode(code) ? code : 'INTERNAL';
  const text = known === code ? message : `${code}: ${message}`;
  return millraceError(known, text, { outcome, retryAfterMs, leader });
}

function writeEndpoint(writer: ProtoWriter, field: number, leader: string): void {
  const mark = writer.mark();
  const colon = leader.lastIndexOf(':');
  const port = Number(leader.slice(colon + 1));
  writer.number(4, Number.isSafeInteger(port) ? port : 0);
  writer.string(3, colon < 0 ? leader : leader.slice(0, colon));
  writer.close(field, mark);
}

function readEndpoint(reader: ProtoReader): string {
  let host = '';
  let port = 0;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 3) host = reader.string();
    else if (field === 4) port = reader.int32();
    else reader.skip();
  }
  return `${host}:${port}`;
}
