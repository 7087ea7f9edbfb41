import assert from 'node:assert/strict';
import { checkBatchesFromLog } from '@millrace/core/batchCheck';
import { toMillraceError } from '@millrace/core/errors';
import type { Offset } from '@millrace/core/ids';
import type { SimDisk } from '../../../src/io/sim/simDisk.ts';
import { faultAt, type SimFaultPlan, type SimOperation } from '../../../src/io/sim/simFaults.ts';
import type { RulesOff } from '../../../src/log/logRules.ts';
import { CompactedLog, compacted } from '../compaction/compactedLog.ts';
import { contentOf } from '../directoryWorld.ts';
import type { CrashStory } from './crashStories.ts';

/** What compaction must not do, wherever it is interrupted (safety.md, rule 24). */
export const compactionStories: readonly CrashStory[] = [
  {
    rule: 'cleaned-is-synced',
    promise: 'a power loss at any step of compaction costs no latest value',
    tell: killedAnywhere,
  },
  {
    rule: 'swap-is-recorded',
    promise: 'a boot ends the swap that a crash has interrupted',
    tell: killedAnywhere,
  },
  {
    rule: 'swap-recorded-until-line',
    promise: 'a line of before a swap is believed after it',
    tell: killedAnywhere,
  },
  {
    rule: 'removed-below-is-durable',
    promise: 'a tombstone is gone only where the copy says so',
    tell: killedAnywhere,
  },
  {
    rule: 'tombstones-asked-again',
    promise: 'a tombstone stays that a follower needs which came while the pass was under way',
    tell: lateFollower,
  },
  {
    rule: 'swap-void-after-cut',
    promise: 'a record that was cut has taken the place of nothing',
    tell: cutWhileCompacted,
  },
  {
    rule: 'swap-blocks-cut',
    promise:
      'a log does not grow where a swap is recorded, and no boot ends one that counts on a record which was cut',
    tell: async (rulesOff, seed) => {
      await cutAndKilled(rulesOff, seed);
      await cutAtSwap(rulesOff, seed);
    },
  },
  {
    rule: 'compaction-below-watermark',
    promise: 'a record that is not committed takes the place of nothing',
    tell: uncommitted,
  },
  {
    rule: 'log-end-kept',
    promise: 'a compacted log has no hole at which a boot without a journal would end it',
    tell: lostJournal,
  },
  {
    rule: 'epoch-starts-kept',
    promise:
      'a copy of a compacted log, and a boot without the file of epochs, know where each epoch begins',
    tell: replicatedEpochs,
  },
  {
    rule: 'last-header-kept',
    promise: 'the last sequence of a producer is known although its records are gone',
    tell: lostSnapshot,
  },
  {
    rule: 'control-batches-kept',
    promise: 'a control batch stays whatever its key',
    tell: controlBatch,
  },
  {
    rule: 'tombstones-kept',
    promise: 'a tombstone stays for its time',
    tell: freshTombstone,
  },
];

/** A log in which one pass has given a tombstone of `gone` its time, which is over, and the next one has work. */
async function prepared(): Promise<{ disk: SimDisk; copyId: string; after: readonly string[] }> {
  const one = await CompactedLog.create({ tombstoneRetentionMs: 1 });
  one.append(['a=1', 'gone=1']);
  one.append(['gone', 'b=1']);
  await one.seal();
  await one.compact();
  await one.world.run(one.world.directory?.checkpoint() ?? assert.fail());
  one.world.machine.clock.jumpWall(1000);
  one.append(['a=2', `c=${'.'.repeat(3000)}`]);
  await one.roll();
  one.append([`b=${'.'.repeat(2000)}`, `c=${'.'.repeat(2000)}`]);
  await one.seal();
  await one.world.run(one.world.directory?.checkpoint() ?? assert.fail());
  const after = latest(await one.records());
  return { disk: one.world.losePower('none'), copyId: one.log.copyId, after };
}

/** Of each key the last, without what was deleted. */
function latest(records: readonly string[]): string[] {
  const last = new Map<string, string>();
  for (const record of records) {
    const [, key = ''] = /^\d+ ([^=]*)/.exec(record) ?? [];
    last.set(key, record);
  }
  return [...last.values()].filter((record) => record.includes('=')).toSorted();
}

