import assert from 'node:assert/strict';
import { test } from 'node:test';
import { murmur2, partitionForKey } from '../src/murmur2.ts';
import golden from './fixtures/murmur2.json' with { type: 'json' };

// From the test of the original implementation.
const PUBLISHED: Readonly<Record<string, number>> = {
  '21': -973932308,
  foobar: -790332482,
  'a-little-bit-long-string': -985981536,
  'a-little-bit-longer-string': -1486304829,
  lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8: -58897971,
  abc: 479470107,
};

test('published vectors come out', () => {
  for (const [key, hash] of Object.entries(PUBLISHED)) {
    assert.equal(murmur2(Buffer.from(key)), hash, key);
  }
});

test('keys hash and land where the original client puts them', () => {
  assert.ok(golden.vectors.length >= 64);
  for (const [hex, hash, partitionOf12] of golden.vectors) {
    const key = Buffer.from(String(hex), 'hex');
    assert.equal(murmur2(key), hash, String(hex));
    assert.equal(partitionForKey(key, 12), partitionOf12, String(hex));
  }
});

test('a string is placed like its UTF-8 bytes', () => {
  assert.equal(partitionForKey('grün', 1000), partitionForKey(Buffer.from('grün'), 1000));
});
