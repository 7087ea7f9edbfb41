import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBatchesFromLog } from '@millrace/core/batchCheck';
import { BATCH_CRC_AT, BATCH_CRC_FROM, stampBatch } from '@millrace/core/batchHeader';
import { encodeBatch } from '@millrace/core/batchWriter';
import { crc32cOfRange } from '@millrace/core/crc32c';
import type { Offset } from '@millrace/core/ids';
import type { SimOperation } from '../../../src/io/sim/simFaults.ts';
import type { PartitionFile } from '../../../src/log/copies/partitionFile.ts';
import { append, smallConfig } from '../directoryWorld.ts';
import { CompactedLog } from './compactedLog.ts';

test('of each key the latest record stays, at its offset', async () => {
  const compacted = await CompactedLog.create();
  compacted.append(['a=1', 'b=1']);
  compacted.append(['a=2', 'c=1']);
  compacted.append(['b=2']);
  await compacted.seal();
  const result = await compacted.compact();
  assert.equal(result?.cleanedTo, 5);
  assert.deepEqual(await compacted.records(), ['2 a=2', '3 c=1', '4 b=2', '5 end=']);
  // Nothing is dirty any more.
  assert.equal(await compacted.compact(), undefined);
  compacted.append(['c=2']);
  await compacted.seal();
  await compacted.compact();
  assert.deepEqual(await compacted.records(), ['2 a=2', '4 b=2', '5 end=', '6 c=2', '7 end=']);
});

test('a boot finds what compaction has left, and compacts on from there', async () => {
  const compacted = await CompactedLog.create();
  for (let round = 0; round < 40; round++) {
    compacted.append([`a=${round}`, `b${round % 7}=${'x'.repeat(300)}`]);
  }
  await compacted.seal();
  await compacted.compact();
  const seen = await compacted.records();
  assert.equal(seen.length, 9);
  await compacted.world.run(compacted.world.directory?.close() ?? assert.fail());
  for (const ending of ['none', 'random', 'all'] as const) {
    const disk = compacted.world.machine.disk
      .copy()
      .afterPowerLoss(ending, compacted.world.machine.random);
    const booted = (await CompactedLog.open(disk)) ?? assert.fail();
    assert.deepEqual(booted.world.directory?.recovered.mintedCopies, []);
    assert.deepEqual(await booted.records(), seen);
    booted.log.highWatermark = booted.log.logEndOffset;
    assert.equal(await booted.compact(), undefined);
  }
});

test('small neighbours become one segment', async () => {
  const compacted = await CompactedLog.create();
  for (let round = 0; round < 10; round++) {
    compacted.append([`k${round}=1`]);
    await compacted.roll();
  }
  await compacted.seal();
  assert.equal(compacted.segments.length, 11);
  await compacted.compact();
  assert.deepEqual(compacted.segments, [0, 10]);
  assert.equal((await compacted.records()).length, 11);
});

test('a tombstone stays for its time after it was compacted first, and its key is gone at once', async () => {
  const compacted = await CompactedLog.create({ tombstoneRetentionMs: 1000 });
  compacted.append(['a=1', 'b=1']);
  compacted.append(['a', 'b=2']);
  await compacted.seal();
  await compacted.compact();
  assert.deepEqual(await compacted.records(), ['2 a', '3 b=2', '4 end=']);
  await compacted.seal();
  await compacted.compact();
  assert.deepEqual(await compacted.records(), ['2 a', '3 b=2', '4 end=', '5 end=']);
  compacted.world.machine.clock.jumpWall(1100);
  await compacted.seal();
  await compacted.compact(2 as Offset);
  assert.deepEqual((await compacted.records())[0], '2 a', 'a follower has not fetched it');
  const { directory } = compacted.world;
  assert.equal(directory?.copyFacts(compacted.log).removedBelow, 0);
  await compacted.seal();
  await compacted.compact();
  assert.deepEqual((await compacted.records())[0], '3 b=2');
  assert.equal(directory?.copyFacts(compacted.log).removedBelow, 3);
});

