import { createHash } from 'node:crypto';

/** Longer keys are remembered by their SHA-256. */
const keyBytesMax = 1024;
const digestMark = 0xffff;
const digestBytes = 32;
/** Entry: u32 low and u16 high part of the offset less `base`, u16 length of the key or digestMark, the key. */
const entryHeaderBytes = 8;
const chunkBytes = 1 << 20;
const chunkBits = 20;
/** Of the slots: fuller, a search takes too long. */
const loadMax = 0.7;
/** A search that takes more steps says that the keys were chosen to collide. */
const stepsMax = 128;
const slotBytes = 8;

export interface KeyMapLimits {
  /** Of memory, tables and keys. */
  readonly bytesMax: number;
  /** Keys that can come at most: what is not needed for so many is not taken. */
  readonly keysMax: number;
}

/**
 * The latest offset of each key, exactly, in memory that is bounded: about 20 bytes and the key itself for each. Slots
 * are found by a hash with a secret seed. It is full rather than slow: a caller ends its pass there and begins another.
 */
export class KeyMap {
  readonly #base: number;
  readonly #seed: number;
  readonly #mask: number;
  readonly #keysMax: number;
  readonly #chunksMax: number;
  readonly #hashes: Uint32Array;
  /** Of the entry, plus 1: 0 is an empty slot. */
  readonly #places: Uint32Array;
  readonly #chunks: Buffer[] = [];
  #usedInChunk = chunkBytes;
  #size = 0;

  /** `base`: no offset is below it. */
  constructor(base: number, seed: number, { bytesMax, keysMax }: KeyMapLimits) {
    this.#base = base;
    this.#seed = seed;
    const slots = slotsFor(bytesMax, keysMax);
    this.#mask = slots - 1;
    this.#keysMax = Math.floor(slots * loadMax);
    this.#chunksMax = Math.max(1, Math.floor((bytesMax - slots * slotBytes) / chunkBytes));
    this.#hashes = new Uint32Array(slots);
    this.#places = new Uint32Array(slots);
  }

  get size(): number {
    return this.#size;
  }

  /** False if there is no room for one more key; an offset is never below that of an earlier call for the same key. */
  put(bytes: Buffer, from: number, to: number, offset: number): boolean {
    if (to - from > keyBytesMax) {
      const digest = digestOf(bytes, from, to);
      return this.#put(digest, 0, digestBytes, offset, digestMark);
    }
    return this.#put(bytes, from, to, offset, to - from);
  }

  /** Of the latest record with this key; -1 if none is known. */
  get(bytes: Buffer, from: number, to: number): number {
    const isLong = to - from > keyBytesMax;
    const key = isLong ? digestOf(bytes, from, to) : bytes;
    const slot = isLong
      ? this.#find(key, 0, digestBytes, digestMark)
      : this.#find(key, from, to, to - from);
    const place = slot < 0 ? 0 : (this.#places[slot] ?? 0);
    return place === 0 ? -1 : this.#offsetAt(place - 1);
  }

  #put(bytes: Buffer, from: number, to: number, offset: number, mark: number): boolean {
    const slot = this.#find(bytes, from, to, mark);
    if (slot < 0) return false;
    const known = this.#places[slot] ?? 0;
    if (known > 0) {
      this.#writeOffset(known - 1, offset);
      return true;
    }
    const place = this.#size < this.#keysMax ? this.#allocate(entryHeaderBytes + to - from) : -1;
    if (place < 0) return false;
    this.#size += 1;
    this.#hashes[slot] = hashOf(bytes, from, to, this.#seed);
    this.#places[slot] = place + 1;
    this.#writeOffset(place, offset);
    const chunk = this.#chunks[place >>> chunkBits];
    const at = place & (chunkBytes - 1);
    chunk?.writeUInt16LE(mark, at + 6);
    chunk?.set(bytes.subarray(from, to), at + entryHeaderBytes);
    return true;
  }

  /** The slot of the key, or the empty one where it would be; -1 if that is too far to look for. */
  #find(bytes: Buffer, from: number, to: number, mark: number): number {
    const hash = hashOf(bytes, from, to, this.#seed);
    let slot = hash & this.#mask;
    for (let steps = 0; steps < stepsMax; steps++) {
      const place = this.#places[slot] ?? 0;
      if (place === 0) return slot;
      if (this.#hashes[slot] === hash && this.#isKeyAt(place - 1, bytes, from, to, mark)) {
        return slot;
      }
      slot = (slot + 1) & this.#mask;
    }
    return -1;
  }

  #isKeyAt(place: number, bytes: Buffer, from: number, to: number, mark: number): boolean {
    const chunk = this.#chunks[place >>> chunkBits];
    const at = place & (chunkBytes - 1);
    if (chunk === undefined || chunk.readUInt16LE(at + 6) !== mark) return false;
    const keyAt = at + entryHeaderBytes;
    return chunk.compare(bytes, from, to, keyAt, keyAt + to - from) === 0;
  }

  #allocate(bytes: number): number {
    if (this.#usedInChunk + bytes > chunkBytes) {
      if (this.#chunks.length >= this.#chunksMax) return -1;
      this.#chunks.push(Buffer.allocUnsafeSlow(chunkBytes));
      this.#usedInChunk = 0;
    }
    const place = (this.#chunks.length - 1) * chunkBytes + this.#usedInChunk;
    this.#usedInChunk += bytes;
    return place;
  }

  #offsetAt(place: number): number {
    const chunk = this.#chunks[place >>> chunkBits];
    const at = place & (chunkBytes - 1);
    if (chunk === undefined) return -1;
    return this.#base + chunk.readUInt16LE(at + 4) * 0x1_0000_0000 + chunk.readUInt32LE(at);
  }

  #writeOffset(place: number, offset: number): void {
    const chunk = this.#chunks[place >>> chunkBits];
    const at = place & (chunkBytes - 1);
    const relative = offset - this.#base;
    chunk?.writeUInt32LE(relative >>> 0, at);
    chunk?.writeUInt16LE(Math.floor(relative / 0x1_0000_0000), at + 4);
  }
}

/** A power of two: enough for the keys, and at most a third of the memory. */
function slotsFor(bytesMax: number, keysMax: number): number {
  const allowed = Math.max(16, Math.floor(bytesMax / 3 / slotBytes));
  let slots = 16;
  while (slots * loadMax < keysMax && slots * 2 <= allowed) slots *= 2;
  return slots;
}

function digestOf(bytes: Buffer, from: number, to: number): Buffer {
  return createHash('sha256').update(bytes.subarray(from, to)).digest();
}

/** As murmur3 with 32 bits. */
function hashOf(bytes: Buffer, from: number, to: number, seed: number): number {
  let hash = seed;
  let at = from;
  for (const last = to - 4; at <= last; at += 4) {
    let word = bytes.readInt32LE(at);
    word = Math.imul(word, 0xcc9e2d51);
    word = (word << 15) | (word >>> 17);
    hash ^= Math.imul(word, 0x1b873593);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  let rest = 0;
  for (let left = to - 1; left >= at; left--) rest = (rest << 8) | (bytes[left] ?? 0);
  rest = Math.imul(rest, 0xcc9e2d51);
  rest = (rest << 15) | (rest >>> 17);
  hash ^= Math.imul(rest, 0x1b873593);
  hash ^= to - from;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