async function killedAnywhere(rulesOff: RulesOff, seed: number): Promise<void> {
  const start = await prepared();
  for (let nth = 0; ; nth++) {
    let hasBegun = false;
    const plan = faultAt(nth, { kind: 'kill' }, (operation) => hasBegun && changes(operation));
    const one = await CompactedLog.open(start.disk.copy(), { rulesOff }, plan, seed);
    assert.ok(one !== undefined);
    one.world.machine.clock.jumpWall(100_000);
    one.log.highWatermark = one.log.durableEndOffset;
    hasBegun = true;
    await one.compact();
    const isOver = one.world.machine.process.alive;
    for (const keep of ['none', 'random', 'all'] as const) {
      const disk = one.world.machine.disk.copy().afterPowerLoss(keep, one.world.machine.random);
      await checkBoot(disk, start, `killed at ${nth}, ${keep} kept`, rulesOff);
    }
    if (isOver) return;
  }
}

async function lateFollower(rulesOff: RulesOff): Promise<void> {
  const { disk } = await prepared();
  const one = (await CompactedLog.open(disk.copy(), { rulesOff })) ?? assert.fail();
  one.world.machine.clock.jumpWall(100_000);
  one.log.highWatermark = one.log.durableEndOffset;
  let asked = 0;
  const none = 0 as Offset;
  const before = (): Offset => (asked++ === 0 ? one.log.highWatermark : none);
  const passed = await one.world.run(
    one.compacting(before).then(
      () => 'it ended',
      (error: unknown) => toMillraceError(error).code,
    ),
  );
  assert.ok((await one.records()).includes('2 gone'));
  assert.equal(passed, 'CONFLICT');
  assert.equal(one.log.removedBelow, 0);
}

async function checkBoot(
  disk: SimDisk,
  { copyId, after }: { readonly copyId: string; readonly after: readonly string[] },
  story: string,
  rulesOff: RulesOff,
): Promise<void> {
  const booted = (await CompactedLog.open(disk, { rulesOff })) ?? assert.fail();
  const { directory } = booted.world;
  const detail = directory?.recovered.mintedCopies[0]?.detail;
  assert.equal(booted.log.copyId, copyId, `${story}: it is given up: ${detail}`);
  const records = await booted.records();
  assert.deepEqual(latest(records), after, story);
  if (records.includes('2 gone')) return;
  const { removedBelow } = directory?.copyFacts(booted.log) ?? assert.fail();
  assert.ok(removedBelow > 2, `${story}: the tombstone is gone, and nobody knows`);
}

function changes({ kind }: SimOperation): boolean {
  return kind !== 'read' && kind !== 'list' && kind !== 'open';
}

/** An unclean election cuts what compaction counts on, at any step of it. */
async function cutWhileCompacted(rulesOff: RulesOff, seed: number): Promise<void> {
  for (let nth = 0; ; nth++) {
    const trigger = new Trigger(nth, ({ path }) => /cleaned|checkpoints|swap/.test(path));
    const one = await CompactedLog.create(
      { segmentBytesMax: 1024 },
      { rulesOff },
      trigger.plan,
      seed,
    );
    for (const text of ['a=1', 'b=1', 'a=2', 'c=1']) {
      one.append([text.padEnd(700, '.')]);
      await one.roll();
    }
    await one.seal();
    const { sizeBytes } = one.log;
    let cut = 'not begun';
    trigger.arm(() => {
      // It is too late: a record that was committed has gone for another.
      if (one.log.sizeBytes < sizeBytes) cut = 'refused';
      else
        one.log.truncateTo(2 as Offset).then(
          () => {
            cut = 'cut';
          },
          () => {
            cut = 'refused';
          },
        );
    });
    await one.world.run(one.compacting().catch(() => undefined));
    if (!trigger.hasFired) return;
    await one.world.run(one.until(() => cut !== 'not begun'));
    if (cut === 'refused') continue;
    const records = await one.records();
    const keys = records.map((record) => record.replaceAll('.', ''));
    assert.deepEqual(keys, ['0 a=1', '1 b=1'], `cut at operation ${nth}`);
  }
}

