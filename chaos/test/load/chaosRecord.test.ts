import assert from 'node:assert/strict';
import test from 'node:test';
import {
  FOREIGN,
  inWords,
  producerOf,
  sequenceOf,
  valueName,
} from '../../src/history/valueName.ts';
import { chaosKey, chaosValue, identify } from '../../src/load/chaosRecord.ts';

const SEQUENCES = [0, 1, 2, 499, 70_000, 2 ** 31];

test('a record tells who sent it as which', () => {
  for (const sequence of SEQUENCES) {
    const key = Buffer.from(chaosKey(12, sequence));
    const value = identify(3, key, chaosValue(3, 12, sequence));
    assert.equal(value, valueName(12, sequence));
    assert.equal(producerOf(value), 12);
    assert.equal(sequenceOf(value), sequence);
  }
});

test('a record with one bit changed, cut short or in another partition is foreign', () => {
  for (const sequence of SEQUENCES) {
    const key = Buffer.from(chaosKey(1, sequence));
    const value = chaosValue(0, 1, sequence);
    for (const at of [0, value.length >> 1, value.length - 1]) {
      const flipped = Buffer.from(value);
      flipped.writeUInt8(flipped.readUInt8(at) ^ 4, at);
      assert.equal(identify(0, key, flipped), FOREIGN);
    }
    assert.equal(identify(0, key, value.subarray(1)), FOREIGN);
    assert.equal(identify(1, key, value), FOREIGN);
    assert.equal(identify(0, Buffer.from(chaosKey(2, sequence)), value), FOREIGN);
  }
});

test('what has no key or no value is foreign', () => {
  assert.equal(identify(0, null, Buffer.from('x')), FOREIGN);
  assert.equal(identify(0, Buffer.from('1:2'), null), FOREIGN);
  assert.equal(identify(0, Buffer.from('somebody else'), Buffer.from('x')), FOREIGN);
  assert.equal(inWords(FOREIGN), 'a foreign value');
});
