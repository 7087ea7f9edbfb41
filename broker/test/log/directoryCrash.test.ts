import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../../src/io/seededRandom.ts';
import { SimDisk } from '../../src/io/sim/simDisk.ts';
import { faultAt, firstOf, noFaults, shortTransfers } from '../../src/io/sim/simFaults.ts';
import type { RulesOff } from '../../src/log/logRules.ts';
import type { PartitionLog } from '../../src/log/partition/partitionLog.ts';
import type { RecoveryReport } from '../../src/log/recovery/recoveryReport.ts';
import {
  append,
  batchOf,
  contentOf,
  DirectoryWorld,
  smallLogs,
  topicId,
} from './directoryWorld.ts';

const seeds = Number(process.env['MILLRACE_LOG_SEEDS'] ?? 25);
/** A rule to switch off, to see that it is missed. */
const rulesOff: RulesOff = new Set(
  (process.env['MILLRACE_LOG_RULE_OFF'] ?? '').split(','),
) as RulesOff;
const partitions = 3;
const bootsMax = 6;

/** What one partition must hold. */
class Model {
  /** Bytes of each batch as appended, stamped; index = position in the log. */
  batches: { end: number; bytes: Buffer }[] = [];
  /** Acknowledged, exclusive. */
  durableEnd = 0;
  /** A truncation under way: allowed to have happened or not. */
  truncating: number | undefined;
  copyId = '';

  bytesTo(end: number): Buffer {
    return Buffer.concat(
      this.batches.filter((batch) => batch.end <= end).map(({ bytes }) => bytes),
    );
  }

  cut(end: number): void {
    this.batches = this.batches.filter((batch) => batch.end <= end);
    this.durableEnd = Math.min(this.durableEnd, end);
  }
}

async function check(world: DirectoryWorld, models: Model[], seed: string): Promise<void> {
  const { directory } = world;
  assert.ok(directory !== undefined);
  const lost = directory.recovered.mintedCopies.filter(({ reason }) => reason !== 'unfinished');
  assert.deepEqual(lost, [], `${seed}: nothing is minted`);
  for (const [partition, model] of models.entries()) {
    const log = directory.get(topicId, partition);
    if (model.copyId === '') {
      model.copyId = log?.copyId ?? '';
      continue;
    }
    const { unreadable }: RecoveryReport = directory.recovered;
    assert.ok(log !== undefined, `${seed}: ${partition} is there, ${JSON.stringify(unreadable)}`);
    assert.equal(log.copyId, model.copyId);
    const floor = Math.min(model.durableEnd, model.truncating ?? Number.POSITIVE_INFINITY);
    assert.ok(
      log.logEndOffset >= floor,
      `${seed}: partition ${partition} ends at ${log.logEndOffset}, ${floor} was acknowledged`,
    );
    const bytes: Buffer | undefined = await world.run(contentOf(log));
    if (bytes === undefined) return;
    if (model.truncating !== undefined && log.logEndOffset < model.durableEnd) {
      assert.equal(log.logEndOffset, model.truncating, `${seed}: cut where it was asked for`);
    }
    assert.ok(bytes.equals(model.bytesTo(log.logEndOffset)), `${seed}: bytes of ${partition}`);
    assert.equal(log.durableEndOffset, log.logEndOffset);
    model.cut(log.logEndOffset);
    model.durableEnd = log.logEndOffset;
    model.truncating = undefined;
  }
}

async function act(
  world: DirectoryWorld,
  models: Model[],
  random: SeededRandom,
  epoch: number,
): Promise<void> {
  const { directory, machine } = world;
  if (directory === undefined) return;
  const partition = random.int(partitions);
  const model = models[partition];
  const log = directory.get(topicId, partition);
  if (model === undefined || log === undefined) return;
  const dice = random.int(100);
  if (dice < 70) {
    if (model.truncating !== undefined) return;
    const count = 1 + random.int(4);
    for (let index = 0; index < count; index++) {
      const batch = batchOf(`${log.logEndOffset}`, random.int(3) === 0 ? random.int(6000) : 40);
      const { endOffset } = append(log, batch, epoch);
      model.batches.push({ end: endOffset, bytes: batch });
      log.whenDurable(endOffset).then(
        () => {
          if (machine.process.alive) model.durableEnd = Math.max(model.durableEnd, endOffset);
        },
        () => undefined,
      );
    }
  } else if (dice < 76) {
    await truncate(world, model, log, random);
  } else if (dice < 80) {
    if (model.truncating === undefined) log.roll();
  } else if (dice < 84) {
    directory.checkpoint().catch(() => undefined);
  } else {
    await machine.scheduler.runFor(random.float() * 20);
  }
}

async function truncate(
  world: DirectoryWorld,
  model: Model,
  log: PartitionLog,
  random: SeededRandom,
): Promise<void> {
  if (model.truncating !== undefined) return;
  const to = log.logEndOffset - random.int(4);
  if (to < log.logStartOffset) return;
  // What is queued is written first, so acknowledgements below may still come.
  model.truncating = to;
  const work = log.truncateTo(to as PartitionLog['logEndOffset']).then(() => {
    if (!world.machine.process.alive) return;
    model.cut(to);
    model.truncating = undefined;
  });
  if (random.int(2) === 0) await world.run(work);
  else work.catch(() => undefined);
}

async function runSeed(seed: number): Promise<void> {
  const random = new SeededRandom(seed);
  let disk = new SimDisk();
  disk.makeDirectory('/data');
  disk = disk.afterPowerLoss('all', random);
  const models = Array.from({ length: partitions }, () => new Model());
  for (let boot = 0; boot < bootsMax; boot++) {
    const kills = random.int(3) === 0;
    const plan = firstOf(
      kills ? faultAt(random.int(400), { kind: 'kill' }) : noFaults,
      random.int(3) === 0 ? shortTransfers(random.fork(), 0.1) : noFaults,
    );
    const world = new DirectoryWorld(seed * 100 + boot, disk, plan);
    const name = `seed ${seed}, boot ${boot}`;
    if ((await world.open({ rulesOff })) !== undefined) {
      await check(world, models, name);
      await runBoot(world, models, random, boot + 1);
    }
    if (world.machine.process.alive && random.int(4) === 0) {
      await world.run(world.directory?.close() ?? Promise.resolve());
      for (const model of models) {
        if (!world.machine.process.alive) break;
        model.cut(Number.POSITIVE_INFINITY);
      }
    }
    disk = random.int(2) === 0 ? world.kill() : world.losePower('random');
  }
}

async function runBoot(
  world: DirectoryWorld,
  models: Model[],
  random: SeededRandom,
  epoch: number,
): Promise<void> {
  for (const [partition, model] of models.entries()) {
    const { directory, machine } = world;
    if (model.copyId !== '' || directory === undefined || !machine.process.alive) continue;
    const log = await world.run(
      directory.createCopies([{ topicId, topicName: 't', partition, config: smallLogs }]),
    );
    if (log?.[0] !== undefined) model.copyId = log[0].copyId;
    else return;
  }
  const steps = random.int(120);
  for (let step = 0; step < steps && world.machine.process.alive; step++) {
    await act(world, models, random, epoch);
  }
}

test(`nothing acknowledged is lost through ${bootsMax} crashes, ${seeds} seeds`, async () => {
  const only = process.env['MILLRACE_LOG_SEED'];
  if (only !== undefined) return runSeed(Number(only));
  for (let seed = 0; seed < seeds; seed++) await runSeed(seed);
});
