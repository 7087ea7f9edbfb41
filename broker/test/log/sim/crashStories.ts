import assert from 'node:assert/strict';
import type { Offset } from '@millrace/core/ids';
import type { SimDisk } from '../../../src/io/sim/simDisk.ts';
import { faultAt, type SimFaultPlan, type SimOperation } from '../../../src/io/sim/simFaults.ts';
import type { LogRule, RulesOff } from '../../../src/log/logRules.ts';
import { formattedDisk } from '../../io/sim/simMachine.ts';
import {
  append,
  batchOf,
  contentOf,
  DirectoryWorld,
  onlyExtents,
  topicId,
} from '../directoryWorld.ts';
import { simLog } from '../simLog.ts';
import { compactionStories } from './compactionStories.ts';

/** What random schedules meet too rarely, told with every crash at every operation. */
export interface CrashStory {
  /** The clause that it is about. */
  readonly rule: LogRule;
  readonly promise: string;
  /** Throws an AssertionError where the promise is broken. The seed decides what a power loss keeps. */
  readonly tell: (rulesOff: RulesOff, seed: number) => Promise<void>;
}

export const crashStories: readonly CrashStory[] = [
  {
    rule: 'frames-durable-before-cut',
    promise:
      'a truncation is seen by all boots or by none, wherever they are killed and power is lost',
    tell: truncationThenPowerLoss,
  },
  {
    rule: 'frames-durable-before-void',
    promise: 'a truncation of what an extent vouches for is seen by all boots or by none',
    tell: truncationOfExtent,
  },
  {
    rule: 'extent-checked',
    promise: 'a write that a lying disk has lost is missed where an extent vouches for it',
    tell: lostWriteOfExtent,
  },
  {
    rule: 'cut-appends-are-told',
    promise:
      'who waits for what a truncation removes is told, and not that others came in its place',
    tell: truncationOfWhatIsAwaited,
  },
  {
    rule: 'marker-names-checkpoint',
    promise: 'a marker that a power loss brings back is void',
    tell: markerThatComesBack,
  },
  ...compactionStories,
];

const batches = 20;
/** What a failed sync leaves behind, and what a power loss does, are drawn: so often each. */
const drawsOfFailure = 6;
const drawsOfLoss = 3;

interface Prepared {
  readonly disk: SimDisk;
  readonly copyId: string;
  /** Bytes of the log after so many batches. */
  readonly contents: readonly Buffer[];
}

/** A log of 20 batches, one record each, all in its line. */
async function prepare(ending: 'checkpoint' | 'clean close', seed: number): Promise<Prepared> {
  const world = new DirectoryWorld(seed, formattedDisk('/'));
  const directory = await world.open();
  const log = await world.createLog();
  const contents: Buffer[] = [Buffer.alloc(0)];
  for (let batch = 0; batch < batches; batch++) {
    await world.appendDurably(log, `batch ${batch}`, 300);
    contents.push((await world.run(contentOf(log))) ?? assert.fail());
  }
  assert.ok(directory !== undefined);
  await world.run(ending === 'checkpoint' ? directory.checkpoint() : directory.close());
  return { disk: world.losePower('none'), copyId: log.copyId, contents };
}

/** The log must be itself, with `ends` of its batches. */
async function check(
  disk: SimDisk,
  story: string,
  wanted: Omit<Prepared, 'disk'>,
  ends: readonly number[],
) {
  const world = new DirectoryWorld(3, disk);
  const directory = await world.open();
  const log = directory?.get(topicId, 0);
  assert.ok(log !== undefined, `${story}: the log is there`);
  const detail = directory?.recovered.mintedCopies[0]?.detail;
  assert.equal(log.copyId, wanted.copyId, `${story}: it is given up: ${detail}`);
  assert.ok(ends.includes(log.logEndOffset), `${story}: it ends at ${log.logEndOffset}`);
  const content = (await world.run(contentOf(log))) ?? assert.fail();
  assert.ok(content.equals(wanted.contents[log.logEndOffset] ?? assert.fail()), story);
  world.kill();
}

const to = 5;

/** kill -9 during a truncation, a crash of the boot after it, and then power is lost. */
async function truncationThenPowerLoss(rulesOff: RulesOff, seed: number): Promise<void> {
  const prepared = await prepare('checkpoint', seed);
  for (let first = 0; ; first++) {
    const truncating = { hasBegun: false };
    const plan = killAt(first, () => truncating.hasBegun);
    const world = new DirectoryWorld(seed, prepared.disk.copy(), plan);
    const directory = await world.open({ rulesOff });
    const log = directory?.get(topicId, 0) ?? assert.fail();
    truncating.hasBegun = true;
    await world.run(log.truncateTo(to as Offset));
    if (world.machine.process.alive) return;
    await bootsAndPowerLosses(world.kill(), { ...prepared, first, rulesOff, seed });
  }
}

