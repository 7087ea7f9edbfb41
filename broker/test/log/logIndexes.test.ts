import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Storage } from '../../src/io/storage.ts';
import { batchOf, readAll } from './loneLog.ts';
import { simLog } from './simLog.ts';

const timestampMs = 1_750_000_000_000;

/** A sealed segment of 30 batches, one a second, and a growing one of 3. */
async function sealedLog() {
  const world = simLog({ config: { segmentBytesMax: 1 << 20 }, tailCacheBytes: 0 });
  const { lone, settle } = world;
  const batches: Buffer[] = [];
  for (let count = 0; count < 33; count++) {
    const batch = batchOf({ records: 1, valueBytes: 200, timestampMs: timestampMs + count * 1000 });
    if (count === 30) lone.log.roll();
    lone.append(batch);
    lone.commit();
    batches.push(batch);
  }
  lone.log.flushIndexes();
  await settle(lone.checkpoint());
  return { ...world, batches };
}

function patch(storage: Storage, path: string, change: (bytes: Buffer) => Buffer): void {
  const bytes = change(storage.readFile(path));
  const file = storage.open(path, 'create');
  file.truncate(0);
  file.writeNow([bytes], 0);
  file.close();
}

const damages: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  empty: () => Buffer.alloc(0),
  zeros: (bytes) => Buffer.alloc(bytes.length),
  short: (bytes) => bytes.subarray(0, bytes.length - 5),
  long: (bytes) => Buffer.concat([bytes, Buffer.alloc(24)]),
  'one bit': (bytes) => {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(7) ^ 4, 7);
    return changed;
  },
};

for (const [name, change] of Object.entries(damages)) {
  for (const suffix of ['index', 'timeindex']) {
    test(`a sealed .${suffix} with damage (${name}) gives no wrong answer and is rebuilt`, async () => {
      const { lone, settle, storage, batches } = await sealedLog();
      const path = `/log/00000000000000000000.${suffix}`;
      const intact = storage.readFile(path);
      patch(storage, path, change);
      await settle(lone.restart());
      for (let from = 0; from < 33; from += 4) {
        const expected = Buffer.concat(batches.slice(from));
        assert.deepEqual(await settle(readAll(lone.log, from)), expected);
        const target = timestampMs + from * 1000 - 500;
        const found = await settle(lone.log.offsetForTimestamp(target));
        assert.equal(found?.offset, from);
      }
      assert.deepEqual(storage.readFile(path), intact);
    });

    test(`a growing .${suffix} with damage (${name}) gives no wrong answer`, async () => {
      for (const boot of ['clean', 'crash']) {
        const { lone, settle, storage, batches } = await sealedLog();
        lone.log.flushIndexes();
        await settle(lone.checkpoint());
        const path = `/log/00000000000000000030.${suffix}`;
        if (storage.exists(path)) patch(storage, path, change);
        // A time index that was synced is trusted after a clean shutdown only.
        if (boot === 'clean' && suffix === 'index') await settle(lone.restart());
        else await settle(lone.crash());
        for (let from = 30; from < 33; from++) {
          const expected = Buffer.concat(batches.slice(from));
          assert.deepEqual(await settle(readAll(lone.log, from)), expected);
          const found = await settle(lone.log.offsetForTimestamp(timestampMs + from * 1000));
          assert.equal(found?.offset, from);
        }
      }
    });
  }
}

test('missing indexes are rebuilt', async () => {
  const { lone, settle, storage } = await sealedLog();
  storage.unlink('/log/00000000000000000000.index');
  storage.unlink('/log/00000000000000000000.timeindex');
  await settle(lone.restart());
  const found = await settle(lone.log.offsetForTimestamp(timestampMs + 7000));
  assert.equal(found?.offset, 7);
  assert.ok(storage.exists('/log/00000000000000000000.index'));
});

test('an index that cannot be written stops no append', async () => {
  let isOn = false;
  const world = simLog({ config: { indexIntervalBytes: 1 } }, ({ kind, path }) =>
    isOn && kind === 'write' && path.endsWith('index')
      ? { kind: 'error', code: 'ENOSPC' }
      : undefined,
  );
  const { lone, settle } = world;
  isOn = true;
  const batches: Buffer[] = [];
  for (let count = 0; count < 40; count++) {
    const batch = batchOf({ records: 1, valueBytes: 200, timestampMs: timestampMs + count });
    lone.append(batch);
    lone.commit();
    batches.push(batch);
  }
  lone.log.flushIndexes();
  await settle(lone.checkpoint());
  isOn = false;
  await settle(lone.restart());
  assert.deepEqual(await settle(readAll(lone.log, 11)), Buffer.concat(batches.slice(11)));
  const found = await settle(lone.log.offsetForTimestamp(timestampMs + 5));
  assert.equal(found?.offset, 5);
});

test('batches without a timestamp are found by no timestamp, and hold retention back like new ones', async () => {
  const { lone, settle } = simLog({ config: { retentionMs: 1000 } });
  lone.append(batchOf({ records: 1, valueBytes: 10, timestampMs: -1 }));
  lone.commit();
  lone.log.roll();
  lone.append(batchOf({ records: 1, valueBytes: 10, timestampMs: lone.clock.nowMs }));
  lone.commit();
  await settle(lone.checkpoint());
  assert.equal((await settle(lone.log.offsetForTimestamp(0)))?.offset, 1);
  assert.equal(await settle(lone.log.retention.expire()), false);
  lone.clock.nowMs += 2000;
  assert.equal(await settle(lone.log.retention.expire()), true);
});

test('a time index that misses entries is not trusted after a clean restart: nothing goes too early', async () => {
  let isOn = false;
  const world = simLog(
    { config: { indexIntervalBytes: 1, retentionMs: 10_000, segmentBytesMax: 1 << 20 } },
    ({ kind, path }) =>
      isOn && kind === 'write' && path.endsWith('.timeindex')
        ? { kind: 'error', code: 'ENOSPC' }
        : undefined,
  );
  const { lone, settle } = world;
  const append = (ageMs: number): void => {
    lone.append(batchOf({ records: 1, valueBytes: 9, timestampMs: lone.clock.nowMs - ageMs }));
    lone.commit();
  };
  append(90_000);
  lone.log.flushIndexes();
  await settle(lone.checkpoint());
  isOn = true;
  append(0);
  lone.log.flushIndexes();
  await settle(lone.checkpoint());
  isOn = false;
  await settle(lone.restart());
  lone.log.roll();
  append(0);
  await settle(lone.checkpoint());
  assert.equal(await settle(lone.log.retention.expire()), false);
  assert.equal((await settle(lone.log.offsetForTimestamp(lone.clock.nowMs)))?.offset, 1);
});
