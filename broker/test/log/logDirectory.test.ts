import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../../src/io/seededRandom.ts';
import { decodeCheckpoint } from '../../src/log/journal/checkpointFile.ts';
import type { PartitionLog } from '../../src/log/partition/partitionLog.ts';
import { formattedDisk } from '../io/sim/simMachine.ts';
import { asyncLogs, booted, closed, directoryOf, logOf, textOf } from './bootedDirectory.ts';
import { append, batchOf, DirectoryWorld, smallConfig, smallLogs } from './directoryWorld.ts';

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
  const { recovered } = directoryOf(second);
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
  assert.match(String(bytes[0]), /r19/);
});

test('a truncation holds over a power loss', async () => {
  const first = await booted(formattedDisk('/data'));
  const log = await first.createLog();
  for (let index = 0; index < 10; index++) await first.appendDurably(log, `old${index}`, 3000);
  await first.run(directoryOf(first).checkpoint());
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

test('what many logs queue at once may be more than the whole journal holds', async () => {
  const world = await booted(formattedDisk('/data'));
  const logs = [];
  for (let partition = 0; partition < 8; partition++) {
    logs.push(await world.createLog(smallLogs, partition));
  }
  // As on a follower that catches up: all in one tick, twice what the journal holds.
  for (let index = 0; index < 8; index++) {
    for (const log of logs) append(log, batchOf(`${index}`, 6000));
  }
  for (const log of logs) await world.run(log.whenDurable(log.logEndOffset));
  const second = await booted(world.losePower('none'), 2);
  for (let partition = 0; partition < 8; partition++) {
    assert.equal(logOf(second, partition).logEndOffset, 8);
  }
});

test('followers hear of nothing that the journal does not hold, of a tick in parts too', async () => {
  const world = new DirectoryWorld(1, formattedDisk('/data'));
  let journalBytes = 0;
  await world.open({ observer: { journalWritten: (bytes) => (journalBytes += bytes) } });
  const batchBytes = batchOf('', 6000).length;
  const written = new Map<PartitionLog, number>();
  const logs: PartitionLog[] = [];
  for (let partition = 0; partition < 8; partition++) {
    const log = await world.createLog(smallLogs, partition);
    logs.push(log);
    log.onWritten = (end) => {
      written.set(log, end);
      const batches = [...written.values()].reduce((sum, each) => sum + each, 0);
      assert.ok(journalBytes >= batches * batchBytes, `${batches} heard, ${journalBytes} written`);
    };
  }
  for (let index = 0; index < 8; index++) for (const log of logs) append(log, batchOf('', 6000));
  for (const log of logs) await world.run(log.whenDurable(log.logEndOffset));
  assert.deepEqual([...written.values()], Array(8).fill(8));
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
  const [minted] = directoryOf(second).recovered.mintedCopies;
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
  await first.run(directoryOf(first).changeConfig(log, asyncLogs));
  const lost = await booted(first.machine.disk.afterPowerLoss('none', new SeededRandom(1)), 2);
  assert.match(await textOf(lost, logOf(lost)), /fsync one/);

  await first.appendDurably(log, 'async two');
  const changing = directoryOf(first).changeConfig(log, smallLogs);
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
  await first.run(directoryOf(first).changeConfig(log, { ...smallLogs, retentionMs: 77 }));
  assert.equal(log.config.retentionMs, 77);
  const second = await booted(first.losePower('none'), 2);
  assert.equal(logOf(second).config.retentionMs, 77);
});

test('a stop refuses what comes after it', async () => {
  const world = await booted(formattedDisk('/data'));
  const log = await world.createLog();
  const directory = directoryOf(world);
  await world.run(directory.close());
  assert.equal(directory.acceptsAppends()?.code, 'SHUTTING_DOWN');
  assert.throws(() => append(log, batchOf('late')));
  await assert.rejects(directory.createCopies([]), { code: 'SHUTTING_DOWN' });
  await directory.close();
});
