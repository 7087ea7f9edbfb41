/**
 * The 32-bit murmur2 that existing clients place keys with, so that the same key lands in the same partition
 * whichever client wrote it. Golden vectors from the original implementation are in the test.
 */

const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;

/** A signed 32-bit number, as in the original. */
export function murmur2(bytes: Uint8Array): number {
  const length = bytes.length;
  const whole = length & ~3;
  let hash = SEED ^ length;
  for (let at = 0; at < whole; at += 4) {
    let word =
      byteAt(bytes, at) |
      (byteAt(bytes, at + 1) << 8) |
      (byteAt(bytes, at + 2) << 16) |
      (byteAt(bytes, at + 3) << 24);
    word = Math.imul(word, MULTIPLIER);
    word ^= word >>> 24;
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(word, MULTIPLIER);
  }
  if (length > whole) {
    for (let at = length - 1; at >= whole; at--) hash ^= byteAt(bytes, at) << ((at & 3) * 8);
    hash = Math.imul(hash, MULTIPLIER);
  }
  hash ^= hash >>> 13;
  hash = Math.imul(hash, MULTIPLIER);
  return hash ^ (hash >>> 15);
}

/** Partition of a key among `partitions` (at least 1). A string counts as its UTF-8 bytes. */
export function partitionForKey(key: Uint8Array | string, partitions: number): number {
  const bytes = typeof key === 'string' ? Buffer.from(key) : key;
  // The sign bit is masked, not negated: -2^31 has no positive counterpart.
  return (murmur2(bytes) & 0x7fff_ffff) % partitions;
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] as number;
}
