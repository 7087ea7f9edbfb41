import assert from 'node:assert/strict';
import test from 'node:test';
import { FetchMemory } from '../../src/engine/fetchMemory.ts';
import { ManualClock } from './manualClock.ts';

test('readers wait in order for room, and go on as it is released', () => {
  const clock = new ManualClock();
  const memory = new FetchMemory(100, clock);
  const heard: string[] = [];
  for (const name of ['a', 'b', 'c', 'd']) memory.take(60, () => heard.push(name));
  assert.deepEqual(heard, ['a', 'b'], 'the last one in may pass the limit');
  memory.release(60);
  clock.tick();
  assert.deepEqual(heard, ['a', 'b', 'c']);
  memory.release(60);
  clock.tick();
  assert.deepEqual(heard, ['a', 'b', 'c', 'd']);
});

test('a client that takes nothing is given up only while others wait, and only after 5 s', () => {
  const clock = new ManualClock();
  const memory = new FetchMemory(100, clock);
  const heard: string[] = [];
  const slow = {
    giveUp: () => {
      heard.push('given up');
      memory.release(100);
    },
  };
  memory.take(100, () => {});
  memory.stalls(slow);
  clock.pass(60_000);
  assert.equal(heard.length, 0, 'nobody is harmed by it');
  memory.take(10, () => heard.push('other'));
  clock.pass(1000);
  assert.deepEqual(heard, ['given up', 'other']);

  const reading = { giveUp: () => heard.push('wrongly') };
  memory.take(100, () => {});
  memory.take(100, () => {});
  for (let second = 0; second < 20; second++) {
    memory.stalls(reading);
    clock.pass(1000);
    memory.flows(reading);
  }
  assert.deepEqual(heard, ['given up', 'other'], 'a slow client is no dead one');
});

test('work holds its room while it runs, whether it succeeds or fails', async () => {
  const clock = new ManualClock();
  const memory = new FetchMemory(10, clock);
  await assert.rejects(
    memory.during(10, async () => {
      throw new Error('no');
    }),
    /no/,
  );
  assert.equal(await memory.during(10, async () => 'done'), 'done');
});
