import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formattedDisk } from '../io/sim/simMachine.ts';
import { booted, directoryOf, logOf, textOf } from './bootedDirectory.ts';
import { smallConfig, smallLogs, topicId } from './directoryWorld.ts';

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
  const work = directoryOf(first).createCopies([
    { topicId, topicName: 't', partition: 0, config: smallLogs },
  ]);
  work.catch(() => undefined);
  await first.machine.scheduler.runUntil(
    () => first.machine.disk.exists(`/data/topics/${topicId}/0/partition.json`) === true,
  );
  await first.machine.scheduler.step();
  const second = await booted(first.losePower('all'), 2);
  const { mintedCopies, unreadable } = directoryOf(second).recovered;
  assert.ok(mintedCopies.every(({ reason }) => reason === 'unfinished'));
  assert.equal(mintedCopies.length + unreadable.length, 1);
  const log = await second.createLog();
  await second.appendDurably(log, 'alpha');
});

test('a deleted copy goes to the trash, a minute later for good, and can be created anew', async () => {
  const world = await booted(formattedDisk('/data'));
  const log = await world.createLog();
  await world.appendDurably(log, 'alpha');
  await world.run(directoryOf(world).deleteCopies([log]));
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
  await first.run(directoryOf(first).deleteCopies([await first.createLog()]));
  const second = await booted(first.losePower('none'), 2);
  await second.machine.scheduler.runUntilIdle();
  assert.deepEqual(second.machine.storage.list('/data/trash'), []);
});

test('retention removes checkpointed segments below the high watermark', async () => {
  const world = await booted(formattedDisk('/data'));
  const log = await world.createLog({ ...smallLogs, retentionBytes: 20_000 });
  for (let index = 0; index < 30; index++) await world.appendDurably(log, `${index}`, 4000);
  await world.run(directoryOf(world).checkpoint());
  assert.equal(await world.run(directoryOf(world).retention.enforce(log)), 0);
  log.highWatermark = log.logEndOffset;
  const start = await world.run(directoryOf(world).retention.enforce(log));
  assert.ok(start! > 0);
  assert.equal(log.logStartOffset, start);
  assert.ok(log.sizeBytes < 50_000);
  const second = await booted(world.losePower('random'), 2);
  assert.equal(logOf(second).logStartOffset, start);
  assert.equal(logOf(second).logEndOffset, 30);
});
