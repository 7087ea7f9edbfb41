import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readBatchHeader } from '@millrace/core/batchHeader';
import type { Engine } from '../../src/engine/engine.ts';
import type { FetchRequest } from '../../src/engine/fetching.ts';
import type { FetchedEntry, FetchSession } from '../../src/engine/fetchSession.ts';
import { EngineWorld } from './engineWorld.ts';

const world = new EngineWorld();
let engine: Engine;

before(async () => {
  engine = await world.boot();
});
after(() => world.remove());

async function topic(name: string, partitions: number): Promise<void> {
  const config = { batchBytesMax: '8KiB', segmentBytesMax: '16KiB' };
  const request = { name, partitions, replicationFactor: 1, config, validateOnly: false };
  await engine.admin.create(request);
}

function produce(topicName: string, partition: number, value: string): Promise<number> {
  const record = { key: null, value: Buffer.from(value), timestamp: 1000, headers: [] };
  const entry = { topicName, partition, records: [record], batches: Buffer.alloc(0) };
  return new Promise((resolve, reject) => {
    engine.producing.append(
      { acks: 'all', deadlineMs: 0, entries: [entry] },
      {
        result: ({ error, baseOffset }) =>
          error === undefined ? resolve(baseOffset) : reject(error),
        released: () => {},
      },
    );
  });
}

function open(topicName: string, request: Partial<FetchRequest> = {}): Promise<FetchSession> {
  const all = { topicName, partition: undefined, endOffset: undefined, lastLeaderEpoch: undefined };
  return engine.fetching.open({
    partitions: [{ ...all, start: { kind: 'earliest' } }],
    isolation: 'read-uncommitted',
    stopAtEnd: false,
    memory: 'shared',
    ...request,
  });
}

function readable(session: FetchSession): Promise<void> {
  return new Promise((resolve) => {
    if (session.readable) resolve();
    else session.onReadable = resolve;
  });
}

function offsetsOf(entries: readonly FetchedEntry[]): string[] {
  return entries.flatMap(({ partition, batches }) =>
    batches.map((batch) => `${partition}@${readBatchHeader(batch, 0).baseOffset}`),
  );
}

test('every partition first tells its position, then waits without being asked for', async () => {
  await topic('tail', 3);
  const session = await open('tail');
  const first = await session.next(1 << 20);
  assert.deepEqual(
    first.map(({ partition, nextOffset, batches }) => [partition, nextOffset, batches.length]),
    [
      [0, 0, 0],
      [1, 0, 0],
      [2, 0, 0],
    ],
  );
  assert.equal(session.readable, false);
  assert.deepEqual(await session.next(1 << 20), []);
  const woken = readable(session);
  await produce('tail', 1, 'x');
  await woken;
  assert.deepEqual(offsetsOf(await session.next(1 << 20)), ['1@0']);
  assert.equal(session.readable, false);
  session.close();
  await produce('tail', 1, 'nobody listens');
  assert.equal(session.readable, false);
});

test('a hot partition leaves room for the others, and memory is given back', async () => {
  await topic('hot', 2);
  const big = 'x'.repeat(6000);
  for (let count = 0; count < 20; count++) await produce('hot', 0, big);
  await produce('hot', 1, 'small');
  const session = await open('hot', { stopAtEnd: true });
  const seen: string[] = [];
  while (!session.finished) {
    seen.push(...offsetsOf(await session.next(7000)));
    session.taken();
  }
  assert.equal(seen.filter((place) => place.startsWith('0@')).length, 20);
  const turn = seen.indexOf('1@0');
  assert.ok(turn >= 0 && turn < 5, `partition 1 came as number ${turn}`);
});

test('reading ahead changes nothing but when it is read, and what nobody takes is given back', async () => {
  await topic('behind', 2);
  const big = 'x'.repeat(6000);
  for (let count = 0; count < 60; count++) await produce('behind', count % 2, big);
  const { memory } = engine.fetching;
  const idleBytes = memory.usedBytes;
  const seen: string[][] = [];
  for (const readsAhead of [false, true]) {
    const session = await open('behind', { stopAtEnd: true });
    session.readsAhead = readsAhead;
    const places: string[] = [];
    while (!session.finished) {
      assert.ok(session.readable);
      places.push(...offsetsOf(await session.next(7000)));
      session.taken();
    }
    session.close();
    seen.push(places);
    assert.equal(memory.usedBytes, idleBytes);
  }
  assert.equal(seen[0]?.length, 60);
  assert.deepEqual(seen[1], seen[0]);

  const left = await open('behind');
  left.readsAhead = true;
  await left.next(7000);
  await left.next(7000);
  left.close();
  await Promise.resolve(left.next(7000)).catch(() => {});
  assert.equal(memory.usedBytes, idleBytes);
});

test('an end offset, a partition that is dropped and a topic that is deleted end what they concern', async () => {
  await topic('ends', 2);
  for (const partition of [0, 1]) {
    for (let count = 0; count < 3; count++) await produce('ends', partition, `${count}`);
  }
  const bounded = await open('ends', { stopAtEnd: true });
  const entries = await bounded.next(1 << 20);
  assert.deepEqual(
    entries.filter(({ end }) => end).map(({ partition, nextOffset }) => [partition, nextOffset]),
    [
      [0, 3],
      [1, 3],
    ],
  );
  assert.ok(bounded.finished);

  const followed = await open('ends');
  await followed.next(1 << 20);
  const { topicId } = engine.topics.resolve({ topicName: 'ends' });
  followed.dropPartition(topicId, 0);
  await produce('ends', 0, 'unheard');
  const woken = readable(followed);
  await engine.admin.delete({ topicName: 'ends' });
  await woken;
  const last = await followed.next(1 << 20);
  assert.deepEqual(
    last.map(({ partition, error }) => [partition, error?.code]),
    [[1, 'UNKNOWN_TOPIC']],
  );
  assert.ok(followed.finished);
});
