import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Offset } from '@millrace/core/ids';
import { SeededRandom } from '../../src/io/seededRandom.ts';
import type { SimFaultPlan, SimOperationKind } from '../../src/io/sim/simFaults.ts';
import { CheckpointNotWritten } from '../../src/log/journal/checkpointer.ts';
import { batchOf, headersOf, readAll } from './loneLog.ts';
import { simLog } from './simLog.ts';

const timestampMs = 1_750_000_000_000;
const batch = (records = 1, valueBytes = 100): Buffer =>
  batchOf({ records, valueBytes, timestampMs });
const offset = (value: number): Offset => value as Offset;

/** Fails operations of a kind while `isOn`. */
function failing(kind: SimOperationKind, path: RegExp, code: string) {
  const state = { isOn: false };
  const plan: SimFaultPlan = (operation) =>
    state.isOn && operation.kind === kind && path.test(operation.path)
      ? { kind: 'error', code }
      : undefined;
  return { state, plan };
}

test('an append gets the next offsets and the epoch, and asks for one flush', () => {
  const { lone } = simLog();
  const first = batch(3);
  const second = batch(2);
  assert.deepEqual(lone.append(first, 4), { baseOffset: 0, endOffset: 3 });
  assert.deepEqual(lone.append(second, 4), { baseOffset: 3, endOffset: 5 });
  assert.equal(lone.flushesAsked, 1);
  assert.equal(lone.log.logEndOffset, 5);
  assert.equal(lone.log.writtenEndOffset, 0);
  assert.equal(lone.log.lastEpoch, 4);
  const [header] = headersOf(second);
  assert.equal(header?.baseOffset, 3);
  assert.equal(header?.leaderEpoch, 4);
});

test('ends are announced once, written before durable', async () => {
  const { lone } = simLog();
  lone.append(batch(3));
  const durable = lone.log.whenDurable(offset(3));
  lone.commit();
  await durable;
  lone.log.announceDurable();
  assert.deepEqual(lone.heard, ['written 3', 'durable 3']);
});

test('a follower keeps the offsets that it is given, gaps included', async () => {
  const { lone, settle } = simLog();
  const leader = simLog().lone;
  const first = batch(2);
  const second = batch(2);
  leader.append(first, 1);
  leader.append(second, 2);
  assert.equal(lone.log.appendAsFollower(second, headersOf(second)), 4);
  lone.commit();
  assert.deepEqual(lone.log.endOfEpoch(2), { epoch: 2, endOffset: 4 });
  assert.deepEqual(await settle(readAll(lone.log, 0)), second);
});

test('a write that fails is cut back, told as not applied, and the next append takes its offsets', async () => {
  for (const code of ['EIO', 'ENOSPC']) {
    const { state, plan } = failing('write', /\.log$/, code);
    const { lone, settle } = simLog({}, plan);
    const kept = batch(2);
    lone.append(kept, 1);
    lone.commit();
    lone.append(batch(3), 2);
    const lost = assert.rejects(lone.log.whenDurable(offset(5)), {
      code: 'STORAGE_FAILED',
      outcome: 'not-applied',
    });
    state.isOn = true;
    assert.deepEqual(lone.log.flush(), []);
    state.isOn = false;
    await lost;
    assert.equal(lone.heard.at(-1), 'cut 2');
    assert.equal(lone.log.logEndOffset, 2);
    assert.equal(lone.log.lastEpoch, 1);
    const next = batch(1);
    assert.deepEqual(lone.append(next, 3), { baseOffset: 2, endOffset: 3 });
    lone.commit();
    assert.deepEqual(await settle(readAll(lone.log, 0)), Buffer.concat([kept, next]));
    await settle(lone.crash());
    assert.deepEqual(await settle(readAll(lone.log, 0)), Buffer.concat([kept, next]));
  }
});

test('a first write of a new segment that fails leaves no file behind', async () => {
  const { state, plan } = failing('write', /\.log$/, 'ENOSPC');
  const { lone, storage, settle } = simLog({}, plan);
  lone.append(batch(), 1);
  lone.commit();
  lone.log.roll();
  lone.append(batch(), 1);
  state.isOn = true;
  lone.log.flush();
  state.isOn = false;
  assert.equal(storage.exists('/log/00000000000000000001.log'), false);
  await settle(lone.checkpoint());
  await settle(lone.restart());
  assert.equal(lone.log.logEndOffset, 1);
});

