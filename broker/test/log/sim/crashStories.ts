import assert from 'node:assert/strict';
import type { Offset } from '@millrace/core/ids';
import type { SimDisk } from '../../../src/io/sim/simDisk.ts';
import { faultAt, type SimFaultPlan, type SimOperation } from '../../../src/io/sim/simFaults.ts';
import type { RulesOff } from '../../../src/log/logRules.ts';
import { formattedDisk } from '../../io/sim/simMachine.ts';
import { contentOf, DirectoryWorld, topicId } from '../directoryWorld.ts';

// Sequences of crashes that random schedules meet too rarely: each is told with every crash at every operation.
// They throw an AssertionError where a promise is broken.

const batches = 20;

interface Prepared {
  readonly disk: SimDisk;
  readonly copyId: string;
  /** Bytes of the log after so many batches. */
  readonly contents: readonly Buffer[];
}

/** A log of 20 batches, one record each, all in its line. */
async function prepare(ending: 'checkpoint' | 'clean close'): Promise<Prepared> {
  const world = new DirectoryWorld(1, formattedDisk('/'));
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
async function check(disk: SimDisk, story: string, wanted: Prepared, ends: readonly number[]) {
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

/** kill -9 during a truncation, a crash of the boot after it, and then power is lost. */
export async function truncationThenPowerLoss(rulesOff: RulesOff): Promise<void> {
  const prepared = await prepare('checkpoint');
  const to = 5;
  for (let first = 0; ; first++) {
    const truncating = { hasBegun: false };
    const plan = killAt(first, () => truncating.hasBegun);
    const world = new DirectoryWorld(1, prepared.disk.copy(), plan);
    const directory = await world.open({ rulesOff });
    const log = directory?.get(topicId, 0) ?? assert.fail();
    truncating.hasBegun = true;
    await world.run(log.truncateTo(to as Offset));
    if (world.machine.process.alive) return;
    const killed = world.kill();
    for (let second = 0; ; second++) {
      const boot = new DirectoryWorld(2, killed.copy(), killAt(second));
      await boot.open({ rulesOff });
      const isOver = boot.machine.process.alive;
      for (const keep of ['none', 'random', 'all'] as const) {
        const story = `killed at operation ${first}, then at ${second}, ${keep} kept`;
        await check(boot.losePower(keep), story, prepared, [to, batches]);
      }
      if (isOver) break;
    }
  }
}

/** A boot cannot make it durable that the marker is gone; the next one serves, and then power is lost. */
export async function markerThatComesBack(rulesOff: RulesOff): Promise<void> {
  const prepared = await prepare('clean close');
  for (let failing = 0; failing < 10; failing++) {
    const plan = faultAt(
      failing,
      { kind: 'error', code: 'EIO' },
      ({ kind }: SimOperation) => kind === 'syncDirectory',
    );
    const first = new DirectoryWorld(1, prepared.disk.copy(), plan);
    await first.open({ rulesOff }).catch(() => undefined);
    const second = new DirectoryWorld(2, first.kill());
    const directory = await second.open({ rulesOff });
    const log = directory?.get(topicId, 0) ?? assert.fail();
    await second.appendDurably(log, 'one more');
    const contents = [...prepared.contents, (await second.run(contentOf(log))) ?? assert.fail()];
    for (let loss = 0; loss < 4; loss++) {
      const third = new DirectoryWorld(3, second.losePower('random'));
      await third.open({ rulesOff });
      const story = `the sync of directory ${failing} failed, power loss ${loss}`;
      await check(third.losePower('all'), story, { ...prepared, contents }, [batches + 1]);
    }
  }
}

/** The process dies in the operation `nth` of those that count. */
function killAt(nth: number, counts: () => boolean = () => true): SimFaultPlan {
  return faultAt(nth, { kind: 'kill' }, counts);
}
