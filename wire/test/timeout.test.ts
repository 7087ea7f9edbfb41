import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTimeout, parseTimeout } from '@millrace/wire/timeout';
import fc from 'fast-check';

test('every unit of grpc-timeout is read as milliseconds', () => {
  const texts = ['1H', '2M', '3S', '4m', '5000u', '6000000n', '99999999H'];
  assert.deepEqual(texts.map(parseTimeout), [3_600_000, 120_000, 3000, 4, 5, 6, 359999996400000]);
});

test('what is no grpc-timeout is refused', () => {
  for (const text of ['', '1', 'S', '123456789m', '-1S', '1.5S', '1s', ' 1S', '1S ', 'NaNm'])
    assert.equal(parseTimeout(text), undefined, text);
});

test('a formatted timeout is valid, never shorter, and at most an hour in 8 digits longer', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e14, noNaN: true }), (timeoutMs) => {
      const parsed = parseTimeout(formatTimeout(timeoutMs)) ?? -1;
      assert.ok(parsed >= timeoutMs);
      assert.ok(parsed <= timeoutMs + Math.max(1, timeoutMs * 1e-3));
    }),
  );
  assert.equal(formatTimeout(0), '1m');
  assert.equal(formatTimeout(1e300), '99999999H');
});
