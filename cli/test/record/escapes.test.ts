import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseEscapes } from '../../src/record/escapes.ts';
import { UsageError } from '../../src/usageError.ts';

const CASES: readonly [text: string, hex: string][] = [
  ['', ''],
  ['abc', '616263'],
  ['a\\nb', '610a62'],
  ['\\r\\t\\0\\\\', '0d09005c'],
  ['\\x41\\xff\\x0', '41ff00'],
  ['\\x0ag', '0a67'],
  ['\\"\\:', '223a'],
  ['ü\\n\u{1f600}', 'c3bc0af09f9880'],
  ['\\\u{1f600}', 'f09f9880'],
];

for (const [text, hex] of CASES) {
  test(`the escapes in ${JSON.stringify(text)} stand for ${hex || 'nothing'}`, () => {
    assert.equal(parseEscapes(text).toString('hex'), hex);
  });
}

for (const text of ['\\', 'a\\', '\\x', '\\xg0', '\\q', '\\1']) {
  test(`${JSON.stringify(text)} is refused as a usage error`, () => {
    assert.throws(() => parseEscapes(text), UsageError);
  });
}

test('any bytes can be written as \\xNN', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
      assert.deepEqual(parseEscapes(text), Buffer.from(bytes));
    }),
  );
});
