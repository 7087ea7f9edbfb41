/** Sequences of samples, one each 10 s unless they say otherwise, in a window of two minutes; time is a number. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lagRecords, type LagSample } from '../../src/lag/lagSample.ts';
import { worstVerdict } from '../../src/lag/lagVerdict.ts';
import { LagWindow } from '../../src/lag/lagWindow.ts';

const WINDOW_MS = 120_000;
const STEP_MS = 10_000;

interface Moment {
  /** Undefined: nothing is committed. */
  readonly committed?: number;
  readonly end: number;
  readonly logStart?: number;
  readonly isOwned?: boolean;
  readonly lagMs?: number;
  readonly commitAgeMs?: number;
  /** Since the moment before. */
  readonly afterMs?: number;
}

class Watch {
  readonly window = new LagWindow(WINDOW_MS);
  #nowMs = 1_000_000;

  see(moments: readonly Moment[]): this {
    for (const { committed, end, logStart = 0, isOwned = true, ...moment } of moments) {
      this.#nowMs += moment.afterMs ?? STEP_MS;
      const records = lagRecords({ committed, logStart, end });
      const sample: LagSample = {
        atMs: this.#nowMs,
        committed,
        end,
        records,
        lagMs: moment.lagMs ?? (records === 0 ? 0 : 1000),
        commitAgeMs: committed === undefined ? undefined : (moment.commitAgeMs ?? 1000),
        isOwned,
      };
      this.window.add(sample);
    }
    return this;
  }

