import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../src/io/logger.ts';
import { LogDirectory } from '../../src/log/directory/logDirectory.ts';
import { formattedDisk } from '../io/sim/simMachine.ts';
import type { SimFaultPlan } from '../../src/io/sim/simFaults.ts';
import { booted, directoryOf, logOf, textOf } from './bootedDirectory.ts';
import { append, batchOf, smallConfig } from './directoryWorld.ts';

test('after a failed sync nothing is acknowledged any more, and no marker is written', async () => {
  let isBroken = false;
  const plan: SimFaultPlan = ({ kind, path }) =>
    isBroken && kind === 'sync' && path.startsWith('/data/journal')
      ? { kind: 'error', code: 'EIO' }
      : undefined;
  const world = await booted(formattedDisk('/data'), 1, plan);
  const directory = directoryOf(world);
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
  await assert.rejects(world.run(directoryOf(world).checkpoint()), { code: 'STORAGE_FAILED' });
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
  await assert.rejects(world.run(directoryOf(world).checkpoint()), { code: 'DISK_FULL' });
  isFull = false;
  await world.appendDurably(log, 'beta');
  await world.run(directoryOf(world).checkpoint());
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

test('appends are refused below the free-space watermark and taken again well above it', async () => {
  const world = await booted(formattedDisk('/data'));
  const { clock, storage, random, disk, scheduler } = world.machine;
  await world.run(directoryOf(world).close());
  const work = LogDirectory.open({
    storage,
    clock,
    random,
    dataDirectory: '/data',
    brokerId: 0,
    config: { ...smallConfig, freeSpaceBytesMin: 1000 },
    logger: silentLogger,
  });
  const directory = (await world.run(work)) ?? assert.fail('the process died');
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
