/**
 * Protobuf, read by hand: for the messages that carry data. Every length is checked against what is there before it is
 * used; unknown fields are skipped; what is malformed throws INVALID_REQUEST.
 */
import { type MillraceError, millraceError } from '../errors.ts';

export const WIRE_VARINT = 0;
export const WIRE_FIXED64 = 1;
export const WIRE_BYTES = 2;
export const WIRE_FIXED32 = 5;

const TWO_32 = 0x1_0000_0000;
/**
 * Embedded messages and packed values in one message. An empty one takes 2 bytes on the wire and some 100 in memory:
 * without this a request of 16 MiB becomes objects of 800.
 */
export const ELEMENTS_MAX = 1 << 18;

export class ProtoReader {
  readonly #elements: { left: number };
  readonly #buf: Buffer;
  #at: number;
  readonly #end: number;
  #wireType = 0;

  constructor(buf: Buffer, from = 0, end = buf.length, elements = { left: ELEMENTS_MAX }) {
    this.#elements = elements;
    this.#buf = buf;
    this.#at = from;
    this.#end = end;
  }

  /** Number of the next field; 0 at the end of the message. */
  nextField(): number {
    if (this.#at === this.#end) return 0;
    const tag = this.#uint64();
    this.#wireType = tag % 8;
    const field = Math.floor(tag / 8);
    if (field < 1 || field > 0x1fff_ffff) throw malformed(`field number ${field}`);
    return field;
  }

  /** A uint64, uint32 or enum: a safe integer, else INVALID_REQUEST. */
  unsigned(): number {
    this.#expect(WIRE_VARINT);
    return this.#uint64();
  }

  uint32(): number {
    return this.unsigned() % TWO_32;
  }

  bool(): boolean {
    return this.unsigned() !== 0;
  }

  /** An int64: a safe integer, else INVALID_REQUEST. */
  signed(): number {
    this.#expect(WIRE_VARINT);
    return this.#int64();
  }

  int32(): number {
    this.#expect(WIRE_VARINT);
    return this.#int64() | 0;
  }

  /** A view. */
  bytes(): Buffer {
    const length = this.#length();
    const bytes = this.#buf.subarray(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }

  string(): string {
    const length = this.#length();
    const text = this.#buf.toString('utf8', this.#at, this.#at + length);
    this.#at += length;
    return text;
  }

  /** A reader of the embedded message. */
  message(): ProtoReader {
    const length = this.#length();
    this.#count();
    const reader = new ProtoReader(this.#buf, this.#at, this.#at + length, this.#elements);
    this.#at += length;
    return reader;
  }

  /** Adds the values of a repeated uint32, packed or not. */
  packedUint32(into: number[]): void {
    if (this.#wireType === WIRE_VARINT) {
      this.#count();
      into.push(this.uint32());
      return;
    }
    const packed = this.message();
    while (packed.#at < packed.#end) {
      this.#count();
      into.push(packed.#uint64() % TWO_32);
    }
  }

  skip(): void {
    switch (this.#wireType) {
      case WIRE_VARINT:
        this.#skipVarint();
        return;
      case WIRE_FIXED64:
        this.#advance(8);
        return;
      case WIRE_BYTES:
        this.#advance(this.#length());
        return;
      case WIRE_FIXED32:
        this.#advance(4);
        return;
      default:
        throw malformed(`wire type ${this.#wireType}`);
    }
  }

  #count(): void {
    if (--this.#elements.left < 0) {
      throw millraceError(
        'INVALID_REQUEST',
        `more than ${ELEMENTS_MAX} elements in one message: split it, or send batches`,
      );
    }
  }

  #expect(wireType: number): void {
    if (this.#wireType !== wireType) {
      throw malformed(`wire type ${this.#wireType} where ${wireType} belongs`);
    }
  }

  #length(): number {
    this.#expect(WIRE_BYTES);
    const length = this.#uint64();
    if (length > this.#end - this.#at) {
      throw malformed(`${length} bytes promised, ${this.#end - this.#at} are there`);
    }
    return length;
  }

  #advance(bytes: number): void {
    if (bytes > this.#end - this.#at) throw malformed('the message ends within a field');
    this.#at += bytes;
  }

  #byte(): number {
    if (this.#at >= this.#end) throw malformed('the message ends within a number');
    return this.#buf[this.#at++] ?? 0;
  }

  #uint64(): number {
    let value = this.#byte();
    if (value < 0x80) return value;
    value -= 0x80;
    for (let scale = 128, index = 1; index < 10; index++, scale *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) throw malformed('a number of 2^53 or more');
        return value;
      }
    }
    throw malformed('a number of more than 10 bytes');
  }

  #int64(): number {
    const from = this.#at;
    let low = 0;
    let high = 0;
    for (let index = 0; index < 10; index++) {
      const byte = this.#byte();
      const bits = byte & 0x7f;
      // 28 bits, then 4 and 3 around the border of the words, then the rest.
      if (index < 4) low |= bits << (7 * index);
      else if (index === 4) {
        low |= bits << 28;
        high |= bits >> 4;
      } else high |= bits << (7 * index - 32);
      if (byte < 0x80) {
        const value = high * TWO_32 + (low >>> 0);
        if (!Number.isSafeInteger(value)) throw malformed('a number beyond 2^53');
        return value;
      }
    }
    throw malformed(`a number of more than 10 bytes at byte ${from}`);
  }

  #skipVarint(): void {
    for (let index = 0; index < 10; index++) if (this.#byte() < 0x80) return;
    throw malformed('a number of more than 10 bytes');
  }
}

function malformed(what: string): MillraceError {
  return millraceError('INVALID_REQUEST', `malformed message: ${what}`);
}
