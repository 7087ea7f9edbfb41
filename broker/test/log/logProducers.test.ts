import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBatch } from '@millrace/core/batchWriter';
import type { Offset } from '@millrace/core/ids';
import { simLog } from './simLog.ts';

/** Records of about a segment each, so that every batch has a snapshot due. */
function batch(producerId: number, baseSequence: number, valueBytes = 3000): Buffer {
  const value = Buffer.alloc(valueBytes, baseSequence);
  const records = [{ key: null, value, timestamp: 1_750_000_000_000 }];
  return encodeBatch(records, { producerId, producerEpoch: 0, baseSequence });
}

const next = (producerId: number, baseSequence: number) => ({
  producerId,
  producerEpoch: 0,
  baseSequence,
  lastOffsetDelta: 0,
});

function remembered({ lone }: ReturnType<typeof simLog>): unknown {
  return lone.log.producers
    .remembered()
    .map(({ producerId, batches }) => [producerId, batches.map(({ baseOffset }) => baseOffset)]);
}

function snapshots({ storage }: ReturnType<typeof simLog>): string[] {
  const names = storage.list('/log').map(({ name }) => name);
  return names.filter((name) => name.endsWith('.producers')).sort();
}

async function eightBatches() {
  const world = simLog();
  for (let index = 0; index < 8; index++) {
    world.lone.append(batch(index % 2, index));
    world.lone.commit();
    await world.settle(world.lone.checkpoint());
  }
  return world;
}

test('appends of a leader and of a follower are known at once, before they are written', async () => {
  const world = simLog();
  const { log } = world.lone;
  world.lone.append(batch(1, 0));
  assert.equal(log.producers.check(next(1, 0))?.baseOffset, 0);
  assert.equal(log.producers.check(next(1, 1)), undefined);
  world.lone.commit();
  assert.deepEqual(remembered(world), [[1, [0]]]);
});

test('a crash at any time remembers what the batches say, and so does a clean restart', async () => {
  const world = await eightBatches();
  const { lone, settle } = world;
  assert.ok(snapshots(world).length > 0, 'there are snapshots');
  const before = remembered(world);
  await settle(lone.crash());
  assert.deepEqual(remembered(world), before);
  lone.append(batch(5, 0));
  lone.commit();
  const after = remembered(world);
  await settle(lone.crash());
  assert.deepEqual(remembered(world), after);
  await settle(lone.restart());
  assert.deepEqual(remembered(world), after);
});

test('a truncation brings back what was remembered before, and no snapshot past it stays', async () => {
  const world = await eightBatches();
  const { lone, settle } = world;
  await settle(lone.log.truncateTo(3 as Offset));
  assert.deepEqual(remembered(world), [
    [1, [1]],
    [0, [0, 2]],
  ]);
  assert.ok(snapshots(world).every((name) => Number(name.slice(0, 20)) < 3));
  // Other batches at the offsets of those that were cut.
  for (let index = 3; index < 8; index++) {
    lone.append(batch(9, index));
    lone.commit();
  }
  const before = remembered(world);
  await settle(lone.crash());
  assert.deepEqual(remembered(world), before);
});

test('a log that fails while it reads what a cut left leaves no snapshot of what was there before', async () => {
  let isCut = false;
  const world = simLog({}, ({ kind, path }) => {
    if (!path.endsWith('.log')) return undefined;
    if (kind === 'truncate') isCut = true;
    return isCut && kind === 'read' ? { kind: 'error', code: 'EIO' } : undefined;
  });
  const { lone, settle } = world;
  for (let index = 0; index < 8; index++) {
    lone.append(batch(1, index, 100));
    lone.commit();
  }
  await settle(lone.checkpoint());
  // Of the eight batches the last five are known; what comes before them again is in the file alone.
  const cut = lone.log.truncateTo(3 as Offset).then(
    () => 'done',
    () => 'failed',
  );
  assert.equal(await settle(cut), 'failed');
  isCut = false;
  await settle(lone.restart());
  assert.deepEqual(remembered(world), [[1, [0, 1, 2]]]);
});

test('damaged and lost snapshots are made again from the batches', async () => {
  const world = await eightBatches();
  const { lone, settle, storage } = world;
  const before = remembered(world);
  for (const name of snapshots(world)) {
    const file = storage.open(`/log/${name}`, 'readwrite');
    file.writeNow([Buffer.from([0xff])], 12);
    file.close();
  }
  await settle(lone.crash());
  assert.deepEqual(remembered(world), before);
  for (const name of snapshots(world)) storage.unlink(`/log/${name}`);
  await settle(lone.crash());
  assert.deepEqual(remembered(world), before);
});

test('a snapshot past the line is dropped, whatever it says', async () => {
  const world = await eightBatches();
  const { lone, settle, storage } = world;
  const newest = snapshots(world).at(-1) ?? '';
  const later = storage.readFile(`/log/${newest}`);
  await settle(lone.log.truncateTo(7 as Offset));
  await settle(lone.checkpoint());
  // As a power loss may bring it back that came before the removal was synced.
  const file = storage.open(`/log/${newest}`, 'create');
  file.writeNow([later], 0);
  file.close();
  lone.append(batch(9, 0));
  lone.append(batch(9, 1));
  lone.commit();
  const before = remembered(world);
  await settle(lone.crash());
  assert.deepEqual(remembered(world), before);
});

test('a write that fails is forgotten with its batches', async () => {
  let isFull = false;
  const world = simLog({}, ({ kind, path }) =>
    isFull && kind === 'write' && path.endsWith('.log')
      ? { kind: 'error', code: 'ENOSPC' }
      : undefined,
  );
  const { lone } = world;
  for (let index = 0; index < 6; index++) lone.append(batch(1, index, 10));
  lone.commit();
  isFull = true;
  for (let index = 6; index < 12; index++) lone.append(batch(1, index, 10));
  lone.append(batch(2, 0, 10));
  lone.log.flush();
  assert.equal(lone.log.logEndOffset, 6);
  assert.deepEqual(remembered(world), [[1, [1, 2, 3, 4, 5]]]);
});

test('retention takes batches, and what is remembered of them stays over a restart', async () => {
  const world = simLog({ config: { retentionBytes: 8000 } });
  const { lone, settle } = world;
  lone.append(batch(3, 0));
  for (let index = 0; index < 8; index++) {
    lone.append(batch(4, index));
    lone.commit();
    await settle(lone.checkpoint());
  }
  assert.ok(await settle(lone.log.retention.expire()));
  await settle(lone.checkpoint());
  lone.log.retention.removeExpired();
  await settle(lone.restart());
  assert.equal(lone.log.producers.check(next(3, 0))?.baseOffset, 0);
});
