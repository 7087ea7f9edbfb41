import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogCorruptError } from '../../src/log/logCorruptError.ts';
import { batchOf, readAll } from './loneLog.ts';
import { simLog } from './simLog.ts';

const timestampMs = 1_750_000_000_000;

/** Three segments, the last one growing, all below the line. */
async function threeSegments() {
  const world = simLog();
  const { lone, settle } = world;
  const batches: Buffer[] = [];
  for (let count = 0; count < 9; count++) {
    const batch = batchOf({ records: 2, valueBytes: 300, timestampMs: timestampMs + count });
    lone.append(batch, Math.floor(count / 2));
    lone.commit();
    if (count % 3 === 2 && count < 8) lone.log.roll();
    batches.push(batch);
  }
  lone.log.flushIndexes();
  await settle(lone.checkpoint());
  return { ...world, bytes: Buffer.concat(batches) };
}

const lastSegment = '/log/00000000000000000012.log';

function cutFile(
  storage: Awaited<ReturnType<typeof threeSegments>>['storage'],
  path: string,
): void {
  const file = storage.open(path, 'readwrite');
  file.truncate(file.size() - 1);
  file.close();
}

test('what passes the line is cut, whatever it holds', async () => {
  const { lone, settle, storage, bytes } = await threeSegments();
  lone.append(batchOf({ records: 1, valueBytes: 10, timestampMs }), 9);
  lone.log.flush();
  lone.log.roll();
  lone.append(batchOf({ records: 1, valueBytes: 10, timestampMs }), 9);
  lone.log.flush();
  await settle(lone.crash());
  assert.equal(lone.log.logEndOffset, 18);
  assert.equal(lone.log.lastEpoch, 4);
  assert.ok(lone.log.bytesCutAtOpen > 0);
  assert.deepEqual(await settle(readAll(lone.log, 0)), bytes);
  assert.deepEqual(
    storage.list('/log').filter(({ name }) => /^0{18}19/.test(name)),
    [],
  );
});

test('a log short of its line is corrupt, and nothing of it is touched', async () => {
  const damages: ((world: Awaited<ReturnType<typeof threeSegments>>) => void)[] = [
    ({ storage }) => cutFile(storage, lastSegment),
    ({ storage }) => storage.unlink(lastSegment),
    ({ storage }) => storage.unlink('/log/00000000000000000000.log'),
    ({ storage }) => {
      const file = storage.open('/log/00000000000000000006.log', 'readwrite');
      file.truncate(0);
      file.close();
    },
  ];
  for (const damage of damages) {
    const world = await threeSegments();
    damage(world);
    const before = world.storage.list('/log').map(({ name }) => name);
    await assert.rejects(world.settle(world.lone.crash()), LogCorruptError);
    assert.deepEqual(
      world.storage.list('/log').map(({ name }) => name),
      before,
    );
  }
});

test('a damaged log can be looked at: its good part is readable, it takes nothing, nothing changes', async () => {
  const { lone, settle, storage, bytes } = await threeSegments();
  const file = storage.open('/log/00000000000000000006.log', 'readwrite');
  file.writeNow([Buffer.from([1, 2, 3])], 100);
  file.close();
  lone.line = undefined;
  const before = storage.list('/log').map(({ name }) => [name, storage.fileSize(`/log/${name}`)]);
  await settle(lone.crash('look'));
  assert.equal(lone.log.logEndOffset, 6);
  const read = await settle(readAll(lone.log, 0));
  assert.ok(read.length > 0);
  assert.deepEqual(read, bytes.subarray(0, read.length));
  assert.throws(() => lone.append(batchOf({ records: 1, valueBytes: 1, timestampMs })), {
    code: 'PARTITION_OFFLINE',
  });
  const after = storage.list('/log').map(({ name }) => [name, storage.fileSize(`/log/${name}`)]);
  assert.deepEqual(after, before);
});

test('an async log keeps what validates past its line, up to the first bad byte', async () => {
  const { lone, settle, storage, bytes } = await threeSegments();
  const kept = batchOf({ records: 1, valueBytes: 50, timestampMs });
  const torn = batchOf({ records: 1, valueBytes: 50, timestampMs });
  lone.append(kept, 5);
  lone.append(torn, 5);
  lone.log.flush();
  const file = storage.open(lastSegment, 'readwrite');
  file.writeNow([Buffer.from([0xff])], file.size() - 20);
  file.close();
  await settle(lone.crash('keep-valid'));
  assert.equal(lone.log.logEndOffset, 19);
  assert.equal(lone.log.lastEpoch, 5);
  assert.deepEqual(await settle(readAll(lone.log, 0)), Buffer.concat([bytes, kept]));
  assert.equal(storage.fileSize(lastSegment), lone.log.checkpointLine().position);
});

test('epochs are read from the batches when their file is lost or damaged', async () => {
  for (const damage of ['lost', 'damaged']) {
    const { lone, settle, storage } = await threeSegments();
    if (damage === 'lost') storage.unlink('/log/epochs');
    else {
      const file = storage.open('/log/epochs', 'readwrite');
      file.writeNow([Buffer.from('9')], 20);
      file.close();
    }
    const expected = [0, 1, 2, 3, 4].map((epoch) => lone.log.endOfEpoch(epoch));
    await settle(lone.restart());
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((epoch) => lone.log.endOfEpoch(epoch)),
      expected,
    );
  }
});

test('a frame that does not continue the log is corruption', async () => {
  const { lone, settle } = await threeSegments();
  await settle(lone.crash());
  const { position } = lone.log.checkpointLine();
  const batches = batchOf({ records: 1, valueBytes: 5, timestampMs });
  const frame =
    (baseOffset: number, at: number, bytes = batches) =>
    () =>
      lone.log.replay.rewrite({ baseOffset: baseOffset as never, position: at, batches: bytes });
  batches.writeInt32BE(9, 12);
  batches.writeBigInt64BE(18n, 0);
  assert.throws(frame(17, position), LogCorruptError);
  assert.throws(frame(18, position + 1), LogCorruptError);
  assert.throws(frame(19, position), LogCorruptError);
  assert.throws(frame(18, position, batches.subarray(0, batches.length - 1)), LogCorruptError);
  assert.throws(frame(18, position, Buffer.alloc(100)), LogCorruptError);
  frame(18, position)();
  assert.equal(lone.log.durableEndOffset, 19);
});
