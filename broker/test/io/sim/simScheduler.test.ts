import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formattedDisk, simMachine } from './simMachine.ts';

async function traceOf(seed: number): Promise<{ order: string[]; hash: number }> {
  const { clock, storage, scheduler } = simMachine(seed, undefined, formattedDisk('/data'));
  const order: string[] = [];
  const file = storage.open('/data/file', 'create');
  const work = async (name: string): Promise<void> => {
    for (let round = 0; round < 5; round += 1) {
      await file.write([Buffer.from(name)], round);
      order.push(`${name} wrote`);
      await file.sync();
      order.push(`${name} synced`);
      clock.soon(() => order.push(`${name} soon`));
      clock.setTimer(1, () => order.push(`${name} timer`));
    }
  };
  await scheduler.settle(Promise.all(['a', 'b', 'c'].map(work)));
  await scheduler.runUntilIdle();
  return { order, hash: scheduler.traceHash };
}

test('the same seed gives the same order and trace, other seeds others', async () => {
  const [one, again, other] = [await traceOf(1), await traceOf(1), await traceOf(2)];
  assert.deepEqual(one, again);
  assert.notDeepEqual(one.order, other.order);
  assert.notEqual(one.hash, other.hash);
  assert.equal(one.order.length, 60);
});

test('timers run in virtual time, none early, a cancelled one never', async () => {
  const { clock, scheduler } = simMachine(5);
  const startMs = clock.monotonicMs();
  let firedMs = 0;
  clock.setTimer(3_600_000, () => {
    firedMs = clock.monotonicMs();
  });
  clock.setTimer(5, () => assert.fail('cancelled')).cancel();
  await scheduler.runFor(3_599_000);
  assert.equal(firedMs, 0);
  await scheduler.runFor(2_000);
  assert.ok(firedMs - startMs >= 3_600_000);
  assert.equal(clock.monotonicMs() - startMs, 3_601_000);
});

test('soon keeps its order and lets promises go first', async () => {
  const { clock, scheduler } = simMachine(6);
  const order: number[] = [];
  for (let index = 1; index <= 50; index += 1) clock.soon(() => order.push(index));
  void Promise.resolve().then(() => order.push(0));
  await scheduler.runUntilIdle();
  assert.deepEqual(
    order,
    Array.from({ length: 51 }, (_, index) => index),
  );
});

test('the wall clock jumps, the monotonic one does not', () => {
  const { clock } = simMachine(7);
  const [wallMs, monotonicMs] = [clock.wallMs(), clock.monotonicMs()];
  clock.jumpWall(-60_000);
  assert.equal(clock.wallMs(), wallMs - 60_000);
  assert.equal(clock.monotonicMs(), monotonicMs);
});

test('a promise that nothing can resolve is reported, not waited for', async () => {
  const { scheduler } = simMachine(8);
  await assert.rejects(scheduler.settle(new Promise(() => {})), /still pending/);
});

test('a killed process runs no callback any more', async () => {
  const { clock, process, scheduler, storage } = simMachine(9, undefined, formattedDisk('/data'));
  const fail = (): void => assert.fail('the dead speak');
  clock.setTimer(1, fail);
  clock.soon(fail);
  storage
    .open('/data/file', 'create')
    .write([Buffer.alloc(10)], 0)
    .then(fail, fail);
  process.kill();
  await scheduler.runUntilIdle();
  storage.syncDirectory('/data').then(fail, fail);
  assert.throws(() => storage.open('/data/file', 'read'), { code: 'ESRCH' });
  await scheduler.runUntilIdle();
});
