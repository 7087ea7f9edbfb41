import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newClusterId } from '@millrace/core/ids';
import { silentLogger } from '../../src/io/logger.ts';
import { SeededRandom } from '../../src/io/seededRandom.ts';
import type { SimDisk } from '../../src/io/sim/simDisk.ts';
import type { SimFaultPlan } from '../../src/io/sim/simFaults.ts';
import { decodeCheckpoint } from '../../src/log/checkpointFile.ts';
import type { LogConfig } from '../../src/log/logConfig.ts';
import { LogDirectory } from '../../src/log/logDirectory.ts';
import type { PartitionLog } from '../../src/log/partitionLog.ts';
import { formattedDisk } from '../io/sim/simMachine.ts';
import {
  append,
  batchOf,
  contentOf,
  DirectoryWorld,
  smallConfig,
  smallLogs,
  topicId,
} from './directoryWorld.ts';

const asyncLogs: LogConfig = { ...smallLogs, durability: 'async' };

/** A world that has booted. */
async function booted(disk: SimDisk, seed = 1, plan?: SimFaultPlan): Promise<DirectoryWorld> {
  const world = new DirectoryWorld(seed, disk, plan);
  assert.ok((await world.open()) !== undefined);
  return world;
}

async function closed(world: DirectoryWorld): Promise<SimDisk> {
  await world.run(world.directory!.close());
  return world.losePower('none');
}

function logOf(world: DirectoryWorld, partition = 0): PartitionLog {
  const log = world.directory?.get(topicId, partition);
  assert.ok(log !== undefined);
  return log;
}

async function textOf(world: DirectoryWorld, log: PartitionLog): Promise<string> {
  return (await world.run(contentOf(log)))!.toString('latin1');
}

/** A file below /data whose path ends so. */
function pathOn(disk: SimDisk, ending: string): string {
  const path = Array.from(disk.snapshot().keys()).find((name) => name.endsWith(ending));
  assert.ok(path !== undefined, ending);
  return path;
}

test('after a clean stop the next boot reads no journal', async () => {
  const first = await booted(formattedDisk('/data'));
  const log = await first.createLog();
  await first.appendDurably(log, 'alpha');
  const reads: string[] = [];
  const second = await booted(await closed(first), 2, ({ kind, path }) => {
    if (kind === 'read') reads.push(path);
    return undefined;
  });
  assert.equal(second.directory?.recovered.wasClean, true);
  assert.equal(second.directory?.clusterId, first.directory?.clusterId);
  assert.notEqual(second.directory?.bootId, first.directory?.bootId);
  assert.deepEqual(
    reads.filter((path) => path.startsWith('/data/journal')),
    [],
  );
  assert.equal(logOf(second).copyId, log.copyId);
  assert.match(await textOf(second, logOf(second)), /alpha/);
});

test('what was acknowledged is rewritten from the journal after a power loss', async () => {
  const first = await booted(formattedDisk('/data'));
  const log = await first.createLog();
  await first.appendDurably(log, 'alpha');
  append(log, batchOf('never acknowledged'));
  const second = await booted(first.losePower('none'), 2);
  const { recovered } = second.directory!;
  assert.equal(recovered.wasClean, false);
  assert.equal(recovered.framesReplayed, 1);
  assert.deepEqual(recovered.mintedCopies, []);
  assert.match(await textOf(second, logOf(second)), /alpha/);
  assert.equal(logOf(second).logEndOffset, 1);
});

test('a recovery that is repeated gives the same bytes', async () => {
  const first = await booted(formattedDisk('/data'));
  const log = await first.createLog();
  for (let index = 0; index < 20; index++) await first.appendDurably(log, `r${index}`, 2000);
  const disk = first.losePower('none');
  const bytes: string[] = [];
  for (const seed of [2, 3]) {
    const again = await booted(disk.copy(), seed);
    bytes.push(await textOf(again, logOf(again)));
    assert.equal(logOf(again).copyId, log.copyId);
  }
  assert.equal(bytes[0], bytes[1]);
  assert.match(bytes[0]!, /r19/);
});

test('a truncation holds over a power loss', async () => {
  const first = await booted(formattedDisk('/data'));
  const log = await first.createLog();
  for (let index = 0; index < 10; index++) await first.appendDurably(log, `old${index}`, 3000);
  await first.run(first.directory!.checkpoint());
  await first.run(log.truncateTo(4 as typeof log.logEndOffset));
  await first.appendDurably(log, 'new4');
  for (const keep of ['none', 'all'] as const) {
    const second = await booted(first.machine.disk.afterPowerLoss(keep, new SeededRandom(5)), 2);
    const text = await textOf(second, logOf(second));
    assert.equal(logOf(second).logEndOffset, 5);
    assert.match(text, /old3/);
    assert.doesNotMatch(text, /old4/);
    assert.match(text, /new4/);
  }
});