/** An unclean election cuts what a swap that is recorded counts on, and the process dies before its record is gone. */
async function cutAndKilled(rulesOff: RulesOff, seed: number): Promise<void> {
  for (let nth = 0; ; nth++) {
    const trigger = new Trigger(nth, ({ path }) => /cleaned|swap/.test(path));
    const one = await CompactedLog.create(
      { segmentBytesMax: 1024 },
      { rulesOff },
      trigger.plan,
      seed,
    );
    for (const text of ['a=1', 'b=1', 'a=2', 'c=1']) {
      one.append([text.padEnd(700, '.')]);
      await one.roll();
    }
    await one.seal();
    const { sizeBytes } = one.log;
    let isCut = false;
    const cut = async (): Promise<void> => {
      if (one.log.sizeBytes < sizeBytes) return;
      await one.log.truncateTo(2 as Offset);
      isCut = true;
      one.world.machine.process.kill();
    };
    const over = Promise.withResolvers<void>();
    trigger.arm(() => void cut().then(over.resolve, () => over.resolve()));
    await one.world.run(one.compacting().catch(() => undefined));
    if (!trigger.hasFired) return;
    if (one.world.machine.process.alive) await one.world.run(over.promise);
    if (!isCut) continue;
    const booted = (await CompactedLog.open(one.world.kill(), { rulesOff })) ?? assert.fail();
    const keys = (await booted.records()).map((record) => record.replaceAll('.', ''));
    assert.deepEqual(keys, ['0 a=1', '1 b=1'], `cut at operation ${nth}`);
  }
}

/** A cut to where the compacted part ends, while the swap is recorded: then the new segment grows. */
async function cutAtSwap(rulesOff: RulesOff, seed: number): Promise<void> {
  for (let nth = 0; ; nth++) {
    const trigger = new Trigger(nth, changes);
    const one = await CompactedLog.create({}, { rulesOff }, trigger.plan, seed);
    one.append(['a=1', 'b=1']);
    one.append(['a=2']);
    await one.seal();
    let end = one.log.logEndOffset;
    const cutAndGrow = async (): Promise<void> => {
      await one.log.truncateTo(3 as Offset);
      one.append(['d=1'], {}, 2);
      end = one.log.logEndOffset;
      await one.log.whenDurable(end);
      // Before a checkpoint that comes after it.
      one.world.machine.process.kill();
    };
    const refused = Promise.withResolvers<void>();
    trigger.arm(() => void cutAndGrow().catch(() => refused.resolve()));
    await one.world.run(one.compacting().catch(() => undefined));
    if (!trigger.hasFired) return;
    if (one.world.machine.process.alive) await one.world.run(refused.promise);
    const booted = (await CompactedLog.open(one.world.kill(), { rulesOff })) ?? assert.fail();
    assert.equal(booted.log.copyId, one.log.copyId, `cut at operation ${nth}: it is given up`);
    assert.equal(booted.log.logEndOffset, end);
  }
}

async function uncommitted(rulesOff: RulesOff): Promise<void> {
  const one = await CompactedLog.create({}, { rulesOff });
  one.append(['a=1']);
  await one.roll();
  one.append(['a=2']);
  await one.seal();
  one.log.highWatermark = 1 as Offset;
  await one.compact();
  await one.world.run(one.log.truncateTo(1 as Offset));
  assert.deepEqual(await one.records(), ['0 a=1']);
}

async function lostJournal(rulesOff: RulesOff): Promise<void> {
  const one = await CompactedLog.create({ segmentBytesMax: 1024 }, { rulesOff });
  one.append(['a=1']);
  one.append([`b=${'.'.repeat(800)}`]);
  await one.roll();
  one.append([`b=2${'.'.repeat(300)}`]);
  await one.seal();
  await one.compact();
  await one.world.run(one.world.directory?.checkpoint() ?? assert.fail());
  const disk = one.world.losePower('none');
  for (const path of disk.snapshot().keys()) if (path.includes('/journal/')) disk.unlink(path);
  const lost = await CompactedLog.open(disk.afterPowerLoss('all', one.world.machine.random), {
    rulesOff,
    lostJournal: 'discard',
  });
  const records = (await lost?.records())?.map((record) => record.replaceAll('.', ''));
  assert.deepEqual(records, ['0 a=1', '2 b=2', '3 end=']);
}

