import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SimDisk } from '../../src/io/sim/simDisk.ts';
import type { SimFaultPlan, SimOperation } from '../../src/io/sim/simFaults.ts';
import type { BypassLimits } from '../../src/log/journal/extentPlan.ts';
import type { PartitionLog } from '../../src/log/partition/partitionLog.ts';
import type { Offset } from '@millrace/core/ids';
import { formattedDisk } from '../io/sim/simMachine.ts';
import { booted, directoryOf, logOf, pathOn, textOf } from './bootedDirectory.ts';
import { append, batchOf, DirectoryWorld, onlyExtents, smallLogs } from './directoryWorld.ts';

async function opened(plan?: SimFaultPlan, bypass: BypassLimits = onlyExtents) {
  const world = new DirectoryWorld(1, formattedDisk('/data'), plan);
  await world.open({ bypass });
  return world;
}

/** A plan that deals nothing, and what it saw. */
function watching(): { seen: string[]; plan: SimFaultPlan } {
  const seen: string[] = [];
  const plan = ({ kind, path }: SimOperation): undefined => {
    seen.push(`${kind} ${path.replace(/.*\/(?=[^/]+$)/, '')}`);
  };
  return { seen, plan };
}

function journalHolds(disk: SimDisk, text: string): boolean {
  return [...disk.snapshot()].some(
    ([path, content]) => path.startsWith('/data/journal/') && content.includes(text),
  );
}

async function acknowledged(world: DirectoryWorld, log: PartitionLog): Promise<void> {
  await world.run(log.whenDurable(log.logEndOffset));
}

test('the journal has no copy of a large group, and a power loss takes none of it', async () => {
  const world = await opened();
  const log = await world.createLog();
  for (let batch = 0; batch < 4; batch++) append(log, batchOf(`batch ${batch}.`, 1000));
  await acknowledged(world, log);
  await world.appendDurably(log, 'another', 1000);
  const disk = world.losePower('none');
  assert.ok(!journalHolds(disk, 'batch 0.'));
  const next = await booted(disk, 2);
  const { framesReplayed, bytesReplayed, mintedCopies } = directoryOf(next).recovered;
  assert.equal(framesReplayed, 2);
  assert.ok(bytesReplayed > 5000);
  assert.deepEqual(mintedCopies, []);
  assert.equal(logOf(next).logEndOffset, 5);
  assert.match(await textOf(next, logOf(next)), /batch 0.*batch 3.*another/s);
});

test('a small group goes into the journal, also behind a large one', async () => {
  const world = await opened(undefined, { fileBytesMin: 4000, groupBytesMin: 4000 });
  const log = await world.createLog();
  const other = await world.createLog(smallLogs, 1);
  for (let batch = 0; batch < 6; batch++) append(log, batchOf(`large ${batch}.`, 1000));
  append(other, batchOf('beside it'));
  await world.run(new Promise<void>((resolve) => (log.onWritten = () => resolve())));
  assert.equal(log.durableEndOffset, 0);
  append(log, batchOf('behind it'));
  await acknowledged(world, log);
  await acknowledged(world, other);
  const disk = world.losePower('none');
  assert.ok(!journalHolds(disk, 'large 0.'));
  assert.ok(journalHolds(disk, 'beside it'));
  assert.ok(journalHolds(disk, 'behind it'));
  const next = await booted(disk, 2);
  assert.equal(logOf(next).logEndOffset, 7);
  assert.equal(logOf(next, 1).logEndOffset, 1);
});

test('segments and their names are synced before the journal says that they hold anything', async () => {
  const { seen, plan } = watching();
  const world = await opened(plan);
  const log = await world.createLog();
  seen.length = 0;
  await world.appendDurably(log, 'alpha', 1000);
  const name = '00000000000000000000.log';
  const order = [`write ${name}`, `sync ${name}`, 'syncDirectory 0', 'write 0', 'sync 0'];
  assert.deepEqual(
    seen.filter((operation) => order.includes(operation)),
    order,
  );
  seen.length = 0;
  await world.appendDurably(log, 'beta', 1000);
  assert.ok(!seen.includes('syncDirectory 0'), 'its name is durable already');
});

