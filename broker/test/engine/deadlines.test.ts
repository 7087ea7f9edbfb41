import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Deadlines } from '../../src/engine/deadlines.ts';
import { ManualClock } from './manualClock.ts';

test('a deadline expires once, never early and at most 50 ms late', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 40 }), (delays) => {
      const clock = new ManualClock();
      const deadlines = new Deadlines(clock);
      const startMs = clock.monotonicMs();
      const lateMs: number[] = [];
      for (const delayMs of delays) {
        deadlines.add(delayMs, () => lateMs.push(clock.monotonicMs() - startMs - delayMs));
      }
      clock.pass(4000);
      assert.equal(lateMs.length, delays.length);
      for (const late of lateMs) assert.ok(late >= 0 && late <= 50, `${late} ms late`);
      assert.equal(clock.armed, 0);
    }),
  );
});

test('a cancelled deadline does not expire, and one set from within an expiry does', () => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const heard: string[] = [];
  const cancelled = deadlines.add(100, () => heard.push('cancelled'));
  deadlines.add(100, () => {
    heard.push('first');
    cancelled.cancel();
    deadlines.add(100, () => heard.push('second'));
  });
  cancelled.cancel();
  cancelled.cancel();
  clock.pass(1000);
  assert.deepEqual(heard, ['first', 'second']);
});

test('an earlier deadline is not held up by a later one that came first', () => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const heard: number[] = [];
  for (const delayMs of [5000, 100, 2000]) deadlines.add(delayMs, () => heard.push(delayMs));
  clock.pass(200);
  assert.deepEqual(heard, [100]);
  assert.equal(clock.armed, 1);
  clock.pass(10_000);
  assert.deepEqual(heard, [100, 2000, 5000]);
});

test('once the last deadline is cancelled no timer is armed', () => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const heard: string[] = [];
  const both = [deadlines.add(30_000, () => {}), deadlines.add(10_000, () => {})];
  for (const deadline of both) deadline.cancel();
  assert.equal(clock.armed, 0);
  deadlines.add(20_000, () => heard.push('expired'));
  clock.pass(21_000);
  assert.deepEqual(heard, ['expired']);
});
