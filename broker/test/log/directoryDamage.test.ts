import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newClusterId } from '@millrace/core/ids';
import { silentLogger } from '../../src/io/logger.ts';
import { SeededRandom } from '../../src/io/seededRandom.ts';
import { LogDirectory } from '../../src/log/directory/logDirectory.ts';
import { formattedDisk } from '../io/sim/simMachine.ts';
import { booted, closed, directoryOf, logOf, pathOn, textOf } from './bootedDirectory.ts';
import { append, batchOf, DirectoryWorld, smallConfig, smallLogs } from './directoryWorld.ts';

test('a log short of its line is corrupt: it gets another copyId, and the others do not', async () => {
  const first = await booted(formattedDisk('/data'));
  const log = await first.createLog();
  const other = await first.createLog(smallLogs, 1);
  for (let index = 0; index < 5; index++) await first.appendDurably(log, `${index}`);
  await first.appendDurably(other, 'alpha');
  await first.run(directoryOf(first).checkpoint());
  const disk = first.losePower('none');
  const segment = pathOn(disk, '0/00000000000000000000.log');
  disk.file(segment, 'cut').truncate(100);
  const second = await booted(disk.afterPowerLoss('all', new SeededRandom(1)), 2);
  const { mintedCopies } = directoryOf(second).recovered;
  assert.deepEqual(
    mintedCopies.map(({ partition, before, reason }) => ({ partition, before, reason })),
    [{ partition: 0, before: log.copyId, reason: 'corruption' }],
  );
  assert.equal(logOf(second, 1).copyId, other.copyId);
  assert.notEqual(logOf(second).copyId, log.copyId);
  // Nothing of it is deleted or appended before a leader answers, and no line vouches for it (rule 12).
  assert.throws(() => append(logOf(second), batchOf('beta')), { code: 'PARTITION_OFFLINE' });
  const third = await booted(second.losePower('none'), 3);
  assert.deepEqual(
    third.directory?.recovered.mintedCopies.map(({ partition, reason }) => ({ partition, reason })),
    [{ partition: 0, reason: 'corruption' }],
  );
});

test('a hole in what the journal had synced costs every fsync copy its copyId', async () => {
  const first = await booted(formattedDisk('/data'));
  const log = await first.createLog();
  const other = await first.createLog(smallLogs, 1);
  await first.appendDurably(log, 'alpha');
  await first.appendDurably(log, 'beta');
  await first.appendDurably(other, 'gamma');
  const disk = first.losePower('none');
  // Frame 2 holds alpha, in the second group.
  disk.flipBit('/data/journal/0', 4096 + 60, 3);
  const second = await booted(disk, 2);
  const { mintedCopies } = directoryOf(second).recovered;
  assert.deepEqual(
    new Set(mintedCopies.map(({ before }) => before)),
    new Set([log.copyId, other.copyId]),
  );
  assert.ok(mintedCopies.every(({ reason }) => reason === 'corruption'));
});

test('without its journal or its checkpoint a directory is refused, or all copies are minted', async () => {
  const first = await booted(formattedDisk('/data'));
  const log = await first.createLog();
  await first.appendDurably(log, 'alpha');
  for (const lost of ['journal', 'checkpoint', 'damaged checkpoint']) {
    const disk = first.machine.disk.afterPowerLoss('all', new SeededRandom(1));
    if (lost === 'journal') {
      for (const path of disk.snapshot().keys()) {
        if (path.startsWith('/data/journal/')) disk.unlink(path);
      }
    } else if (lost === 'checkpoint') disk.unlink('/data/checkpoints');
    else disk.flipBit('/data/checkpoints', 50, 0);
    await assert.rejects(
      new DirectoryWorld(2, disk.copy()).open(),
      { code: 'STORAGE_FAILED' },
      lost,
    );
    const second = new DirectoryWorld(3, disk.copy());
    await second.open({ lostJournal: 'discard' });
    const { mintedCopies } = directoryOf(second).recovered;
    assert.deepEqual(
      mintedCopies.map(({ before, reason }) => [before, reason]),
      [[log.copyId, 'journal-lost']],
      lost,
    );
    assert.match(await textOf(second, logOf(second)), /alpha/);
    await second.appendDurably(logOf(second), 'beta');
  }
});

test('the directory of another broker, another cluster or a newer format is refused', async () => {
  const first = await booted(formattedDisk('/data'));
  const disk = await closed(first);
  const open = (change: object, on = disk.copy()): Promise<unknown> => {
    const world = new DirectoryWorld(2, on);
    const { clock, storage, random } = world.machine;
    const work = LogDirectory.open({
      storage,
      clock,
      random,
      dataDirectory: '/data',
      brokerId: 0,
      config: smallConfig,
      logger: silentLogger,
      ...change,
    });
    return world.run(work);
  };
  await assert.rejects(open({ brokerId: 1 }), { code: 'CONFLICT' });
  const clusterId = newClusterId(new SeededRandom(4).bytes(16));
  await assert.rejects(open({ clusterId }), { code: 'CONFLICT' });
  await open({ clusterId: directoryOf(first).clusterId });
  const meta = JSON.stringify({ formatVersion: 2, clusterId, brokerId: 0 });
  const rewritten = new DirectoryWorld(5, disk.copy());
  await rewritten.run(rewritten.machine.storage.replaceFile('/data/meta.json', Buffer.from(meta)));
  await assert.rejects(open({}, rewritten.losePower('none')), { code: 'UNSUPPORTED_VERSION' });
});