test('a segment that cannot be synced fails the directory, and nothing is acknowledged', async () => {
  let isBroken = false;
  const plan: SimFaultPlan = ({ kind, path }) =>
    isBroken && kind === 'sync' && path.endsWith('.log')
      ? { kind: 'error', code: 'EIO' }
      : undefined;
  const world = await opened(plan);
  const log = await world.createLog();
  await world.appendDurably(log, 'alpha', 1000);
  isBroken = true;
  await assert.rejects(world.appendDurably(log, 'beta', 1000), { code: 'STORAGE_FAILED' });
  isBroken = false;
  assert.equal(directoryOf(world).acceptsAppends()?.code, 'STORAGE_FAILED');
  assert.throws(() => append(log, batchOf('gamma')), { code: 'STORAGE_FAILED' });
  const next = await booted(world.losePower('random'), 2);
  assert.equal(logOf(next).logEndOffset, 1);
});

test('a large group after a segment was rolled, cut and filled again is found in the right files', async () => {
  const world = await opened();
  const log = await world.createLog({ ...smallLogs, segmentBytesMax: 2500 });
  for (let batch = 0; batch < 7; batch++) append(log, batchOf(`first ${batch}.`, 1000));
  await acknowledged(world, log);
  await world.run(log.truncateTo(3 as Offset));
  for (let batch = 3; batch < 8; batch++) append(log, batchOf(`second ${batch}.`, 900), 2);
  await acknowledged(world, log);
  const next = await booted(world.losePower('random'), 2);
  assert.deepEqual(directoryOf(next).recovered.mintedCopies, []);
  assert.equal(logOf(next).logEndOffset, 8);
  const text = await textOf(next, logOf(next));
  assert.match(text, /first 0.*first 2.*second 3.*second 7/s);
  assert.ok(!text.includes('first 3'));
});

test('a flipped bit of what only an extent vouches for gives the copy up, and deletes nothing', async () => {
  const world = await opened();
  const log = await world.createLog();
  await world.appendDurably(log, 'alpha', 1000);
  await world.appendDurably(log, 'beta', 1000);
  const disk = world.losePower('all');
  const path = pathOn(disk, '00.log');
  const before = disk.snapshot().get(path)?.length;
  disk.flipBit(path, 1500, 3);
  const next = await booted(disk, 2);
  const [minted] = directoryOf(next).recovered.mintedCopies;
  assert.equal(minted?.reason, 'corruption');
  assert.match(minted.detail, /the CRC does not match/);
  assert.ok(logOf(next).failure !== undefined);
  assert.match(await textOf(next, logOf(next)), /alpha/);
  assert.equal(next.machine.disk.snapshot().get(path)?.length, before);
});

test('what a boot would have to read is bounded: a checkpoint comes, until then the journal has the bytes', async () => {
  const world = await opened();
  const log = await world.createLog();
  let writes = 0;
  for (let batch = 0; batch < 100; batch++) {
    append(log, batchOf(`batch ${batch}.`, 8000));
    if (batch % 3 === 2) await acknowledged(world, log);
    writes += 8000;
  }
  await acknowledged(world, log);
  // smallConfig: three files of 64 KiB.
  assert.ok(writes > 3 * 64 * 1024);
  const next = await booted(world.losePower('none'), 2);
  assert.equal(logOf(next).logEndOffset, 100);
  assert.ok(directoryOf(next).recovered.bytesReplayed <= 2 * 3 * 64 * 1024);
});

test('an orderly stop waits for a large group, and reads no journal at the next boot', async () => {
  const world = await opened();
  const log = await world.createLog();
  append(log, batchOf('alpha', 2000));
  await world.run(directoryOf(world).close());
  const next = await booted(world.losePower('none'), 2);
  assert.equal(directoryOf(next).recovered.wasClean, true);
  assert.match(await textOf(next, logOf(next)), /alpha/);
});
