import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  newBootId,
  newClusterId,
  newCopyId,
  newTopicId,
  toBootId,
  toBrokerId,
  toClusterId,
  toCopyId,
  toOffset,
  toTopicId,
} from '../src/ids.ts';

const invalid = { code: 'INVALID_REQUEST', outcome: 'not-applied' };

test('minted ids pass their own checks and carry the random bytes', () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  fc.assert(
    fc.property(bytes(16), bytes(6), (sixteen, six) => {
      const topicId = newTopicId(sixteen);
      assert.equal(toTopicId(topicId), topicId);
      assert.equal(toClusterId(newClusterId(sixteen)), topicId);
      assert.equal(toCopyId(newCopyId(six)), Buffer.from(six).toString('hex'));
      assert.equal(toBootId(newBootId(six)), newCopyId(six));
    }),
  );
  assert.equal(newTopicId(new Uint8Array(16)), '00000000-0000-4000-8000-000000000000');
});

test('what is not an id is refused', () => {
  for (const text of ['', '../x', '00000000-0000-1000-8000-000000000000', 'A'.repeat(36)]) {
    assert.throws(() => toTopicId(text), invalid);
    assert.throws(() => toCopyId(text), invalid);
  }
  assert.throws(() => toTopicId('00000000-0000-4000-8000-000000000000\n'), invalid);
  assert.throws(() => toBootId('abcdef01234'), invalid);
});

test('offsets and broker ids are integers in their range', () => {
  assert.equal(toOffset(Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
  for (const value of [-1, 0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY]) {
    assert.throws(() => toOffset(value), invalid);
    assert.throws(() => toBrokerId(value), invalid);
  }
  assert.throws(() => toBrokerId(2 ** 31), invalid);
});
