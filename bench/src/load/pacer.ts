/**
 * Calls back at intended send times that are finer than a timer's millisecond. A worker sleeps on a futex and posts a
 * message when the next record is due [setTimeout(1) fires every 1.1 ms or later: half a millisecond of latency that no
 * broker caused; a busy loop would take a core from the broker].
 */
import { Worker } from 'node:worker_threads';

const source = `
const { parentPort, workerData } = require('node:worker_threads');
const cell = new Int32Array(new SharedArrayBuffer(4));
const { from, intervalMs, count } = workerData;
const now = () => performance.timeOrigin + performance.now();
for (let due = 0; due < count; ) {
  const left = from + due * intervalMs - now();
  if (left > 0) Atomics.wait(cell, 0, 0, left);
  const reached = Math.min(count, Math.floor((now() - from) / intervalMs) + 1);
  if (reached > due) { due = reached; parentPort.postMessage(due); }
}
`;

/**
 * Calls `send(index, dueMs)` for 0..count-1, `dueMs` on the clock of `performance.now()`. Late calls come in a burst,
 * each with its own intended time.
 */
export function pace(
  count: number,
  intervalMs: number,
  send: (index: number, dueMs: number) => void,
): Promise<void> {
  const firstDueMs = performance.now() + 20;
  const worker = new Worker(source, {
    eval: true,
    workerData: { from: performance.timeOrigin + firstDueMs, intervalMs, count },
  });
  return new Promise((resolve, reject) => {
    let next = 0;
    worker.on('message', (reached: number) => {
      for (; next < reached; next++) send(next, firstDueMs + next * intervalMs);
      if (next === count) resolve();
    });
    worker.on('error', reject);
  });
}
