import assert from 'node:assert/strict';
import test from 'node:test';
import { toOffset } from '@millrace/core/ids';
import { WaitQueue } from '../../src/replication/waitQueue.ts';

function waiting(queue: WaitQueue, start: number, end: number, heard: string[]): void {
  queue.add({
    start: toOffset(start),
    end: toOffset(end),
    reached: () => heard.push(`${end} reached`),
    failed: (_error, kept) => heard.push(`${end} failed, ${kept} kept`),
  });
}

test('waiters are released in order, up to the offset reached', () => {
  const heard: string[] = [];
  const queue = new WaitQueue();
  for (const end of [3, 5, 9]) waiting(queue, end - 2, end, heard);
  queue.advance(toOffset(4));
  queue.advance(toOffset(8));
  assert.deepEqual(heard, ['3 reached', '5 reached']);
  assert.equal(queue.size, 1);
});

test('a cut tells who lost a part of his records from who lost all', () => {
  const heard: string[] = [];
  const queue = new WaitQueue();
  waiting(queue, 0, 4, heard);
  waiting(queue, 4, 8, heard);
  waiting(queue, 8, 9, heard);
  queue.failAbove(toOffset(6), new Error('disk full'));
  assert.deepEqual(heard, ['8 failed, a part kept', '9 failed, nothing kept']);
  queue.advance(toOffset(6));
  assert.deepEqual(heard.at(-1), '4 reached');
});

test('a long queue that drains keeps nothing', () => {
  const heard: string[] = [];
  const queue = new WaitQueue();
  for (let end = 1; end <= 5000; end++) waiting(queue, end - 1, end, heard);
  for (let end = 1; end <= 5000; end++) queue.advance(toOffset(end));
  assert.equal(heard.length, 5000);
  assert.equal(queue.size, 0);
});
