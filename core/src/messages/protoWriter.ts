/**
 * Protobuf, written by hand and from its end to its start, so that the length of an embedded message is known when its
 * prefix is due: one pass, no sizes computed ahead. Fields are therefore written last one first.
 *
 * Data (`raw`) is not copied: it becomes a part of its own. All other bytes are copied once into one exact buffer.
 */
import { WIRE_BYTES, WIRE_VARINT } from './protoReader.ts';

const MINUS_ONE = Buffer.from('ffffffffffffffffff01', 'hex');
const SCRATCH_BYTES_KEPT = 1 << 20;
/** Below this a copy is cheaper than a part of its own. */
const RAW_COPY_BYTES_MAX = 2048;
const ASCII_LENGTH_MAX = 64;

let scratch = Buffer.allocUnsafeSlow(64 * 1024);

interface RawPart {
  /** Distance from the end of the scratch to where it belongs. */
  readonly fromEnd: number;
  readonly bytes: Uint8Array;
}

/** One at a time: writers share a scratch buffer, so that none may outlive the call that made it. */
export class ProtoWriter {
  #at = scratch.length;
  #rawBytes = 0;
  #raw: RawPart[] = [];

  /** Where an embedded message ends; begin it before its fields. */
  mark(): number {
    return scratch.length - this.#at + this.#rawBytes;
  }

  /** The prefix of the embedded message whose fields were written since `mark`. */
  close(field: number, mark: number): void {
    this.#varint(this.mark() - mark);
    this.#tag(field, WIRE_BYTES);
  }

  /** An int64, uint64, int32, uint32 or enum; a default is left out. */
  number(field: number, value: number): void {
    if (value !== 0) this.present(field, value);
  }

  /** As `number`, written even if it is 0: for optional fields. */
  present(field: number, value: number): void {
    this.#varint(value);
    this.#tag(field, WIRE_VARINT);
  }

  bool(field: number, value: boolean): void {
    if (value) this.present(field, 1);
  }

  string(field: number, value: string): void {
    if (value !== '') this.presentString(field, value);
  }

  presentString(field: number, value: string): void {
    const bytes = this.#ascii(value) ? value.length : this.#utf8(value);
    this.#varint(bytes);
    this.#tag(field, WIRE_BYTES);
  }

  /** Ids and names, without the call into the runtime. False, and nothing written, for other text. */
  #ascii(value: string): boolean {
    const { length } = value;
    if (length > ASCII_LENGTH_MAX) return false;
    this.#reserve(length);
    const from = this.#at - length;
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) return false;
      scratch[from + index] = code;
    }
    this.#at = from;
    return true;
  }

  #utf8(value: string): number {
    const bytes = Buffer.byteLength(value);
    this.#reserve(bytes);
    this.#at -= bytes;
    scratch.write(value, this.#at, bytes, 'utf8');
    return bytes;
  }

  /** Copied; written even if empty: for optional fields. */
  presentBytes(field: number, value: Uint8Array): void {
    this.#copy(value);
    this.#varint(value.length);
    this.#tag(field, WIRE_BYTES);
  }

  /** One bytes field made of all buffers in a row, not copied where that pays; left out if there is nothing. */
  raw(field: number, buffers: readonly Uint8Array[]): void {
    let total = 0;
    for (let index = buffers.length - 1; index >= 0; index--) {
      const bytes = buffers[index];
      if (bytes === undefined || bytes.length === 0) continue;
      total += bytes.length;
      if (bytes.length <= RAW_COPY_BYTES_MAX) {
        this.#copy(bytes);
      } else {
        this.#raw.push({ fromEnd: scratch.length - this.#at, bytes });
        this.#rawBytes += bytes.length;
      }
    }
    if (total === 0) return;
    this.#varint(total);
    this.#tag(field, WIRE_BYTES);
  }

  packedUint32(field: number, values: readonly number[]): void {
    if (values.length === 0) return;
    const mark = this.mark();
    for (let index = values.length - 1; index >= 0; index--) this.#varint(values[index] ?? 0);
    this.close(field, mark);
  }

  /** The message, in order. */
  finish(): Uint8Array[] {
    // Pooled when small: it is sent and gone, and an allocation of its own costs more than the rest of the message.
    const own = Buffer.allocUnsafe(scratch.length - this.#at);
    scratch.copy(own, 0, this.#at);
    if (scratch.length > SCRATCH_BYTES_KEPT) scratch = Buffer.allocUnsafeSlow(64 * 1024);
    const parts: Uint8Array[] = [];
    let from = 0;
    for (let index = this.#raw.length - 1; index >= 0; index--) {
      const raw = this.#raw[index];
      if (raw === undefined) continue;
      const to = own.length - raw.fromEnd;
      if (to > from) parts.push(own.subarray(from, to));
      parts.push(raw.bytes);
      from = to;
    }
    if (from < own.length) parts.push(own.subarray(from));
    return parts;
  }

  #tag(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType);
  }

  #copy(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#at -= bytes.length;
    scratch.set(bytes, this.#at);
  }

  #varint(value: number): void {
    if (value >= 0 && value < 0x80 && this.#at > 0 && Number.isInteger(value)) {
      scratch[--this.#at] = value;
      return;
    }
    // NaN and what a double cannot hold exactly would be written as some other number.
    if (!Number.isSafeInteger(value)) throw new RangeError(`no safe integer: ${value}`);
    this.#reserve(10);
    if (value < 0) {
      this.#negative(value);
      return;
    }
    let size = 1;
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
    this.#at -= size;
    let rest = value;
    let at = this.#at;
    while (rest >= 128) {
      scratch[at++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    scratch[at] = rest;
  }

  #negative(value: number): void {
    this.#at -= MINUS_ONE.length;
    if (value === -1) {
      scratch.set(MINUS_ONE, this.#at);
      return;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    for (let index = 0; index < 10; index++) {
      scratch[this.#at + index] = Number(rest & 0x7fn) + (index < 9 ? 128 : 0);
      rest >>= 7n;
    }
  }

  #reserve(bytes: number): void {
    if (this.#at >= bytes) return;
    const used = scratch.length - this.#at;
    const larger = Buffer.allocUnsafeSlow(Math.max(scratch.length * 2, used + bytes));
    scratch.copy(larger, larger.length - used, this.#at);
    scratch = larger;
    this.#at = larger.length - used;
  }
}
