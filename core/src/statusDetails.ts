/**
 * The trailer `grpc-status-details-bin`, written by hand since core knows no protobuf library:
 *
 *   google.rpc.Status    { int32 code = 1; string message = 2; repeated Any details = 3; }
 *   google.protobuf.Any  { string type_url = 1; bytes value = 2; }
 *   google.rpc.ErrorInfo { string reason = 1; string domain = 2; map<string, string> metadata = 3; }
 *   google.rpc.RetryInfo { Duration retry_delay = 1; }  Duration { int64 seconds = 1; int32 nanos = 2; }
 *
 * reason is the code of the table, metadata holds outcome, retriable and, where known, leader (`host:port`).
 */
import { isErrorCode, MillraceError, type Outcome } from './errors.ts';
import {
  ByteCursor,
  sizeOfUnsignedVarint,
  writeUnsignedVarint,
  writeUnsignedVarlong,
} from './varint.ts';

export const ERROR_DOMAIN = 'millrace.dev';
const ERROR_INFO = 'type.googleapis.com/google.rpc.ErrorInfo';
const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';

/** Wire types of protobuf. */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

export function encodeStatusDetails(error: MillraceError): Buffer {
  const metadata = [
    ['outcome', error.outcome],
    ['retriable', String(error.retriable)],
    ...(error.leader === undefined ? [] : [['leader', error.leader]]),
  ];
  const errorInfo = Buffer.concat([
    stringField(1, error.code),
    stringField(2, ERROR_DOMAIN),
    ...metadata.map(([key = '', value = '']) =>
      bytesField(3, Buffer.concat([stringField(1, key), stringField(2, value)])),
    ),
  ]);
  const details = [bytesField(3, any(ERROR_INFO, errorInfo))];
  if (error.retriable) {
    const seconds = Math.floor(error.retryAfterMs / 1000);
    const nanos = Math.round((error.retryAfterMs % 1000) * 1e6);
    const delay = Buffer.concat([varintField(1, seconds), varintField(2, nanos)]);
    details.push(bytesField(3, any(RETRY_INFO, bytesField(1, delay))));
  }
  return Buffer.concat([
    varintField(1, error.grpcStatus),
    stringField(2, error.message),
    ...details,
  ]);
}

/**
 * The error that a broker sent; undefined if the bytes are no Status with an ErrorInfo of ours. A code of a newer
 * broker becomes INTERNAL, keeping its outcome and its name in the message.
 */
export function decodeStatusDetails(bytes: Uint8Array): MillraceError | undefined {
  try {
    return decodeStatus(bytes);
  } catch (error) {
    if (error instanceof MillraceError) return undefined;
    throw error;
  }
}

function decodeStatus(bytes: Uint8Array): MillraceError | undefined {
  let message = '';
  let reason: string | undefined;
  let metadata = new Map<string, string>();
  let retryAfterMs: number | undefined;
  for (const field of fieldsOf(bytes)) {
    if (field.number === 2) message = field.bytes.toString('utf8');
    if (field.number !== 3) continue;
    const { typeUrl, value } = readAny(field.bytes);
    if (typeUrl === ERROR_INFO) {
      const info = readErrorInfo(value);
      if (info.domain !== ERROR_DOMAIN) continue;
      reason = info.reason;
      metadata = info.metadata;
    } else if (typeUrl === RETRY_INFO) {
      retryAfterMs = readRetryAfterMs(value);
    }
  }
  if (reason === undefined) return undefined;
  const details = {
    outcome: toOutcome(metadata.get('outcome')),
    retryAfterMs,
    leader: metadata.get('leader'),
  };
  return isErrorCode(reason)
    ? new MillraceError(reason, message, details)
    : new MillraceError('INTERNAL', `${reason}: ${message}`, details);
}

function toOutcome(text: string | undefined): Outcome {
  return text === 'not-applied' || text === 'applied' ? text : 'unknown';
}

function readAny(bytes: Buffer): { typeUrl: string; value: Buffer } {
  let typeUrl = '';
  let value: Buffer = Buffer.alloc(0);
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) typeUrl = field.bytes.toString('utf8');
    if (field.number === 2) value = field.bytes;
  }
  return { typeUrl, value };
}

function readErrorInfo(bytes: Buffer): {
  reason: string;
  domain: string;
  metadata: Map<string, string>;
} {
  const metadata = new Map<string, string>();
  let reason = '';
  let domain = '';
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) reason = field.bytes.toString('utf8');
    if (field.number === 2) domain = field.bytes.toString('utf8');
    if (field.number === 3) {
      let key = '';
      let value = '';
      for (const part of fieldsOf(field.bytes)) {
        if (part.number === 1) key = part.bytes.toString('utf8');
        if (part.number === 2) value = part.bytes.toString('utf8');
      }
      metadata.set(key, value);
    }
  }
  return { reason, domain, metadata };
}

function readRetryAfterMs(bytes: Buffer): number {
  let ms = 0;
  for (const field of fieldsOf(bytes)) {
    if (field.number !== 1) continue;
    for (const part of fieldsOf(field.bytes)) {
      if (part.number === 1) ms += part.value * 1000;
      if (part.number === 2) ms += Math.round(part.value / 1e6);
    }
  }
  return ms;
}

interface Field {
  readonly number: number;
  /** Of a varint field. */
  readonly value: number;
  /** Of a length-delimited field. */
  readonly bytes: Buffer;
}

const NO_BYTES = Buffer.alloc(0);

function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  const buf = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cursor = new ByteCursor(buf, 0, buf.length, 'INVALID_REQUEST');
  while (cursor.remaining() > 0) {
    const tag = cursor.readUnsignedVarint();
    const number = tag >>> 3;
    switch (tag & 7) {
      case VARINT:
        yield { number, value: cursor.readUnsignedVarlong(), bytes: NO_BYTES };
        break;
      case LENGTH_DELIMITED: {
        const length = cursor.readUnsignedVarint();
        const from = cursor.skip(length);
        yield { number, value: 0, bytes: buf.subarray(from, from + length) };
        break;
      }
      case FIXED64:
        cursor.skip(8);
        break;
      case FIXED32:
        cursor.skip(4);
        break;
      default:
        throw cursor.fault(`wire type ${tag & 7}`);
    }
  }
}

function any(typeUrl: string, value: Buffer): Buffer {
  return Buffer.concat([stringField(1, typeUrl), bytesField(2, value)]);
}

function stringField(number: number, value: string): Buffer {
  return bytesField(number, Buffer.from(value));
}

function bytesField(number: number, value: Buffer): Buffer {
  const prefix = Buffer.alloc(1 + sizeOfUnsignedVarint(value.length));
  prefix.writeUInt8((number << 3) | LENGTH_DELIMITED, 0);
  writeUnsignedVarint(prefix, 1, value.length);
  return Buffer.concat([prefix, value]);
}

/** Nothing for 0, as proto3 has it. */
function varintField(number: number, value: number): Buffer {
  if (value === 0) return NO_BYTES;
  const field = Buffer.alloc(11);
  field.writeUInt8((number << 3) | VARINT, 0);
  return field.subarray(0, writeUnsignedVarlong(field, 1, value));
}
