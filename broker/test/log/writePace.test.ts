import assert from 'node:assert/strict';
import test from 'node:test';
import { WritePace } from '../../src/log/journal/writePace.ts';

class WriteTimes {
  #nowMs = 0;
  readonly pace = new WritePace({
    monotonicMs: () => this.#nowMs,
    wallMs: () => 0,
    setTimer: () => ({ cancel() {} }),
    soon() {},
    atTurnEnd() {},
  });

  /** Whether the next write goes through the pool, after writes that took so many milliseconds each. */
  after(...tookMs: readonly number[]): boolean {
    for (const ms of tookMs) {
      const startMs = this.pace.start();
      this.#nowMs += ms;
      this.pace.end(startMs);
    }
    return this.pace.isSlow;
  }
}

test('one slow write is a process that had to wait, two in a row are a kernel that throttles', () => {
  const times = new WriteTimes();
  assert.equal(times.after(30), false);
  assert.equal(times.after(6), true);
});

test('a slow write is forgotten after eight fast ones', () => {
  const times = new WriteTimes();
  assert.equal(times.after(30, 1, 1, 1, 1, 1, 1, 1, 1), false);
  assert.equal(times.after(30), false);
  assert.equal(times.after(1, 1, 30), true);
});

test('writes leave the pool once it is not throttled any more', () => {
  const times = new WriteTimes();
  assert.equal(times.after(30, 30, 30), true, 'throttled');
  assert.equal(times.after(15), true, 'waited for a thread');
  assert.equal(times.after(15), false);
});

test('however long it was throttled, it comes back as soon', () => {
  const times = new WriteTimes();
  times.after(...Array.from({ length: 100 }, () => 50));
  assert.equal(times.after(1), true);
  assert.equal(times.after(1), false);
});
