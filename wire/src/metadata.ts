// Custom metadata of a call: lower-case names; names ending in `-bin` carry bytes (base64 on the wire).
// Repeated text values arrive joined by ', '; of a repeated binary value the first is kept.
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';

export type Metadata = ReadonlyMap<string, string | Buffer>;

const NAME = /^[0-9a-z_.-]+$/;
const TEXT = /^[\x20-\x7e]*$/;
const RESERVED = new Set(['te', 'content-type', 'content-length', 'host', 'connection']);

function isCustom(name: string): boolean {
  return !name.startsWith(':') && !name.startsWith('grpc-') && !RESERVED.has(name);
}

export function readMetadata(headers: IncomingHttpHeaders): Metadata {
  const metadata = new Map<string, string | Buffer>();
  for (const name of Object.keys(headers)) {
    if (!isCustom(name)) continue;
    const raw = headers[name];
    const value = Array.isArray(raw) ? raw.join(', ') : raw;
    if (value === undefined) continue;
    metadata.set(name, name.endsWith('-bin') ? firstBinary(value) : value);
  }
  return metadata;
}

function firstBinary(value: string): Buffer {
  const comma = value.indexOf(',');
  return Buffer.from(comma < 0 ? value : value.slice(0, comma), 'base64');
}

/** Throws TypeError on a name or a text value that gRPC does not allow. */
export function writeMetadata(metadata: Metadata): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  for (const [name, value] of metadata) {
    if (!NAME.test(name) || !isCustom(name)) throw new TypeError(`metadata name ${name}`);
    if (name.endsWith('-bin') !== Buffer.isBuffer(value)) {
      throw new TypeError(`metadata ${name}: bytes belong under a name that ends in -bin`);
    }
    if (typeof value === 'string' && !TEXT.test(value)) {
      throw new TypeError(`metadata ${name}: only printable ASCII; use a name that ends in -bin`);
    }
    headers[name] = Buffer.isBuffer(value) ? value.toString('base64').replace(/=+$/, '') : value;
  }
  return headers;
}
