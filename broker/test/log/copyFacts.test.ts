import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Offset } from '@millrace/core/ids';
import { resetCopy } from '../../src/log/copies/copyReset.ts';
import type { LogDirectory } from '../../src/log/directory/logDirectory.ts';
import { formattedDisk } from '../io/sim/simMachine.ts';
import {
  append,
  batchOf,
  contentOf,
  DirectoryWorld,
  smallLogs,
  topicId,
} from './directoryWorld.ts';

async function booted(seed: number, disk = formattedDisk('/data')): Promise<DirectoryWorld> {
  const world = new DirectoryWorld(seed, disk);
  assert.ok((await world.open()) !== undefined);
  return world;
}

function directoryOf(world: DirectoryWorld): LogDirectory {
  assert.ok(world.directory !== undefined);
  return world.directory;
}

test('facts of a copy are durable, and changes made at the same time all count', async () => {
  const first = await booted(1);
  const log = await first.createLog();
  const directory = directoryOf(first);
  await first.run(
    Promise.all([
      directory.saveCopyFacts(log, { wasIsr: true }),
      directory.saveCopyFacts(log, { minIsr: 2 }),
      directory.changeConfig(log, { ...smallLogs, indexIntervalBytes: 1024 }),
      directory.saveCopyFacts(log, { adoptedEpoch: 7 }),
    ]),
  );
  const second = await booted(2, first.losePower('none'));
  const found = directoryOf(second).get(topicId, 0);
  assert.ok(found !== undefined);
  const { wasIsr, minIsr, adoptedEpoch, config } = directoryOf(second).copyFacts(found);
  assert.deepEqual({ wasIsr, minIsr, adoptedEpoch }, { wasIsr: true, minIsr: 2, adoptedEpoch: 7 });
  assert.equal(config.indexIntervalBytes, 1024);
});

test('a copy that is reset begins at the given offset under another copyId, over crashes too', async () => {
  const first = await booted(3);
  const log = await first.createLog();
  await first.appendDurably(log, 'old');
  const directory = directoryOf(first);
  await first.run(directory.saveCopyFacts(log, { wasIsr: true, minIsr: 1, adoptedEpoch: 4 }));
  const fresh = await first.run(resetCopy(directory, log, 100 as Offset));
  assert.ok(fresh !== undefined);
  assert.notEqual(fresh.copyId, log.copyId);
  assert.equal(fresh.logStartOffset, 100);
  assert.equal(fresh.logEndOffset, 100);
  assert.equal(fresh.highWatermark, 100);

  const second = await booted(4, first.losePower('none'));
  const empty = directoryOf(second).get(topicId, 0);
  assert.ok(empty !== undefined);
  assert.equal(empty.copyId, fresh.copyId);
  assert.equal(empty.logStartOffset, 100);
  const { wasIsr, minIsr, adoptedEpoch } = directoryOf(second).copyFacts(empty);
  assert.deepEqual({ wasIsr, minIsr, adoptedEpoch }, { wasIsr: false, minIsr: 1, adoptedEpoch: 4 });
  const { baseOffset } = append(empty, batchOf('new'));
  assert.equal(baseOffset, 100);
  await second.run(empty.whenDurable(101 as Offset));

  const third = await booted(5, second.losePower('none'));
  const found = directoryOf(third).get(topicId, 0);
  assert.ok(found !== undefined);
  assert.deepEqual([found.logStartOffset, found.logEndOffset], [100, 101]);
  assert.match((await third.run(contentOf(found)))?.toString('latin1') ?? '', /new/);
});

test('a crash at any step of a reset leaves the old copy or none, never a mix', async () => {
  let interrupted = 0;
  for (let steps = 1; ; steps += 7) {
    let left = steps;
    let armed = false;
    const world = new DirectoryWorld(6, formattedDisk('/data'), () =>
      armed && --left === 0 ? { kind: 'kill' } : undefined,
    );
    await world.open();
    const log = await world.createLog();
    await world.appendDurably(log, 'old');
    armed = true;
    const fresh = await world.run(resetCopy(directoryOf(world), log, 100 as Offset));
    const next = await booted(7, world.losePower('random'));
    const found = directoryOf(next).get(topicId, 0);
    if (fresh !== undefined) {
      assert.equal(found?.copyId, fresh.copyId);
      break;
    }
    interrupted += 1;
    if (found === undefined) continue;
    if (found.copyId === log.copyId) assert.equal(found.logEndOffset, 1);
    else assert.ok(found.logEndOffset === 100 || found.logEndOffset === 0 || found.failure);
  }
  assert.ok(interrupted > 0);
});

test('a follower moves its log start to that of its leader once its line is past it, and its segments go', async () => {
  const world = await booted(8);
  const log = await world.createLog();
  const directory = directoryOf(world);
  for (let index = 0; index < 20; index++) await world.appendDurably(log, `r${index}`, 4000);
  const before = log.sizeBytes;
  assert.equal(await world.run(directory.retention.follow(log, 10 as Offset)), 0);
  log.highWatermark = 20 as Offset;
  await world.run(directory.checkpoint());
  assert.equal(await world.run(directory.retention.follow(log, 10 as Offset)), 10);
  assert.ok(log.sizeBytes < before);
  assert.equal(await world.run(directory.retention.follow(log, 5 as Offset)), 10);
  const next = await booted(9, world.losePower('none'));
  assert.equal(directoryOf(next).get(topicId, 0)?.logStartOffset, 10);
});
