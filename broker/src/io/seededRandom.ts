import type { Random } from './random.ts';

/**
 * Deterministic randomness: xoshiro128** (Blackman, Vigna), its state filled from the seed by
 * splitmix32. Same seed, same sequence, on every machine. For simulation and tests alone.
 */
export class SeededRandom implements Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** `seed`: any safe integer. */
  constructor(seed: number) {
    const next = splitmix32(seed);
    this.#a = next();
    this.#b = next();
    this.#c = next();
    // Not all four may be zero.
    this.#d = next() || 1;
  }

  bytes(length: number): Buffer {
    const buffer = Buffer.allocUnsafeSlow(length);
    for (let at = 0; at < length; at += 1) buffer[at] = this.#next() >>> 24;
    return buffer;
  }

  int(maxExclusive: number): number {
    if (!Number.isSafeInteger(maxExclusive) || maxExclusive < 1 || maxExclusive >= 2 ** 48) {
      throw new RangeError(`int(${maxExclusive}): want an integer from 1, below 2**48`);
    }
    return Math.floor(this.float() * maxExclusive);
  }

  float(): number {
    return (this.#next() >>> 5) / 2 ** 27 + (this.#next() >>> 6) / 2 ** 53;
  }

  /** An independent stream, so that one consumer's draws do not shift another's. */
  fork(): SeededRandom {
    return new SeededRandom(this.#next() * 2 ** 20 + (this.#next() >>> 12));
  }

  #next(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotateLeft(this.#d, 11);
    return result;
  }
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function splitmix32(seed: number): () => number {
  // Both halves of a seed above 32 bits count; `|0` of a float is modulo 2**32.
  let state = mix(seed | 0) + Math.floor(seed / 2 ** 32);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    return mix(state);
  };
}

function mix(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x21f0aaad);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x735a2d97);
  return mixed ^ (mixed >>> 15);
}