test('who connects while a tombstone is about to go is told before partition.json is written', async () => {
  const seen: number[] = [];
  const told: { log?: { readonly removedBelow: number } } = {};
  const plan = ({ kind, path }: SimOperation): undefined => {
    if (kind === 'rename' && path.includes('partition.json') && told.log !== undefined) {
      seen.push(told.log.removedBelow);
    }
  };
  const compacted = await CompactedLog.create({ tombstoneRetentionMs: 1 }, {}, plan);
  compacted.append(['a=1']);
  compacted.append(['a', 'b=1']);
  await compacted.seal();
  await compacted.compact();
  compacted.world.machine.clock.jumpWall(1000);
  await compacted.seal();
  told.log = compacted.log;
  await compacted.compact();
  assert.equal(seen[0], 2);
});

test('what compaction has noted past a cut is forgotten with it', async () => {
  const compacted = await CompactedLog.create({ tombstoneRetentionMs: 1 });
  compacted.append(['z=1']);
  compacted.append(['a=1']);
  compacted.append(['a', 'b=1']);
  await compacted.seal();
  await compacted.compact();
  compacted.world.machine.clock.jumpWall(1000);
  await compacted.seal();
  await compacted.compact();
  const facts = (): PartitionFile =>
    compacted.world.directory?.copyFacts(compacted.log) ?? assert.fail();
  assert.equal(facts().removedBelow, 3);
  assert.ok(facts().cleaned !== undefined);
  await compacted.world.run(compacted.log.truncateTo(1 as Offset));
  assert.equal(facts().removedBelow, 1);
  assert.equal(compacted.log.removedBelow, 1);
  assert.equal(facts().cleaned, undefined);
});

test('no tombstone goes past a batch whose keys nobody can read', async () => {
  const compacted = await CompactedLog.create({ tombstoneRetentionMs: 1 });
  const large = encodeBatch([{ timestamp: 1, key: 'a', value: '1' }]);
  // As one that decompresses to more than fits into memory: it says two records, and holds one.
  large.writeInt32BE(1, 23);
  large.writeInt32BE(2, 57);
  large.writeUInt32BE(crc32cOfRange(large, BATCH_CRC_FROM, large.length), BATCH_CRC_AT);
  compacted.append(['z=1']);
  append(compacted.log, large, 1);
  compacted.append(['a', 'b=1']);
  for (let pass = 0; pass < 2; pass++) {
    await compacted.seal();
    await compacted.compact();
    compacted.world.machine.clock.jumpWall(1000);
  }
  assert.equal(compacted.log.removedBelow, 0);
  assert.ok((await compacted.batches()).includes('3-4 2'), 'the tombstone stays');
});

test('no batch grows past what a follower can append by getting its time', async () => {
  const compacted = await CompactedLog.create({ tombstoneRetentionMs: 86_400_000 });
  const timestamp = compacted.nowMs;
  const keys = Array.from({ length: 100 }, (_, at) => ({ timestamp, key: `${at}`, value: null }));
  const bytes = encodeBatch(keys);
  await compacted.world.run(
    compacted.world.directory?.changeConfig(compacted.log, {
      ...compacted.log.config,
      batchBytesMax: bytes.length,
    }) ?? assert.fail(),
  );
  append(compacted.log, bytes, 1);
  await compacted.seal();
  await compacted.compact();
  const [first] = compacted.log.compaction.content.segments;
  assert.equal(first?.sizeBytes, bytes.length);
});

test('more keys than the memory holds take several passes, which end inside of batches', async () => {
  const compacted = await CompactedLog.create(
    { tombstoneRetentionMs: 1 },
    { config: { ...smallConfig, compactionKeysBytes: 128 } },
  );
  const keys = Array.from({ length: 20 }, (_, key) => `k${key}`);
  for (let round = 0; round < 2; round++) {
    for (let from = 0; from < keys.length; from += 5) {
      const batch = keys.slice(from, from + 5);
      compacted.append(batch.map((key) => (round === 1 && from === 10 ? key : `${key}=${round}`)));
    }
  }
  await compacted.seal();
  let passes = 0;
  while ((await compacted.compact()) !== undefined) passes += 1;
  assert.ok(passes > 3 && passes <= 41, `${passes} passes`);
  const expected = keys.map((key, at) => `${20 + at} ${key}${at >= 10 && at < 15 ? '' : '=1'}`);
  assert.deepEqual(await compacted.records(), [...expected, '40 end=']);
  // A pass that ends inside of the batch of tombstones gives it no time; a later one does.
  for (let round = 0; round < 4; round++) {
    compacted.world.machine.clock.jumpWall(1000);
    await compacted.seal();
    while ((await compacted.compact()) !== undefined);
  }
  const left = await compacted.records();
  assert.ok(!left.some((record) => /^3\d k\d+$/.test(record)), `tombstones stay: ${left.join()}`);
  assert.equal(compacted.log.removedBelow, 35);
});

