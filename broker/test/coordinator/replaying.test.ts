import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBatch } from '@millrace/core/batchWriter';
import { replayLog } from '../../src/coordinator/replaying.ts';
import { ManualClock } from '../engine/manualClock.ts';
import { LogWorld } from './logWorld.ts';

/** Each look at it takes half a millisecond; what it waits for is there at once. */
class BusyClock extends ManualClock {
  #nowMs = 0;
  /** Longest stretch without a rest. */
  longestMs = 0;
  rests = 0;
  #restedMs = 0;
  override monotonicMs(): number {
    this.#nowMs += 0.5;
    this.longestMs = Math.max(this.longestMs, this.#nowMs - this.#restedMs);
    return this.#nowMs;
  }
  override setTimer(delayMs: number, callback: () => void): ReturnType<ManualClock['setTimer']> {
    this.rests += 1;
    this.#restedMs = this.#nowMs;
    queueMicrotask(callback);
    return super.setTimer(delayMs, () => {});
  }
}

test('a log is replayed in slices of some milliseconds, however large its batches are', async () => {
  const world = new LogWorld();
  const log = world.elect();
  const perBatch = 5000;
  for (let index = 0; index < 4; index++) {
    const records = Array.from({ length: perBatch }, (_, at) => ({
      key: `key-${index}-${at}`,
      value: 'value',
      timestamp: 1,
    }));
    log.append(encodeBatch(records), { acknowledged() {}, failed() {} });
  }
  log.commit();
  const clock = new BusyClock();
  const keys: string[] = [];
  const progress: number[] = [];
  await replayLog({
    log,
    clock,
    end: world.committedEnd,
    record: ({ key }) => keys.push(key?.toString() ?? ''),
    progress: (offset) => progress.push(offset),
    isOver: () => false,
  });
  assert.equal(keys.length, 4 * perBatch);
  assert.equal(keys.at(-1), `key-3-${perBatch - 1}`);
  assert.ok(clock.rests >= 10, `${clock.rests} rests`);
  assert.ok(clock.longestMs < 20, `${clock.longestMs} ms without a rest`);
  assert.equal(progress.at(-1), 4 * perBatch);
});

test('a replay that is over tells nothing more', async () => {
  const world = new LogWorld();
  const log = world.elect();
  const batch = encodeBatch([{ key: 'a', value: 'b', timestamp: 1 }]);
  log.append(batch, { acknowledged() {}, failed() {} });
  log.commit();
  let isOver = false;
  const replaying = replayLog({
    log,
    clock: new ManualClock(),
    end: world.committedEnd,
    record: () => assert.fail('a record was told'),
    progress: () => {},
    isOver: () => isOver,
  });
  isOver = true;
  await replaying;
});
