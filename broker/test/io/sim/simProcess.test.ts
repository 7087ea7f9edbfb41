import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simMachine } from './simMachine.ts';

test('a paused process does nothing; then all that came due runs at once, in order', async () => {
  const { scheduler, process } = simMachine(1);
  const ran: string[] = [];
  process.after(10, 'first', () => ran.push('first'));
  process.after(20, 'second', () => ran.push('second'));
  const third = process.after(30, 'third', () => ran.push('third'));
  process.after(2000, 'late', () => ran.push(`late at ${scheduler.nowMs}`));
  process.pause();
  assert.ok(process.paused);
  await scheduler.runFor(1000);
  assert.deepEqual(ran, []);
  third.cancel();
  process.resume();
  await scheduler.runFor(0);
  assert.deepEqual(ran, ['first', 'second']);
  await scheduler.runFor(1000);
  assert.deepEqual(ran, ['first', 'second', 'late at 2000']);
});

test('a process that is killed while it is paused stays silent', async () => {
  const { scheduler, process } = simMachine(1);
  let ran = 0;
  process.after(1, 'never', () => ran++);
  process.pause();
  await scheduler.runFor(10);
  process.kill();
  process.resume();
  await scheduler.runFor(10);
  assert.equal(ran, 0);
});
