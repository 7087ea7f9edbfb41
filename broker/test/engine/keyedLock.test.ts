import assert from 'node:assert/strict';
import test from 'node:test';
import { KeyedLock } from '../../src/engine/keyedLock.ts';

test('tasks of one key run one after the other, in order, even past a failure', async () => {
  const lock = new KeyedLock();
  const heard: string[] = [];
  let release = (): void => {};
  const first = lock.run('a', async () => {
    heard.push('first begins');
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    heard.push('first fails');
    throw new Error('no');
  });
  const second = lock.run('a', async () => heard.push('second'));
  await lock.run('b', async () => heard.push('another key'));
  assert.deepEqual(heard, ['first begins', 'another key']);
  release();
  await assert.rejects(first, /no/);
  await second;
  assert.deepEqual(heard.slice(2), ['first fails', 'second']);
});
