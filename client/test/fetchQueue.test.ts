import assert from 'node:assert/strict';
import test from 'node:test';
import { FetchQueue } from '../src/fetchQueue.ts';

function makeQueue(bytesMax: number) {
  const events: string[] = [];
  const queue = new FetchQueue<{ bytes: number; id: number }>({
    bytesMax,
    onFull: () => events.push('full'),
    onRoom: () => events.push('room'),
  });
  return { queue, events };
}

test('reading stops when the queue is full and goes on when half of it is gone', async () => {
  const { queue, events } = makeQueue(100);
  for (let id = 0; id < 4; id++) queue.push({ bytes: 30, id });
  assert.deepEqual(events, ['full']);
  await queue.take();
  await queue.take();
  assert.deepEqual(events, ['full']);
  await queue.take();
  assert.deepEqual(events, ['full', 'room']);
  assert.equal((await queue.take())?.id, 3);
  assert.equal(queue.bytes, 0);
});

test('what is queued is taken before the end, and before an error', async () => {
  for (const error of [undefined, new Error('broken')]) {
    const { queue } = makeQueue(100);
    queue.push({ bytes: 1, id: 1 });
    queue.finish(error);
    queue.push({ bytes: 1, id: 2 });
    assert.equal((await queue.take())?.id, 1);
    if (error === undefined) assert.equal(await queue.take(), undefined);
    else await assert.rejects(queue.take(), /broken/);
  }
});

test('a taker that waits gets the next item, or the end', async () => {
  const { queue, events } = makeQueue(10);
  const taken = queue.take();
  queue.push({ bytes: 100, id: 7 });
  assert.equal((await taken)?.id, 7);
  assert.deepEqual(events, [], 'it never lay in the queue');
  const end = queue.take();
  queue.finish(undefined);
  assert.equal(await end, undefined);
});