test('appends queued during a slow write that fails are lost with it', async () => {
  const { state, plan } = failing('write', /\.log$/, 'EIO');
  const { lone, settle } = simLog({}, plan);
  lone.append(batch(), 1);
  state.isOn = true;
  const flushed = lone.log.flushSlow();
  lone.append(batch(), 1);
  assert.deepEqual(await settle(flushed), []);
  assert.equal(lone.log.logEndOffset, 0);
  assert.equal(lone.log.queuedBytes, 0);
  assert.deepEqual(lone.heard, ['cut 0']);
});

test('a log whose failed write cannot be cut back fails for good', async () => {
  let isOn = false;
  const { lone } = simLog({}, ({ kind, path }) =>
    isOn && path.endsWith('.log') && (kind === 'write' || kind === 'truncate')
      ? { kind: 'error', code: 'EIO' }
      : undefined,
  );
  lone.append(batch());
  lone.commit();
  isOn = true;
  lone.append(batch());
  const waiting = assert.rejects(lone.log.whenDurable(offset(2)));
  lone.log.flush();
  isOn = false;
  await waiting;
  assert.ok(lone.heard.includes('failed'));
  assert.throws(() => lone.append(batch()), { code: 'STORAGE_FAILED' });
  lone.log.markDurable(lone.log.writtenEndOffset);
  assert.equal(lone.log.durableEndOffset, 1);
});

test('a truncation is announced before the segment is cut, and nothing is appended meanwhile', async () => {
  const { lone, settle, storage } = simLog();
  for (let count = 0; count < 3; count++) lone.append(batch(2), count);
  lone.commit();
  const sizeBefore = storage.fileSize('/log/00000000000000000000.log');
  const announced = Promise.withResolvers<void>();
  let sizeWhenAnnounced = 0;
  lone.journalTruncation = async (_log, to) => {
    assert.equal(to.offset, 2);
    sizeWhenAnnounced = storage.fileSize('/log/00000000000000000000.log');
    await announced.promise;
  };
  const cut = lone.log.truncateTo(offset(3));
  assert.throws(() => lone.append(batch(), 3), { code: 'UNAVAILABLE' });
  announced.resolve();
  await settle(cut);
  assert.equal(sizeWhenAnnounced, sizeBefore);
  assert.equal(lone.log.logEndOffset, 2);
  assert.equal(lone.log.durableEndOffset, 2);
  assert.equal(lone.log.lastEpoch, 0);
  assert.deepEqual(lone.append(batch(), 3), { baseOffset: 2, endOffset: 3 });
});

test('a cursor that a truncation has passed is out of range, others go on', async () => {
  for (const tailCacheBytes of [0, 1 << 20]) {
    const { lone, settle } = simLog({ tailCacheBytes });
    const first = batch(2);
    lone.append(first);
    lone.append(batch(2));
    lone.commit();
    const limits = { bytesMax: 1, before: offset(9) };
    const behind = lone.log.openCursor(offset(0));
    const ahead = lone.log.openCursor(offset(0));
    const read = async (): Promise<unknown> => ahead.next(limits);
    await settle(read());
    await settle(read());
    assert.equal(ahead.nextOffset, 4);
    await settle(lone.log.truncateTo(offset(2)));
    const next = batch(3);
    lone.append(next);
    lone.commit();
    await assert.rejects(settle(read()), { code: 'OFFSET_OUT_OF_RANGE' });
    const slices = [];
    for (let count = 0; count < 2; count++) {
      slices.push((await settle((async () => behind.next(limits))())).buffers);
    }
    assert.deepEqual(Buffer.concat(slices.flat()), Buffer.concat([first, next]));
  }
});

