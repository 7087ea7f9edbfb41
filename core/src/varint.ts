/**
 * Variable-length integers as in the record batch and in protobuf: 7 bits a byte, low bits first, the top bit says
 * that more follow. Zigzag (`varint` 32 bit, `varlong` 64 bit) maps 0, -1, 1, -2 to 0, 1, 2, 3.
 *
 * Reading never passes the end it was given; 64-bit values come out as safe integers or not at all.
 */
import { type ErrorCode, millraceError } from './errors.ts';

const TWO_32 = 0x1_0000_0000;

/** Reads forward over `[at, end)` of a buffer; every overrun is an error of `code`. */
export class ByteCursor {
  readonly buf: Uint8Array;
  at: number;
  readonly end: number;
  readonly #code: ErrorCode;

  constructor(buf: Uint8Array, at: number, end: number, code: ErrorCode = 'CORRUPT_BATCH') {
    if (at < 0 || at > end || end > buf.length) throw new RangeError('cursor outside its buffer');
    this.buf = buf;
    this.at = at;
    this.end = end;
    this.#code = code;
  }

  remaining(): number {
    return this.end - this.at;
  }

  readByte(): number {
    if (this.at >= this.end) throw this.fault('ends in the middle of a field');
    return this.buf[this.at++] as number;
  }

  /** Unsigned, up to 2^32 - 1. */
  readUnsignedVarint(): number {
    const first = this.readByte();
    return first < 0x80 ? first : this.#moreOfVarint(first);
  }

  /** Zigzag, int32. */
  readVarint(): number {
    const first = this.readByte();
    const raw = first < 0x80 ? first : this.#moreOfVarint(first);
    return (raw >>> 1) ^ -(raw & 1);
  }

  /** Unsigned, up to 2^53 - 1. */
  readUnsignedVarlong(): number {
    const first = this.readByte();
    if (first < 0x80) return first;
    const low = this.#lowOfVarlong(first);
    return this.#safe(this.#high * TWO_32 + low);
  }

  /** Zigzag, within the safe integers. */
  readVarlong(): number {
    const first = this.readByte();
    if (first < 0x80) return (first >>> 1) ^ -(first & 1);
    const low = this.#lowOfVarlong(first);
    const sign = -(low & 1);
    const low32 = (((low >>> 1) | (this.#high << 31)) ^ sign) >>> 0;
    const high32 = ((this.#high >>> 1) ^ sign) | 0;
    return this.#safe(high32 * TWO_32 + low32);
  }

  /** Moves past `bytes` and returns where they began. */
  skip(bytes: number): number {
    const from = this.at;
    if (bytes < 0 || bytes > this.end - from) {
      throw this.fault(`says ${bytes} bytes where ${this.end - from} are left`);
    }
    this.at = from + bytes;
    return from;
  }

  fault(what: string): Error {
    return millraceError(this.#code, `byte ${this.at}: ${what}`);
  }

  /** Upper half of the varlong that #lowOfVarlong read last. */
  #high = 0;

  #moreOfVarint(first: number): number {
    let value = first & 0x7f;
    for (let shift = 7; shift < 28; shift += 7) {
      const byte = this.readByte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    const last = this.readByte();
    if (last > 0x0f) throw this.fault('varint longer than 32 bits');
    return (value | (last << 28)) >>> 0;
  }

  #lowOfVarlong(first: number): number {
    let low = first & 0x7f;
    this.#high = 0;
    for (let shift = 7; shift < 70; shift += 7) {
      const byte = this.readByte();
      const bits = byte & 0x7f;
      if (shift < 28) {
        low |= bits << shift;
      } else if (shift === 28) {
        low |= bits << 28;
        this.#high = bits >>> 4;
      } else if (shift < 63) {
        this.#high |= bits << (shift - 32);
      } else {
        if (byte > 1) break;
        this.#high |= bits << 31;
      }
      if (byte < 0x80) {
        this.#high >>>= 0;
        return low >>> 0;
      }
    }
    throw this.fault('varint longer than 64 bits');
  }

  #safe(value: number): number {
    if (!Number.isSafeInteger(value)) throw this.fault('64-bit value beyond 2^53');
    return value;
  }
}

/** `value`: 0 to 2^32 - 1. */
export function sizeOfUnsignedVarint(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  return value < 0x1000_0000 ? 4 : 5;
}

/** `value`: int32. */
export function sizeOfVarint(value: number): number {
  return sizeOfUnsignedVarint(((value << 1) ^ (value >> 31)) >>> 0);
}

/** `value`: safe integer from 0. */
export function sizeOfUnsignedVarlong(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
  return size;
}

/** `value`: any safe integer. */
export function sizeOfVarlong(value: number): number {
  if (value === (value | 0)) return sizeOfVarint(value);
  // Zigzag of a safe integer needs up to 54 bits; halving both sides keeps the comparison exact.
  const magnitude = value < 0 ? -(value + 1) : value;
  let size = 1;
  for (let rest = Math.floor(magnitude / 0x40); rest > 0; rest = Math.floor(rest / 0x80)) size++;
  return size;
}

/** Returns the position after it. The caller has made room. */
export function writeUnsignedVarint(buf: Uint8Array, at: number, value: number): number {
  let rest = value;
  let to = at;
  while (rest >= 0x80) {
    buf[to++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  buf[to++] = rest;
  return to;
}

/** Zigzag of an int32; returns the position after it. */
export function writeVarint(buf: Uint8Array, at: number, value: number): number {
  const raw = ((value << 1) ^ (value >> 31)) >>> 0;
  if (raw < 0x80) {
    buf[at] = raw;
    return at + 1;
  }
  return writeUnsignedVarint(buf, at, raw);
}

/** `value`: safe integer from 0; returns the position after it. */
export function writeUnsignedVarlong(buf: Uint8Array, at: number, value: number): number {
  let rest = value;
  let to = at;
  while (rest >= 0x80) {
    buf[to++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  buf[to++] = rest;
  return to;
}

/** Zigzag of a safe integer; returns the position after it. */
export function writeVarlong(buf: Uint8Array, at: number, value: number): number {
  if (value === (value | 0)) return writeVarint(buf, at, value);
  const magnitude = value < 0 ? -(value + 1) : value;
  const firstBits = (magnitude % 0x40) * 2 + (value < 0 ? 1 : 0);
  const rest = Math.floor(magnitude / 0x40);
  if (rest === 0) {
    buf[at] = firstBits;
    return at + 1;
  }
  buf[at] = firstBits | 0x80;
  return writeUnsignedVarlong(buf, at + 1, rest);
}
