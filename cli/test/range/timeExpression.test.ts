import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDuration, parseTime } from '../../src/range/timeExpression.ts';
import { UsageError } from '../../src/usageError.ts';

const NOW = Date.UTC(2024, 0, 2);

const TIMES: readonly [text: string, ms: number][] = [
  ['0', 0],
  ['1000', 1000],
  ['1700000000', 1_700_000_000_000],
  ['1700000000123', 1_700_000_000_123],
  ['2022-02-14', Date.UTC(2022, 1, 14)],
  ['2022-02-14T10:11:12Z', Date.UTC(2022, 1, 14, 10, 11, 12)],
  ['2022-02-14T10:11:12.345Z', Date.UTC(2022, 1, 14, 10, 11, 12, 345)],
  ['2022-02-14T10:11:12+02:00', Date.UTC(2022, 1, 14, 8, 11, 12)],
  ['now', NOW],
  ['-1h30m', NOW - 5_400_000],
  ['-1.5s', NOW - 1500],
  ['+2d', NOW + 172_800_000],
  ['3ms', NOW + 3],
  ['-99999d', 0],
];

for (const [text, ms] of TIMES) {
  test(`${text} is a time`, () => assert.equal(parseTime(text, NOW), ms));
}

for (const text of [
  '',
  'soon',
  '2022-13-14',
  '2022-02-14T10:00:00',
  '1hr',
  '-5',
  '1h2',
  '1.5',
  '99999999999999999999',
]) {
  test(`${JSON.stringify(text)} is not a time`, () =>
    assert.throws(() => parseTime(text, NOW), UsageError));
}

test('durations are Go durations, or seconds', () => {
  assert.equal(parseDuration('10'), 10_000);
  assert.equal(parseDuration('0.5'), 500);
  assert.equal(parseDuration('1m30s'), 90_000);
  assert.equal(parseDuration('500ms'), 500);
  for (const text of ['', '-1s', 'x', '1y', '1s x']) {
    assert.throws(() => parseDuration(text), UsageError);
  }
});
