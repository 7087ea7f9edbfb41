import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compress, compressNow, decompress, decompressNow } from '../src/compression.ts';

const text = Buffer.from('the quick brown fox '.repeat(500));

test('gzip and zstd give back what they took, at once and in the pool', async () => {
  for (const kind of ['none', 'gzip', 'zstd'] as const) {
    const limits = { maxBytes: text.length };
    assert.deepEqual(decompressNow(kind, compressNow(kind, text), limits), text);
    assert.deepEqual(await decompress(kind, await compress(kind, text, 3), limits), text);
  }
});

test('output above the bound is refused before it is made', async () => {
  const zeros = Buffer.alloc(64 * 2 ** 20);
  for (const kind of ['gzip', 'zstd'] as const) {
    const bomb = compressNow(kind, zeros);
    assert.ok(bomb.length < 100_000);
    const limits = { maxBytes: 2 ** 20 };
    assert.throws(() => decompressNow(kind, bomb, limits), { code: 'RECORD_TOO_LARGE' });
    await assert.rejects(decompress(kind, bomb, limits), { code: 'RECORD_TOO_LARGE' });
  }
});

test('every truncation of compressed data is corrupt', () => {
  for (const kind of ['gzip', 'zstd'] as const) {
    const whole = compressNow(kind, text);
    for (let end = 0; end < whole.length; end++) {
      assert.throws(() => decompressNow(kind, whole.subarray(0, end), { maxBytes: 1e6 }), {
        code: 'CORRUPT_BATCH',
      });
    }
  }
});

test('snappy and lz4 are refused by name', async () => {
  for (const kind of ['snappy', 'lz4'] as const) {
    const refused = { code: 'UNSUPPORTED_COMPRESSION' };
    assert.throws(() => compressNow(kind, text), refused);
    assert.throws(() => decompressNow(kind, text, { maxBytes: 1 }), refused);
    await assert.rejects(compress(kind, text), refused);
    await assert.rejects(decompress(kind, text, { maxBytes: 1 }), refused);
  }
});
