import assert from 'node:assert/strict';
import test from 'node:test';
import type { GroupLag } from '@millrace/client/groupDescription';
import { durationText } from '../../src/group/duration.ts';
import { LagRates } from '../../src/group/lagRates.ts';
import { sortedForTop, topText, verdictCounts } from '../../src/group/topFrame.ts';

function lag(group: string, more: Partial<GroupLag> = {}): GroupLag {
  return {
    group,
    condition: 'stable',
    members: 1,
    verdict: 'OK',
    partitions: 2,
    partitionsUnknown: 0,
    records: 0,
    lagMs: 0,
    ends: 1000,
    partitionLags: [],
    error: undefined,
    ...more,
  };
}

/** Two seconds apart. */
function rated(before: readonly GroupLag[], now: readonly GroupLag[]) {
  const rates = new LagRates();
  rates.rated(before, 0);
  return rates.rated(now, 2000);
}

const FRAME = { rowsMax: 10, columnsMax: 200, colours: 'off', title: '' } as const;

test('a frame has rates, and when lag will be gone at these', () => {
  const groups = rated(
    [lag('a', { records: 400, lagMs: 9000 }), lag('b')],
    [lag('a', { records: 300, lagMs: 8000, ends: 1100 }), lag('b', { ends: 1010 })],
  );
  assert.equal(
    topText({ ...FRAME, groups, order: 'lag' }),
    [
      'GROUP  STATE   MEMBERS  LAG  OLDEST  IN/S  OUT/S  DONE-IN  VERDICT',
      'a      stable        1  300  8.0s    50    100    6.0s     OK',
      'b      stable        1    0  0ms     5.0   5.0    now      OK',
      '',
    ].join('\n'),
  );
});

test('what was not measured has neither lag nor rates', () => {
  const dark = lag('a', { partitionsUnknown: 2, verdict: 'UNKNOWN' });
  const text = topText({ ...FRAME, groups: rated([lag('a')], [dark]), order: 'lag' });
  assert.match(text, /\na +stable +1 +\? +\? +- +- +.* +UNKNOWN\n/);
  const half = lag('a', { partitionsUnknown: 1, records: 7 });
  assert.match(topText({ ...FRAME, groups: rated([], [half]), order: 'lag' }), / 7\+\? /);
});

test('groups are sorted by lag, by the worst verdict, by rate, by name', () => {
  const groups = rated(
    [lag('b'), lag('a'), lag('c', { records: 50 })],
    [
      lag('b', { records: 10, verdict: 'STOP' }),
      lag('a', { records: 10, ends: 5000 }),
      lag('c', { records: 50, verdict: 'WARN' }),
    ],
  );
  const order = (by: 'lag' | 'verdict' | 'rate' | 'name') =>
    sortedForTop(groups, by).map(({ group }) => group);
  assert.deepEqual(order('lag'), ['c', 'a', 'b']);
  assert.deepEqual(order('verdict'), ['b', 'c', 'a']);
  assert.deepEqual(order('rate'), ['a', 'c', 'b']);
  assert.deepEqual(order('name'), ['a', 'b', 'c']);
  assert.equal(verdictCounts(groups), '3 groups: 1 STOP, 1 WARN, 1 OK');
});

test('a frame fits its terminal, in colour', () => {
  const groups = rated([], [lag('a', { verdict: 'STALL' }), lag('b'), lag('c')]);
  const options = { groups, order: 'name', rowsMax: 2, columnsMax: 12, title: 'now' } as const;
  const text = topText({ ...options, colours: 'on' });
  const red = '\u001b[31ma      stable\u001b[0m';
  assert.deepEqual(text.split('\n').slice(0, 4), [
    'now',
    '',
    'GROUP  STATE',
    red.slice(0, -4 - 1) + '\u001b[0m',
  ]);
  assert.match(text, /\nand 1 more\n$/);
});

test('durations have two units at most', () => {
  const shown = [0, 999, 12_345, 250_000, 11_100_000, 198_000_000].map(durationText);
  assert.deepEqual(shown, ['0ms', '999ms', '12.3s', '4m10s', '3h05m', '2d7h']);
});
