/**
 * CRC-32C (Castagnoli, reflected polynomial 0x82F63B78) as in the record batch and the journal.
 * The native function costs more to call than it saves below 256 bytes (performance.md, Files and checksums);
 * node:zlib's crc32 is another polynomial.
 */
import { crc32c as nativeCrc32c } from '@node-rs/crc32';

const NATIVE_FROM_BYTES = 256;
const SLICES = 8;

/** Slicing-by-8: table[s * 256 + b] is the CRC of byte b followed by s zero bytes. */
const TABLE = slicingTable();

function slicingTable(): Int32Array {
  const table = new Int32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    table[byte] = crc;
  }
  for (let slice = 1; slice < SLICES; slice++) {
    for (let byte = 0; byte < 256; byte++) {
      const before = table[(slice - 1) * 256 + byte] ?? 0;
      table[slice * 256 + byte] = (before >>> 8) ^ (table[before & 0xff] ?? 0);
    }
  }
  return table;
}

/**
 * CRC of `bytes` as an unsigned 32-bit number. `initial` is the CRC of what came before:
 * `crc32c(b, crc32c(a))` equals `crc32c(ab)`. The CRC of nothing is 0, so zeros must be refused by other means.
 */
export function crc32c(bytes: Uint8Array, initial = 0): number {
  return bytes.length < NATIVE_FROM_BYTES
    ? tableCrc32c(bytes, 0, bytes.length, initial)
    : nativeCrc32c(asBuffer(bytes), initial);
}

/** As crc32c of `bytes.subarray(from, to)`, without the view for short ranges. */
export function crc32cOfRange(bytes: Uint8Array, from: number, to: number, initial = 0): number {
  return to - from < NATIVE_FROM_BYTES
    ? tableCrc32c(bytes, from, to, initial)
    : nativeCrc32c(asBuffer(bytes.subarray(from, to)), initial);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function tableCrc32c(bytes: Uint8Array, from: number, to: number, initial: number): number {
  const table = TABLE;
  let crc = ~initial;
  let at = from;
  for (const last = to - SLICES; at <= last; at += SLICES) {
    const low =
      crc ^
      (byteAt(bytes, at) |
        (byteAt(bytes, at + 1) << 8) |
        (byteAt(bytes, at + 2) << 16) |
        (byteAt(bytes, at + 3) << 24));
    crc =
      entry(table, 1792 + (low & 0xff)) ^
      entry(table, 1536 + ((low >>> 8) & 0xff)) ^
      entry(table, 1280 + ((low >>> 16) & 0xff)) ^
      entry(table, 1024 + (low >>> 24)) ^
      entry(table, 768 + byteAt(bytes, at + 4)) ^
      entry(table, 512 + byteAt(bytes, at + 5)) ^
      entry(table, 256 + byteAt(bytes, at + 6)) ^
      entry(table, byteAt(bytes, at + 7));
  }
  for (; at < to; at++) crc = (crc >>> 8) ^ entry(table, (crc ^ byteAt(bytes, at)) & 0xff);
  return ~crc >>> 0;
}

// The ranges are checked by the callers' arithmetic; `as number` costs nothing, `?? 0` in the loop costs a tenth.
function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] as number;
}

function entry(table: Int32Array, index: number): number {
  return table[index] as number;
}