test('checkpoints let the journal be recycled', async () => {
  const world = await booted(formattedDisk('/data'));
  const log = await world.createLog();
  // Four times what the journal holds.
  for (let index = 0; index < 120; index++) await world.appendDurably(log, `${index}`, 6000);
  const files = world.machine.storage.list('/data/journal');
  assert.ok(files.length <= smallConfig.journalFilesMax);
  const checkpoint = decodeCheckpoint(world.machine.storage.readFile('/data/checkpoints'));
  assert.ok(checkpoint.sequence > 1);
  const second = await booted(world.losePower('random'), 2);
  assert.equal(logOf(second).logEndOffset, 120);
});

test('an idle directory has nothing left to do', async () => {
  const world = await booted(formattedDisk('/data'));
  const log = await world.createLog();
  await world.appendDurably(log, 'alpha');
  await world.machine.scheduler.runUntilIdle();
});

test('an async log is acknowledged without the journal and minted after a crash', async () => {
  const first = await booted(formattedDisk('/data'));
  const log = await first.createLog(asyncLogs);
  const frames = first.machine.storage.readFile('/data/journal/0');
  await first.appendDurably(log, 'alpha');
  assert.ok(first.machine.storage.readFile('/data/journal/0').equals(frames));
  // The sync of each second.
  await first.machine.scheduler.runFor(1500);
  const { copyId } = log;
  const second = await booted(first.losePower('none'), 2);
  const [minted] = second.directory!.recovered.mintedCopies;
  assert.equal(minted?.reason, 'async-unclean');
  assert.equal(minted?.before, copyId);
  assert.equal(logOf(second).copyId, minted?.after);
  assert.match(await textOf(second, logOf(second)), /alpha/);

  const third = await booted(await closed(second), 3);
  assert.deepEqual(third.directory?.recovered.mintedCopies, []);
  assert.equal(logOf(third).copyId, minted?.after);
});

test('durability changes without losing what was acknowledged under either', async () => {
  const first = await booted(formattedDisk('/data'));
  const log = await first.createLog();
  await first.appendDurably(log, 'fsync one');
  await first.run(first.directory!.changeConfig(log, asyncLogs));
  const lost = await booted(first.machine.disk.afterPowerLoss('none', new SeededRandom(1)), 2);
  assert.match(await textOf(lost, logOf(lost)), /fsync one/);

  await first.appendDurably(log, 'async two');
  const changing = first.directory!.changeConfig(log, smallLogs);
  const { endOffset } = append(log, batchOf('queued meanwhile'));
  await first.run(changing);
  await first.run(log.whenDurable(endOffset));
  const second = await booted(first.losePower('none'), 3);
  assert.deepEqual(second.directory?.recovered.mintedCopies, []);
  const text = await textOf(second, logOf(second));
  for (const wanted of [/fsync one/, /async two/, /queued meanwhile/]) assert.match(text, wanted);
});

test('another configuration is kept', async () => {
  const first = await booted(formattedDisk('/data'));
  const log = await first.createLog();
  await first.run(first.directory!.changeConfig(log, { ...smallLogs, retentionMs: 77 }));
  assert.equal(log.config.retentionMs, 77);
  const second = await booted(first.losePower('none'), 2);
  assert.equal(logOf(second).config.retentionMs, 77);
});

test('copies are created once, and their batches must fit the journal', async () => {
  const world = await booted(formattedDisk('/data'));
  const log = await world.createLog();
  assert.equal(await world.createLog(), log);
  await world.appendDurably(log, 'alpha');
  await assert.rejects(world.createLog(), { code: 'CONFLICT' });
  const wide = { ...smallLogs, batchBytesMax: smallConfig.journalFileBytes };
  await assert.rejects(world.createLog(wide, 1), { code: 'INVALID_CONFIG' });
  await world.createLog({ ...wide, durability: 'async' }, 1);
});

test('a copy whose creation was cut short is reported, empty, and can be created', async () => {
  const first = await booted(formattedDisk('/data'));
  const work = first.directory!.createCopies([
    { topicId, topicName: 't', partition: 0, config: smallLogs },
  ]);
  work.catch(() => undefined);
  await first.machine.scheduler.runUntil(
    () => first.machine.disk.exists(`/data/topics/${topicId}/0/partition.json`) === true,
  );
  await first.machine.scheduler.step();
  const second = await booted(first.losePower('all'), 2);
  const { mintedCopies, unreadable } = second.directory!.recovered;
  assert.ok(mintedCopies.every(({ reason }) => reason === 'unfinished'));
  assert.equal(mintedCopies.length + unreadable.length, 1);
  const log = await second.createLog();
  await second.appendDurably(log, 'alpha');
});

