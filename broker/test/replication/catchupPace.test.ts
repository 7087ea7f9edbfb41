import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CatchupPace } from '../../src/replication/catchupPace.ts';
import { ManualClock } from '../engine/manualClock.ts';

test('asks for what it may per second and no more, however often it is asked', () => {
  const clock = new ManualClock();
  const pace = new CatchupPace(clock, 1_000_000);
  let taken = 0;
  for (let ms = 0; ms < 10_000; ms += 5) {
    clock.pass(5);
    taken += pace.take(8 << 20);
  }
  assert.ok(taken > 9_900_000 && taken <= 10_000_000, `${taken}`);
});

test('an idle time allows no more than a quarter of a second at once', () => {
  const clock = new ManualClock();
  const pace = new CatchupPace(clock, 1_000_000);
  clock.pass(60_000);
  assert.equal(pace.take(8 << 20), 250_000);
  assert.equal(pace.take(8 << 20), 0);
});

test('little is asked for at once, too, if it is all that is due', () => {
  const clock = new ManualClock();
  const pace = new CatchupPace(clock, 1_000_000);
  clock.pass(1);
  assert.equal(pace.take(500), 500);
  assert.equal(pace.take(5000), 0);
});
