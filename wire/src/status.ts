// gRPC status: the codes, and how a status travels in HTTP/2 trailers (PROTOCOL-HTTP2.md of gRPC).
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';
import { constants } from 'node:http2';
import { GRPC_STATUS, type GrpcStatus } from '@millrace/core/grpcStatus';

export const Status = GRPC_STATUS;
export type StatusCode = GrpcStatus;

export interface WireStatus {
  readonly code: StatusCode;
  readonly message: string;
  /** The bytes of a google.rpc.Status (trailer `grpc-status-details-bin`). */
  readonly details?: Buffer;
  /**
   * Client side only: true when the server is known to have processed nothing of the call (it was never sent, was
   * refused, or lies past the last stream of a GOAWAY). Such a call may be repeated whatever it does.
   */
  readonly unprocessed?: boolean;
}

/** A status other than OK as an exception. */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly status: WireStatus;
  constructor(status: WireStatus, cause?: unknown) {
    super(status.message, cause === undefined ? undefined : { cause });
    this.status = status;
  }
  get code(): StatusCode {
    return this.status.code;
  }
}

// Peers commonly allow 8 KiB of trailers in all; a status that exceeds that would be lost whole.
const MESSAGE_BYTES_MAX = 2048;
const DETAILS_BYTES_MAX = 3072;

/** The trailers that carry `status`; an overlong message is cut, overlong details are left out. */
export function statusTrailers(status: WireStatus): OutgoingHttpHeaders {
  const trailers: OutgoingHttpHeaders = { 'grpc-status': String(status.code) };
  if (status.message !== '') trailers['grpc-message'] = encodeMessage(status.message);
  if (status.details !== undefined && status.details.length <= DETAILS_BYTES_MAX) {
    trailers['grpc-status-details-bin'] = status.details.toString('base64').replace(/=+$/, '');
  }
  return trailers;
}

/** The status in trailers (or in a trailers-only response); undefined if there is none. */
export function readStatus(headers: IncomingHttpHeaders): WireStatus | undefined {
  const raw = headers['grpc-status'];
  if (typeof raw !== 'string') return undefined;
  const message = headers['grpc-message'];
  const details = headers['grpc-status-details-bin'];
  return {
    code: toCode(raw),
    message: typeof message === 'string' ? decodeMessage(message) : '',
    ...(typeof details === 'string' ? { details: Buffer.from(details, 'base64') } : {}),
  };
}

function toCode(raw: string): StatusCode {
  const code = /^\d{1,2}$/.test(raw) ? Number(raw) : -1;
  return isCode(code) ? code : Status.UNKNOWN;
}

function isCode(code: number): code is StatusCode {
  return code >= Status.OK && code <= Status.UNAUTHENTICATED;
}

/** Percent-encodes all but printable ASCII, and `%`. */
export function encodeMessage(message: string): string {
  if (message.length <= MESSAGE_BYTES_MAX && /^[ -$&-~]*$/.test(message)) return message;
  let out = '';
  for (const char of message.slice(0, MESSAGE_BYTES_MAX)) {
    const next = /^[ -$&-~]$/.test(char) ? char : encodeChar(char);
    if (out.length + next.length > MESSAGE_BYTES_MAX) break;
    out += next;
  }
  return out;
}

function encodeChar(char: string): string {
  let out = '';
  for (const byte of Buffer.from(char, 'utf8')) {
    out += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

/** Decodes what can be decoded; a malformed escape stays as it is (the specification forbids to fail on it). */
export function decodeMessage(message: string): string {
  if (!message.includes('%')) return message;
  const bytes: number[] = [];
  for (let at = 0; at < message.length; at++) {
    const hex = message[at] === '%' ? message.slice(at + 1, at + 3) : '';
    if (/^[0-9A-Fa-f]{2}$/.test(hex)) {
      bytes.push(Number.parseInt(hex, 16));
      at += 2;
    } else {
      bytes.push(message.charCodeAt(at) & 0xff);
    }
  }
  return Buffer.from(bytes).toString('utf8');
}

/** What an HTTP status other than 200 means when the peer sent no gRPC status (http-grpc-status-mapping.md). */
export function statusOfHttp(http: number): WireStatus {
  const message = `the peer answered HTTP ${http}`;
  switch (http) {
    case 400:
      return { code: Status.INTERNAL, message };
    case 401:
      return { code: Status.UNAUTHENTICATED, message };
    case 403:
      return { code: Status.PERMISSION_DENIED, message };
    case 404:
      return { code: Status.UNIMPLEMENTED, message };
    case 429:
    case 502:
    case 503:
    case 504:
      return { code: Status.UNAVAILABLE, message };
    default:
      return { code: Status.UNKNOWN, message };
  }
}

/** What an RST_STREAM means to the side that receives it. */
export function statusOfReset(reset: number): WireStatus {
  switch (reset) {
    case constants.NGHTTP2_REFUSED_STREAM:
      return {
        code: Status.UNAVAILABLE,
        message: 'the peer refused the stream',
        unprocessed: true,
      };
    case constants.NGHTTP2_CANCEL:
      return { code: Status.CANCELLED, message: 'the peer cancelled the stream' };
    case constants.NGHTTP2_ENHANCE_YOUR_CALM:
      return { code: Status.RESOURCE_EXHAUSTED, message: 'the peer asks for less load' };
    case constants.NGHTTP2_INADEQUATE_SECURITY:
      return { code: Status.PERMISSION_DENIED, message: 'the peer wants better security' };
    case constants.NGHTTP2_STREAM_CLOSED:
      return { code: Status.UNKNOWN, message: 'the peer had closed the stream' };
    default:
      return { code: Status.INTERNAL, message: `the stream was reset with HTTP/2 code ${reset}` };
  }
}