/** Epoch 6 and the first records of 7 are superseded. */
async function replicatedEpochs(rulesOff: RulesOff): Promise<void> {
  const one = await CompactedLog.create({}, { rulesOff });
  one.append(['a=1', 'z=1'], {}, 5);
  one.append(['b=1', 'c=1'], {}, 6);
  for (const text of ['b=2', 'c=2', 'b=3']) one.append([text], {}, 7);
  await one.roll();
  one.append(['end='], {}, 7);
  await one.commit();
  await one.compact();
  const starts = [5, 6, 7].map((epoch, at) => ({ epoch, startOffset: at * 2 }));
  assert.deepEqual(one.epochs, starts);
  const bytes = (await one.world.run(contentOf(one.log))) ?? assert.fail();
  const copy = await CompactedLog.create({}, { rulesOff });
  copy.log.appendAsFollower(Buffer.from(bytes), checkBatchesFromLog(bytes, 0 as Offset, -1));
  await copy.commit();
  assert.deepEqual(copy.epochs, starts, 'of a copy');
  const disk = one.world.kill();
  for (const path of disk.snapshot().keys()) if (path.endsWith('/epochs')) disk.unlink(path);
  const booted = (await CompactedLog.open(disk, { rulesOff })) ?? assert.fail();
  assert.deepEqual(booted.epochs, starts, 'of the batches');
}

async function lostSnapshot(rulesOff: RulesOff): Promise<void> {
  const one = await CompactedLog.create({}, { rulesOff });
  one.append(['first=']);
  one.append(['a=1'], { producerId: 7, producerEpoch: 0, baseSequence: 4 });
  one.append(['a=2']);
  await one.seal();
  await one.compact();
  assert.deepEqual(await one.records(), ['0 first=', '2 a=2', '3 end=']);
  const disk = one.world.losePower('all');
  for (const path of disk.snapshot().keys()) if (path.endsWith('.producers')) disk.unlink(path);
  const booted = (await CompactedLog.open(disk, { rulesOff })) ?? assert.fail();
  const known = booted.log.producers.remembered().map(({ batches }) => batches.at(-1));
  assert.deepEqual(
    known.map((batch) => batch?.lastSequence),
    [4],
  );
}

async function controlBatch(rulesOff: RulesOff): Promise<void> {
  const one = await CompactedLog.create({}, { rulesOff });
  one.append(['a=1'], { kind: 'control' });
  one.append(['a=2']);
  await one.seal();
  await one.compact();
  assert.deepEqual(await one.batches(), ['0-0 1', '1-1 1', '2-2 1']);
}

async function freshTombstone(rulesOff: RulesOff): Promise<void> {
  const one = await CompactedLog.create(
    { ...compacted, tombstoneRetentionMs: 60_000 },
    { rulesOff },
  );
  one.append(['a=1', 'b=1']);
  one.append(['a']);
  await one.seal();
  await one.compact();
  assert.deepEqual(await one.records(), ['1 b=1', '2 a', '3 end=']);
}

/** Calls back before the `nth` operation that matches, counted from when it is armed. */
class Trigger {
  readonly plan: SimFaultPlan;
  hasFired = false;
  #callback: (() => void) | undefined;

  constructor(nth: number, matches: (operation: SimOperation) => boolean) {
    let seen = 0;
    this.plan = (operation) => {
      if (this.#callback === undefined || !matches(operation)) return undefined;
      seen += 1;
      if (seen <= nth || this.hasFired) return undefined;
      this.hasFired = true;
      queueMicrotask(this.#callback);
      return undefined;
    };
  }

  arm(callback: () => void): void {
    this.#callback = callback;
  }
}