test('a deleted copy goes to the trash, a minute later for good, and can be created anew', async () => {
  const world = await booted(formattedDisk('/data'));
  const log = await world.createLog();
  await world.appendDurably(log, 'alpha');
  await world.run(world.directory!.deleteCopies([log]));
  assert.equal(world.directory?.get(topicId, 0), undefined);
  await assert.rejects(world.run(log.whenDurable(9 as typeof log.logEndOffset)));
  const { storage } = world.machine;
  assert.deepEqual(storage.list('/data/topics'), []);
  assert.notDeepEqual(storage.list('/data/trash'), []);
  const anew = await world.createLog();
  assert.notEqual(anew.copyId, log.copyId);
  await world.appendDurably(anew, 'beta');
  await world.machine.scheduler.runFor(70_000);
  assert.deepEqual(storage.list('/data/trash'), []);
  const second = await booted(world.losePower('none'), 2);
  const text = await textOf(second, logOf(second));
  assert.match(text, /beta/);
  assert.doesNotMatch(text, /alpha/);
});

test('what a crash left in the trash goes at the next boot', async () => {
  const first = await booted(formattedDisk('/data'));
  await first.run(first.directory!.deleteCopies([await first.createLog()]));
  const second = await booted(first.losePower('none'), 2);
  await second.machine.scheduler.runUntilIdle();
  assert.deepEqual(second.machine.storage.list('/data/trash'), []);
});

test('retention removes checkpointed segments below the high watermark', async () => {
  const world = await booted(formattedDisk('/data'));
  const log = await world.createLog({ ...smallLogs, retentionBytes: 20_000 });
  for (let index = 0; index < 30; index++) await world.appendDurably(log, `${index}`, 4000);
  await world.run(world.directory!.checkpoint());
  assert.equal(await world.run(world.directory!.enforceRetention(log)), 0);
  log.highWatermark = log.logEndOffset;
  const start = await world.run(world.directory!.enforceRetention(log));
  assert.ok(start! > 0);
  assert.equal(log.logStartOffset, start);
  assert.ok(log.sizeBytes < 50_000);
  const second = await booted(world.losePower('random'), 2);
  assert.equal(logOf(second).logStartOffset, start);
  assert.equal(logOf(second).logEndOffset, 30);
});

test('after a failed sync nothing is acknowledged any more, and no marker is written', async () => {
  let isBroken = false;
  const plan: SimFaultPlan = ({ kind, path }) =>
    isBroken && kind === 'sync' && path.startsWith('/data/journal')
      ? { kind: 'error', code: 'EIO' }
      : undefined;
  const world = await booted(formattedDisk('/data'), 1, plan);
  const directory = world.directory!;
  const log = await world.createLog();
  await world.appendDurably(log, 'alpha');
  const failures: string[] = [];
  directory.onFailed(({ code }) => failures.push(code));
  isBroken = true;
  await assert.rejects(world.appendDurably(log, 'beta'), { code: 'STORAGE_FAILED' });
  isBroken = false;
  assert.throws(() => append(log, batchOf('gamma')), { code: 'STORAGE_FAILED' });
  assert.equal(directory.acceptsAppends()?.code, 'STORAGE_FAILED');
  await assert.rejects(directory.checkpoint(), { code: 'STORAGE_FAILED' });
  assert.deepEqual(failures, ['STORAGE_FAILED']);
  directory.onFailed(({ code }) => failures.push(`late ${code}`));
  assert.deepEqual(failures, ['STORAGE_FAILED', 'late STORAGE_FAILED']);
  await world.run(directory.close());
  assert.equal(world.machine.storage.exists('/data/clean'), false);
  const second = await booted(world.losePower('none'), 2);
  assert.equal(second.directory?.recovered.wasClean, false);
  assert.match(await textOf(second, logOf(second)), /alpha/);
});

test('a checkpoint whose sync fails is final too', async () => {
  let isBroken = false;
  const plan: SimFaultPlan = ({ kind, path }) =>
    isBroken && kind === 'sync' && path.endsWith('.log')
      ? { kind: 'error', code: 'EIO' }
      : undefined;
  const world = await booted(formattedDisk('/data'), 1, plan);
  const log = await world.createLog();
  await world.appendDurably(log, 'alpha');
  isBroken = true;
  await assert.rejects(world.run(world.directory!.checkpoint()), { code: 'STORAGE_FAILED' });
  assert.equal(world.directory?.acceptsAppends()?.code, 'STORAGE_FAILED');
});