test('compressed batches are written anew, and what was never compacted reads as before', async () => {
  for (const compression of ['gzip', 'zstd'] as const) {
    const compacted = await CompactedLog.create({ tombstoneRetentionMs: 1000 });
    compacted.append(['a=1', 'b=1', 'c=1'], { compression });
    compacted.append(['b=2', 'c'], { compression });
    await compacted.seal();
    await compacted.compact();
    assert.deepEqual(await compacted.records(), ['0 a=1', '3 b=2', '4 c', '5 end=']);
  }
});

test("each producer's last batch keeps its header, control batches stay whole", async () => {
  const compacted = await CompactedLog.create();
  const producer = { producerId: 7, producerEpoch: 0 };
  compacted.append(['a=1'], { ...producer, baseSequence: 0 });
  compacted.append(['a=2'], { ...producer, baseSequence: 1 });
  compacted.append(['marker='], { producerId: 7, producerEpoch: 0, kind: 'control' });
  compacted.append(['a=3']);
  await compacted.seal();
  await compacted.compact();
  assert.deepEqual(await compacted.batches(), ['0-0 0', '1-1 0', '2-2 1', '3-3 1', '4-4 1']);
  const disk = compacted.world.kill();
  const booted = (await CompactedLog.open(disk)) ?? assert.fail();
  const [remembered] = booted.log.producers.remembered();
  assert.deepEqual(remembered?.batches.map(({ firstSequence }) => firstSequence).at(-1), 1);
});

test('records younger than minCompactionLagMs are left alone', async () => {
  const compacted = await CompactedLog.create({ minCompactionLagMs: 10_000 });
  compacted.append(['a=1']);
  compacted.append(['a=2']);
  await compacted.seal();
  assert.equal(await compacted.compact(), undefined);
  compacted.world.machine.clock.jumpWall(10_001);
  assert.ok((await compacted.compact()) !== undefined);
  assert.deepEqual(await compacted.records(), ['1 a=2', '2 end=']);
});

test('what is not committed takes the place of nothing', async () => {
  const compacted = await CompactedLog.create();
  compacted.append(['a=1']);
  await compacted.roll();
  compacted.append(['a=2']);
  await compacted.seal();
  compacted.log.highWatermark = 1 as Offset;
  await compacted.compact();
  assert.deepEqual(await compacted.records(), ['0 a=1', '1 a=2', '2 end=']);
});

test('a copy whose first batch lies past a gap does not read its log anew at each boot', async () => {
  const compacted = await CompactedLog.create();
  const bytes = encodeBatch([{ timestamp: 1, key: 'a', value: '1' }]);
  stampBatch(bytes, 0, 3, 6);
  compacted.log.appendAsFollower(bytes, checkBatchesFromLog(bytes, 0 as Offset, -1));
  await compacted.commit();
  assert.deepEqual(compacted.epochs, [{ epoch: 6, startOffset: 0 }]);
  await compacted.world.run(compacted.world.directory?.close() ?? assert.fail());
  let isFirstRead = false;
  const plan = ({ kind, path }: SimOperation): undefined => {
    if (kind === 'read' && path.endsWith('00.log')) isFirstRead = true;
  };
  const booted = await CompactedLog.open(compacted.world.machine.disk.copy(), {}, plan);
  assert.deepEqual(booted?.epochs, [{ epoch: 6, startOffset: 0 }]);
  assert.ok(!isFirstRead);
});