test('a closed log refuses readers, appends and waiters, and syncs nothing any more', async () => {
  const { lone, settle } = simLog();
  lone.append(batch());
  lone.commit();
  const cursor = lone.log.openCursor(offset(0));
  lone.append(batch());
  const waiting = assert.rejects(lone.log.whenDurable(offset(2)), /deleted/);
  lone.log.close(new Error('deleted'));
  await waiting;
  assert.throws(() => cursor.next({ bytesMax: 10, before: offset(2) }), {
    code: 'PARTITION_OFFLINE',
  });
  assert.throws(() => lone.append(batch()), /deleted/);
  await settle(lone.log.syncDirty());
});

test('an old segment is rolled by the clock at the next write', () => {
  const { lone, storage } = simLog({ config: { segmentMsMax: 1000 } });
  lone.append(batch());
  lone.commit();
  lone.clock.nowMs += 1001;
  lone.append(batch());
  lone.commit();
  assert.ok(storage.exists('/log/00000000000000000001.log'));
});

test('the checkpoint line stands at the durable end, not at the written one', () => {
  const { lone } = simLog();
  lone.append(batch(2));
  lone.commit();
  const before = lone.log.checkpointLine();
  lone.append(batch(2));
  lone.log.flush();
  assert.deepEqual(lone.log.checkpointLine(), before);
  assert.equal(before.end, 2);
  lone.counted();
  assert.equal(lone.log.checkpointLine().end, 4);
});

test('a checkpoint without space for the epochs can be tried again', async () => {
  const { state, plan } = failing('write', /epochs/, 'ENOSPC');
  const { lone, settle } = simLog({}, plan);
  lone.append(batch(), 5);
  lone.commit();
  state.isOn = true;
  await assert.rejects(
    settle(lone.log.syncDirty()),
    (error) => error instanceof CheckpointNotWritten && error.passes,
  );
  assert.ok(lone.log.isDirty);
  state.isOn = false;
  await settle(lone.checkpoint());
  assert.equal(lone.log.isDirty, false);
  await settle(lone.crash());
  assert.equal(lone.log.lastEpoch, 5);
});

test('a log that is closed while it is truncated leaves the files to whoever has them now', async () => {
  const { lone, settle, storage } = simLog();
  lone.append(batch(2));
  lone.append(batch(2));
  lone.commit();
  const announced = Promise.withResolvers<void>();
  lone.journalTruncation = () => announced.promise;
  const truncated = lone.log.truncateTo(offset(0));
  lone.log.close(new Error('deleted'));
  const size = storage.fileSize('/log/00000000000000000000.log');
  announced.resolve();
  await assert.rejects(settle(truncated));
  assert.equal(storage.fileSize('/log/00000000000000000000.log'), size);
});

test('a failed write of an async log never comes back under what follows it', async () => {
  for (const target of ['growing', 'new']) {
    for (let seed = 0; seed < 60; seed++) {
      const { state, plan } = failing('write', /\.log$/, 'EIO');
      const { lone, settle, disk } = simLog({ config: { durability: 'async' } }, plan);
      lone.append(batch(2), 1);
      lone.commit();
      if (target === 'new') lone.log.roll();
      await settle(lone.checkpoint());
      // Whole batches of it may have been written.
      for (let count = 0; count < 8; count++) lone.append(batch(1, 400), 2);
      state.isOn = true;
      lone.log.flush();
      state.isOn = false;
      const kept = batch(2, 5000);
      lone.append(kept, 3);
      lone.commit();
      const after = simLog(
        { config: { durability: 'async' } },
        undefined,
        disk.afterPowerLoss('random', new SeededRandom(seed)),
      );
      after.lone.line = lone.line;
      await after.settle(after.lone.crash('keep-valid'));
      const read = await after.settle(readAll(after.lone.log, 2));
      assert.ok(read.length === 0 || read.equals(kept), `${target} ${seed}`);
    }
  }
});

test('the line of a failed log follows what the journal still makes durable, which nobody hears of', () => {
  const { lone } = simLog();
  lone.append(batch(2));
  lone.log.flush();
  lone.log.fail(new Error('broken'));
  lone.counted();
  assert.equal(lone.log.checkpointLine().end, 2);
  assert.deepEqual(lone.heard, ['failed', 'written 2']);
});