test('a checkpoint that finds the disk full is tried again', async () => {
  let isFull = false;
  const plan: SimFaultPlan = ({ kind, path }) =>
    isFull && kind === 'write' && path.startsWith('/data/checkpoints')
      ? { kind: 'error', code: 'ENOSPC' }
      : undefined;
  const world = await booted(formattedDisk('/data'), 1, plan);
  const log = await world.createLog();
  await world.appendDurably(log, 'alpha');
  isFull = true;
  await assert.rejects(world.run(world.directory!.checkpoint()), { code: 'DISK_FULL' });
  isFull = false;
  await world.appendDurably(log, 'beta');
  await world.run(world.directory!.checkpoint());
  const second = await booted(world.losePower('none'), 2);
  assert.match(await textOf(second, logOf(second)), /beta/);
});

test('a failed segment write loses what was not acknowledged, and the log goes on', async () => {
  let isFull = false;
  const plan: SimFaultPlan = ({ kind, path }) =>
    isFull && kind === 'write' && path.endsWith('.log')
      ? { kind: 'error', code: 'ENOSPC' }
      : undefined;
  const world = await booted(formattedDisk('/data'), 1, plan);
  const log = await world.createLog();
  await world.appendDurably(log, 'alpha');
  const cuts: number[] = [];
  log.onCut = (from) => cuts.push(from);
  isFull = true;
  await assert.rejects(world.appendDurably(log, 'beta'), { outcome: 'not-applied' });
  isFull = false;
  assert.deepEqual(cuts, [1]);
  assert.equal(world.directory?.acceptsAppends(), undefined);
  await world.appendDurably(log, 'gamma');
  const second = await booted(world.losePower('none'), 2);
  const text = await textOf(second, logOf(second));
  assert.match(text, /gamma/);
  assert.doesNotMatch(text, /beta/);
});

test('a log short of its line is corrupt: it gets another copyId, and the others do not', async () => {
  const first = await booted(formattedDisk('/data'));
  const log = await first.createLog();
  const other = await first.createLog(smallLogs, 1);
  for (let index = 0; index < 5; index++) await first.appendDurably(log, `${index}`);
  await first.appendDurably(other, 'alpha');
  await first.run(first.directory!.checkpoint());
  const disk = first.losePower('none');
  const segment = pathOn(disk, '0/00000000000000000000.log');
  disk.file(segment, 'cut').truncate(100);
  const second = await booted(disk.afterPowerLoss('all', new SeededRandom(1)), 2);
  const { mintedCopies } = second.directory!.recovered;
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
  const { mintedCopies } = second.directory!.recovered;
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
    const { mintedCopies } = second.directory!.recovered;
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
  await open({ clusterId: first.directory!.clusterId });
  const meta = JSON.stringify({ formatVersion: 2, clusterId, brokerId: 0 });
  const rewritten = new DirectoryWorld(5, disk.copy());
  await rewritten.run(rewritten.machine.storage.replaceFile('/data/meta.json', Buffer.from(meta)));
  await assert.rejects(open({}, rewritten.losePower('none')), { code: 'UNSUPPORTED_VERSION' });
});

test('a stop refuses what comes after it', async () => {
  const world = await booted(formattedDisk('/data'));
  const log = await world.createLog();
  const directory = world.directory!;
  await world.run(directory.close());
  assert.equal(directory.acceptsAppends()?.code, 'SHUTTING_DOWN');
  assert.throws(() => append(log, batchOf('late')));
  await assert.rejects(directory.createCopies([]), { code: 'SHUTTING_DOWN' });
  await directory.close();
});

test('appends are refused below the free-space watermark and taken again well above it', async () => {
  const world = await booted(formattedDisk('/data'));
  const { clock, storage, random, disk, scheduler } = world.machine;
  await world.run(world.directory!.close());
  const work = LogDirectory.open({
    storage,
    clock,
    random,
    dataDirectory: '/data',
    brokerId: 0,
    config: { ...smallConfig, freeSpaceBytesMin: 1000 },
    logger: silentLogger,
  });
  const directory = (await world.run(work))!;
  disk.capacityBytes = disk.usedBytes + 1100;
  assert.equal(directory.acceptsAppends(), undefined);
  disk.capacityBytes -= 200;
  assert.equal(directory.acceptsAppends(), undefined, 'it looks a few times a second only');
  await scheduler.runFor(1000);
  assert.equal(directory.acceptsAppends()?.code, 'DISK_FULL');
  disk.capacityBytes += 200;
  await scheduler.runFor(1000);
  assert.equal(directory.acceptsAppends()?.code, 'DISK_FULL');
  disk.capacityBytes += 400;
  await scheduler.runFor(1000);
  assert.equal(directory.acceptsAppends(), undefined);
});
