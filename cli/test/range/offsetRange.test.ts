import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  EARLIEST,
  LATEST,
  parseOffsetOptions,
  type RangePoint,
} from '../../src/range/offsetRange.ts';
import { UsageError } from '../../src/usageError.ts';

const NOW = 1_700_000_000_000;
const VALENTINE = Date.UTC(2022, 1, 14);
const HOUR = 3_600_000;

const at = (offset: number): RangePoint => ({ kind: 'offset', offset });
const time = (ms: number): RangePoint => ({ kind: 'time', ms });
const back = (minus: number): RangePoint => ({ kind: 'latest', minus });
const onward = (plus: number): RangePoint => ({ kind: 'earliest', plus });

const CASES: readonly [options: string, from: RangePoint, to?: RangePoint][] = [
  ['', EARLIEST],
  ['start', EARLIEST],
  ['beginning', EARLIEST],
  ['oldest', EARLIEST],
  ['end', LATEST],
  ['newest', LATEST],
  ['47', at(47)],
  ['47:', at(47)],
  ['0', at(0)],
  ['+3', onward(3)],
  ['-3', back(3)],
  [':47', EARLIEST, at(47)],
  [':end', EARLIEST, LATEST],
  ['5:10', at(5), at(10)],
  ['5-10', at(5), at(10)],
  ['5:end', at(5), LATEST],
  ['5-end', at(5), LATEST],
  ['-5:end', back(5), LATEST],
  ['-5:-2', back(5), back(2)],
  ['+1:10', onward(1), at(10)],
  ['start:10', EARLIEST, at(10)],
  ['@1700000000123', time(1_700_000_000_123)],
  ['@1700000000123:', time(1_700_000_000_123)],
  ['@:1700000000123', EARLIEST, time(1_700_000_000_123)],
  ['@100:200', time(100), time(200)],
  ['@100:@200', time(100), time(200)],
  ['@2022-02-14', time(VALENTINE)],
  ['@2022-02-14:1h', time(VALENTINE), time(VALENTINE + HOUR)],
  [
    '@2022-02-14T01:00:00Z:2022-02-14T02:00:00Z',
    time(VALENTINE + HOUR),
    time(VALENTINE + 2 * HOUR),
  ],
  ['@2022-02-14T01:00:00Z:@2022-02-15', time(VALENTINE + HOUR), time(VALENTINE + 24 * HOUR)],
  ['@-48h:-24h', time(NOW - 48 * HOUR), time(NOW - 24 * HOUR)],
  ['@-1m:end', time(NOW - 60_000), LATEST],
  ['@:-1h', EARLIEST, time(NOW - HOUR)],
  ['@-1h:now', time(NOW - HOUR), time(NOW)],
  ['s@100', time(100)],
  ['e@200', EARLIEST, time(200)],
  ['s@100 e@200', time(100), time(200)],
  ['e@200 s@100', time(100), time(200)],
  ['5 e@200', at(5), time(200)],
];

for (const [options, from, to] of CASES) {
  test(`-o ${options || '(none)'}`, () => {
    const given = options === '' ? [] : options.split(' ');
    assert.deepEqual(parseOffsetOptions(given, NOW), { from, to });
  });
}

for (const options of [
  'x',
  ':',
  '5:4',
  '5:5',
  '5:6:7',
  '1.5',
  '--5',
  '5-',
  '@',
  '@:',
  '@end',
  '@x',
  '@200:100',
  '@100:200:300',
  's@',
  'e@x',
  's@1 s@2',
  'start end',
  '99999999999999999999',
  '@2022-02-14:1hx',
]) {
  test(`-o ${options} is refused`, () => {
    assert.throws(() => parseOffsetOptions(options.split(' '), NOW), UsageError);
  });
}

test('any text is a range or a usage error', () => {
  const letters = fc.constantFrom(
    '@',
    ':',
    '-',
    '+',
    '1',
    '9',
    'start',
    'end',
    'h',
    'Z',
    'T',
    's@',
    'now',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(letters).map((all) => all.join('')),
      ),
      (text) => {
        try {
          const { from } = parseOffsetOptions([text], NOW);
          assert.ok(from.kind.length > 0);
        } catch (thrown) {
          assert.ok(thrown instanceof UsageError);
        }
      },
    ),
    { numRuns: 1000 },
  );
});