/** The same of batches that no line and no append frame holds. */
async function truncationOfExtent(rulesOff: RulesOff, seed: number): Promise<void> {
  for (let first = 0; ; first++) {
    const truncating = { hasBegun: false };
    const plan = killAt(first, () => truncating.hasBegun);
    const world = new DirectoryWorld(seed, formattedDisk('/'), plan);
    await world.open({ rulesOff, bypass: onlyExtents });
    const log = await world.createLog();
    const contents: Buffer[] = [Buffer.alloc(0)];
    for (let batch = 0; batch < batches; batch++) {
      const bytes = batchOf(`batch ${batch}`, 300);
      append(log, bytes);
      contents.push(Buffer.concat([contents[batch] ?? assert.fail(), bytes]));
    }
    await world.run(log.whenDurable(log.logEndOffset));
    truncating.hasBegun = true;
    await world.run(log.truncateTo(to as Offset));
    if (world.machine.process.alive) return;
    const { copyId } = log;
    await bootsAndPowerLosses(world.kill(), { copyId, contents, first, rulesOff, seed });
  }
}

/**
 * A sync that did nothing: where a batch was written, and then another, lies the one that a truncation has removed. Each
 * batch is right by itself, offsets and epochs rise.
 */
async function lostWriteOfExtent(rulesOff: RulesOff, seed: number): Promise<void> {
  const world = new DirectoryWorld(seed, formattedDisk('/'));
  const directory = await world.open({ bypass: onlyExtents });
  const log = await world.createLog();
  await world.appendDurably(log, 'cut', 300);
  const cut = (await world.run(contentOf(log))) ?? assert.fail();
  await world.run(log.truncateTo(0 as Offset));
  await world.run(directory?.checkpoint() ?? assert.fail());
  for (const text of ['lost', 'kept']) append(log, batchOf(text, 300), 2);
  await world.run(log.whenDurable(log.logEndOffset));
  const disk = world.losePower('none');
  const path = Array.from(disk.snapshot().keys()).find((name) => name.endsWith('.log'));
  disk.file(path ?? assert.fail(), 'damage').write(cut, 0);
  const boot = new DirectoryWorld(seed + 1, disk.afterPowerLoss('all', world.machine.random));
  const recovered = (await boot.open({ rulesOff }))?.recovered;
  assert.equal(recovered?.mintedCopies[0]?.reason, 'corruption', 'what was cut is served again');
}

interface Killed extends Omit<Prepared, 'disk'> {
  /** The operation in which the process died. */
  readonly first: number;
  readonly rulesOff: RulesOff;
  readonly seed: number;
}

async function bootsAndPowerLosses(killed: SimDisk, wanted: Killed): Promise<void> {
  const { first, rulesOff, seed } = wanted;
  for (let second = 0; ; second++) {
    const boot = new DirectoryWorld(seed + 1, killed.copy(), killAt(second));
    await boot.open({ rulesOff });
    const isOver = boot.machine.process.alive;
    for (const keep of ['none', 'random', 'all'] as const) {
      const story = `killed at operation ${first}, then at ${second}, ${keep} kept`;
      await check(boot.losePower(keep), story, wanted, [to, batches]);
    }
    if (isOver) return;
  }
}

/** What is appended after a truncation ends where the removed batch did that somebody waits for. */
async function truncationOfWhatIsAwaited(rulesOff: RulesOff): Promise<void> {
  const { lone, settle } = simLog({ rulesOff });
  const { endOffset } = lone.append(batchOf('lost'));
  lone.log.flush();
  const acknowledged = lone.log.whenDurable(endOffset);
  acknowledged.catch(() => undefined);
  await settle(lone.log.truncateTo(0 as Offset));
  lone.append(batchOf('another'), 1);
  lone.commit();
  assert.equal(lone.log.durableEndOffset, endOffset);
  await assert.rejects(acknowledged, { code: 'NOT_LEADER', outcome: 'unknown' });
}

/** A boot cannot make it durable that the marker is gone; the next one serves, and then power is lost. */
async function markerThatComesBack(rulesOff: RulesOff, seed: number): Promise<void> {
  const prepared = await prepare('clean close', seed);
  for (let draw = 0; draw < drawsOfFailure; draw++) {
    for (let failing = 0; failing < 10; failing++) {
      await failAndServe(prepared, failing, rulesOff, seed + draw);
    }
  }
}

async function failAndServe(
  prepared: Prepared,
  failing: number,
  rulesOff: RulesOff,
  seed: number,
): Promise<void> {
  const plan = faultAt(
    failing,
    { kind: 'error', code: 'EIO' },
    ({ kind }: SimOperation) => kind === 'syncDirectory',
  );
  const first = new DirectoryWorld(seed, prepared.disk.copy(), plan);
  await first.open({ rulesOff }).catch(() => undefined);
  const second = new DirectoryWorld(seed + 1, first.kill());
  const directory = await second.open({ rulesOff });
  const log = directory?.get(topicId, 0) ?? assert.fail();
  await second.appendDurably(log, 'one more');
  const contents = [...prepared.contents, (await second.run(contentOf(log))) ?? assert.fail()];
  for (let loss = 0; loss < drawsOfLoss; loss++) {
    const third = new DirectoryWorld(seed + 2, second.losePower('random'));
    await third.open({ rulesOff });
    const story = `the sync of directory ${failing} failed, power loss ${loss}`;
    await check(third.losePower('all'), story, { ...prepared, contents }, [batches + 1]);
  }
}

/** The process dies in the operation `nth` of those that count and change the disk: between two of them it is as it was. */
function killAt(nth: number, counts: () => boolean = () => true): SimFaultPlan {
  const changes = ({ kind }: SimOperation): boolean =>
    kind !== 'read' && kind !== 'list' && kind !== 'open';
  return faultAt(nth, { kind: 'kill' }, (operation) => changes(operation) && counts());
}