  verdict(laterMs = 0): string {
    return this.window.verdict(this.#nowMs + laterMs);
  }
}

/** One moment for each lag, the end rising by `produced` each time. */
function lags(values: readonly number[], produced = 100, more: Partial<Moment> = {}): Moment[] {
  return values.map((lag, at) => {
    const end = 10_000 + at * produced;
    return { end, committed: end - lag, ...more };
  });
}

function times<T>(count: number, of: (at: number) => T): T[] {
  return Array.from({ length: count }, (_, at) => of(at));
}

const stuck = (count: number, growth: number, more: Partial<Moment> = {}): Moment[] =>
  times(count, (at) => ({ committed: 500, end: 600 + at * growth, ...more }));

const SEQUENCES: readonly (readonly [string, string, readonly Moment[]])[] = [
  ['nothing to process, first look', 'OK', lags([0], 0)],
  [
    'idle and up to date for long',
    'OK',
    lags(
      times(20, () => 0),
      0,
    ),
  ],
  ['up to date now, after much lag', 'OK', lags([...times(19, (at) => 1900 - 100 * at), 0])],
  ['an empty partition without commits', 'OK', times(3, () => ({ end: 0 }))],
  ['all that is not committed has expired', 'OK', [{ committed: 5, logStart: 90, end: 90 }]],
  ['lag, first look, commits lately', 'UNKNOWN', lags([50])],
  ['lag that shrinks, not yet for a window', 'UNKNOWN', lags([500, 400, 300, 200])],
  ['lag that shrinks, for a window', 'OK', lags(times(14, (at) => 2000 - 100 * at))],
  ['steady lag with noise', 'OK', lags([60, 90, 40, 70, 95, 50, 60, 90, 40, 70, 95, 50, 65, 80])],
  ['a saw tooth that reaches zero', 'OK', lags(times(20, (at) => (at % 4) * 50))],
  ['lag that grows by the same each time', 'WARN', lags(times(14, (at) => 100 + 50 * at))],
  [
    'lag that grows and dips once',
    'WARN',
    lags(
      times(14, (at) => (at === 7 ? 20 : 100 + 50 * at)),
      600,
    ),
  ],
  [
    'lag that grows and dips in the last sample',
    'WARN',
    lags(times(14, (at) => (at === 13 ? 30 : 100 + 50 * at))),
  ],
  [
    'lag with one peak',
    'OK',
    times(14, (at) => {
      const end = 10_000 + at * 100 + (at < 7 ? 0 : 5000);
      return { end, committed: end - (at === 7 ? 5000 : 100) };
    }),
  ],
  [
    'growth within the noise of what is produced',
    'OK',
    lags(
      times(14, (at) => 100 + at),
      1000,
    ),
  ],
  [
    'a little growth of little that is produced',
    'WARN',
    lags(
      times(14, (at) => 10 + at),
      5,
    ),
  ],
  ['an owner that commits no more, lag stands', 'STALL', stuck(14, 0)],
  ['an owner that commits no more, lag grows', 'STALL', stuck(14, 10)],
  ['an owner that commits the same again and again', 'STALL', stuck(14, 0, { commitAgeMs: 10 })],
  ['no owner, no commit, lag stands', 'STALL', stuck(14, 0, { isOwned: false })],
  ['no owner, no commit, lag grows', 'STOP', stuck(14, 10, { isOwned: false })],
  [
    'nothing ever committed, nobody there, lag grows',
    'STOP',
    times(14, (at) => ({ end: 10 + at, isOwned: false })),
  ],
  ['nothing ever committed, an owner that is new', 'UNKNOWN', times(5, () => ({ end: 10 }))],
  ['nothing ever committed, an owner that never does', 'STALL', times(14, () => ({ end: 10 }))],
  [
    'up to date, then stuck, for less than a window',
    'OK',
    [...lags([0], 0), ...times(11, (at) => ({ committed: 10_000, end: 10_001 + at }))],
  ],
  [
    'up to date, then stuck, for a window',
    'STALL',
    [...lags([0], 0), ...times(13, (at) => ({ committed: 10_000, end: 10_001 + at }))],
  ],
  ['stuck, then one commit', 'OK', [...stuck(20, 0), { committed: 501, end: 600 }]],
  [
    'the owner comes and goes without a commit',
    'STALL',
    stuck(14, 10).map((moment, at) => ({ ...moment, isOwned: at === 6 })),
  ],
  [
    'set back by a reset',
    'REWIND',
    [...lags(times(14, () => 10)), { committed: 3, end: 11_400 }, { committed: 200, end: 11_400 }],
  ],
  [
    'set back to the end of what is there',
    'REWIND',
    [
      { committed: 9, end: 5 },
      { committed: 5, end: 5 },
    ],
  ],
  ['a commit that is taken away', 'REWIND', [{ committed: 9, end: 9 }, { end: 9 }]],
  [
    'set back, a window ago, and on its way again',
    'OK',
    [{ committed: 9000, end: 9000 }, ...times(14, (at) => ({ committed: 500 * at, end: 9000 }))],
  ],
  [
    'new coordinator: no commit for an hour, lag that is as old',
    'STALL',
    [{ committed: 5, end: 9, commitAgeMs: 3_600_000, lagMs: 3_700_000 }],
  ],
  [
    'new coordinator: the same without an owner, the lag came after the last commit',
    'STOP',
    [{ committed: 5, end: 9, commitAgeMs: 3_600_000, lagMs: 3_500_000, isOwned: false }],
  ],
  [
    'new coordinator: no commit for an hour, records came just now',
    'UNKNOWN',
    [{ committed: 5, end: 9, commitAgeMs: 3_600_000, lagMs: 500 }],
  ],
  [
    'new coordinator: far behind, and commits lately',
    'UNKNOWN',
    [{ committed: 5, end: 900_000, commitAgeMs: 500, lagMs: 3_600_000 }],
  ],
  [
    'not measured for a while, then again',
    'WARN',
    lags(times(14, (at) => 100 + 50 * at)).map((moment, at) =>
      at === 9 ? { ...moment, afterMs: 60_000 } : moment,
    ),
  ],
];

describe('the verdict of a window', () => {
  for (const [what, verdict, moments] of SEQUENCES) {
    test(`${what}: ${verdict}`, () => {
      assert.equal(new Watch().see(moments).verdict(), verdict);
    });
  }

  test('is UNKNOWN once nothing was measured for a quarter of it', () => {
    const watch = new Watch().see(lags(times(14, () => 0)));
    assert.deepEqual([watch.verdict(30_000), watch.verdict(30_001)], ['OK', 'UNKNOWN']);
  });

  test('is UNKNOWN before the first sample', () => {
    assert.equal(new LagWindow(WINDOW_MS).verdict(0), 'UNKNOWN');
  });

  test('is the same however often one looks', () => {
    const moments = times(1000, (at) => ({ committed: at, end: 2000 + at * 2, afterMs: 500 }));
    const watch = new Watch().see(moments);
    assert.equal(watch.verdict(), 'WARN');
    assert.ok(watch.window.size <= 30, `${watch.window.size} samples`);
  });

  test('keeps one sample of who is up to date', () => {
    const watch = new Watch().see([...lags(times(14, () => 5)), ...lags([0, 0, 0], 0)]);
    assert.equal(watch.window.size, 1);
  });

  test('of a group is that of its worst partition, and OK without any', () => {
    assert.equal(worstVerdict(['OK', 'WARN', 'STALL', 'UNKNOWN']), 'STALL');
    assert.equal(worstVerdict(['OK', 'UNKNOWN']), 'UNKNOWN');
    assert.equal(worstVerdict([]), 'OK');
  });
});

test('lag leaves out what has expired, and never is negative', () => {
  assert.equal(lagRecords({ committed: 10, logStart: 0, end: 25 }), 15);
  assert.equal(lagRecords({ committed: 10, logStart: 20, end: 25 }), 5);
  assert.equal(lagRecords({ committed: undefined, logStart: 20, end: 25 }), 5);
  assert.equal(lagRecords({ committed: 30, logStart: 0, end: 25 }), 0);
});
