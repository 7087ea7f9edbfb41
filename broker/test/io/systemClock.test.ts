import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/io/systemClock.ts';

test('a timer never fires before its delay on the monotonic clock', async () => {
  for (const delayMs of [0, 1, 3, 7.5]) {
    const started = systemClock.monotonicMs();
    const { promise, resolve } = Promise.withResolvers<void>();
    systemClock.setTimer(delayMs, resolve);
    await promise;
    assert.ok(systemClock.monotonicMs() - started >= delayMs);
  }
});

test('a timer beyond 2**31 ms does not fire at once, and a cancelled one not at all', async () => {
  let fired = 0;
  const timers = [2 ** 31, 2 ** 40, 1].map((delayMs) =>
    systemClock.setTimer(delayMs, () => {
      fired += 1;
    }),
  );
  timers[2]!.cancel();
  const { promise, resolve } = Promise.withResolvers<void>();
  systemClock.setTimer(20, resolve);
  await promise;
  assert.equal(fired, 0);
  for (const timer of timers) timer.cancel();
});

test('soon runs after the promises of this tick, in order', async () => {
  const order: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  systemClock.soon(() => order.push('first'));
  systemClock.soon(() => {
    order.push('second');
    resolve();
  });
  void Promise.resolve().then(() => order.push('promise'));
  await promise;
  assert.deepEqual(order, ['promise', 'first', 'second']);
});

test('wall time is whole milliseconds of this century', () => {
  const wallMs = systemClock.wallMs();
  assert.ok(Number.isSafeInteger(wallMs) && wallMs > 1_700_000_000_000);
});
