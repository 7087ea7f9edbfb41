import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  bytesOfShare,
  formatBytes,
  formatMs,
  parseByteShare,
  parseBytes,
  parseCount,
  parseMs,
  parseSwitch,
} from '../src/configValue.ts';

test('sizes and durations take units, plain numbers take none', () => {
  const cases: [number, number][] = [
    [parseBytes('1048576'), 2 ** 20],
    [parseBytes('256MiB'), 2 ** 28],
    [parseBytes('4 ki'), 4096],
    [parseBytes('1.5GiB'), 1.5 * 2 ** 30],
    [parseBytes('2GB'), 2e9],
    [parseBytes('10_000'), 10_000],
    [parseMs('7d'), 604_800_000],
    [parseMs('5min'), 300_000],
    [parseMs('5m'), 300_000],
    [parseMs('1.1h'), 3_960_000],
    [parseMs('250ms'), 250],
    [parseCount('-1'), -1],
  ];
  for (const [index, [parsed, value]] of cases.entries()) assert.equal(parsed, value, `${index}`);
});

test('shares are of a whole', () => {
  assert.equal(bytesOfShare(parseByteShare('25%'), 1000), 250);
  assert.equal(bytesOfShare(parseByteShare('64MiB'), 1000), 2 ** 26);
  assert.throws(() => parseByteShare('101%'), /at most 100%/);
});

test('switches are on or off in several spellings', () => {
  assert.deepEqual(['on', 'TRUE', '1', 'off', 'no'].map(parseSwitch), [
    true,
    true,
    true,
    false,
    false,
  ]);
  assert.throws(() => parseSwitch('maybe'), /on or off/);
});

test('what is no number, no whole one or beyond 2^53 is refused', () => {
  for (const text of ['', 'x', '1x', '1e3', 'NaN', 'Infinity', '--1', '0.5', '99999999999999999']) {
    assert.throws(() => parseBytes(text), { name: 'ConfigValueError' }, text);
  }
  assert.throws(() => parseBytes('1constructor'), { name: 'ConfigValueError' });
  assert.throws(() => parseCount('5k'), { name: 'ConfigValueError' });
});

test('what is shown parses back to the same value', () => {
  fc.assert(
    fc.property(
      fc.nat(1_000_000),
      fc.constantFrom(1, 1000, 1024, 60_000, 2 ** 20, 86_400_000),
      (n, unit) => {
        assert.equal(parseBytes(formatBytes(n * unit)), n * unit);
        assert.equal(parseMs(formatMs(n * unit)), n * unit);
      },
    ),
  );
  assert.deepEqual(
    [formatBytes(2 ** 28), formatMs(604_800_000), formatMs(0)],
    ['256MiB', '7d', '0ms'],
  );
});
