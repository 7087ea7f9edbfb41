/** Two controllers, two boots, silence (safety.md, rules 6, 15, 18 and 27). */
import assert from 'node:assert/strict';
import type { ControllerRulesOff } from '../../../../src/controller/controllerRules.ts';
import { ProducerIds } from '../../../../src/controller/producerIds.ts';
import { SimProcess } from '../../../../src/io/sim/simProcess.ts';
import { LONG_MS, PartitionScene } from './partitionScene.ts';
import type { ControllerStory } from './story.ts';

export const controllerStories: readonly ControllerStory[] = [
  {
    rule: 'newest-boot-wins',
    promise: 'of two processes with one id the newer stays',
    tell: twoBoots,
  },
  {
    rule: 'ids-by-cas',
    promise: 'no two controllers hand out one producer id',
    tell: twoIdSupplies,
  },
  {
    rule: 'lease-epoch-above-all',
    promise: 'after the lease was lost a controller takes an epoch above all that were used',
    tell: lostLease,
  },
  {
    rule: 'stop-on-higher-epoch',
    promise: 'a controller that was paused while another took over stops',
    tell: pausedController,
  },
  {
    rule: 'silence-since-drain',
    promise: "a controller does not take its own pause for others' silence",
    tell: stalledController,
  },
  {
    rule: 'silent-majority',
    promise: 'a controller that hears of nobody fences nobody: it is the one that is cut off',
    tell: silentMajority,
  },
];

async function twoBoots(rulesOff: ControllerRulesOff, seed: number): Promise<void> {
  const { world } = await PartitionScene.start(rulesOff, seed);
  const id = [0, 1, 2].find((each) => each !== world.activeId()) ?? 0;
  const older = world.member(id);
  const newer = world.boot(id);
  await world.scheduler.runFor(LONG_MS);
  assert.equal(older.broker.fenced, 'newer-boot');
  assert.ok(newer.broker.isRegistered);
}

async function twoIdSupplies(rulesOff: ControllerRulesOff, seed: number): Promise<void> {
  const { world } = await PartitionScene.start(rulesOff, seed);
  const { store, scheduler } = world;
  const supplies = ['b0', 'b1'].map(
    (host) => new ProducerIds({ store: store.open(new SimProcess(scheduler), host), rulesOff }),
  );
  const asked = supplies.flatMap((supply) => [supply.allocate(), supply.allocate()]);
  const firsts = (await world.settle(Promise.all(asked))).map(({ first }) => first);
  assert.equal(new Set(firsts).size, firsts.length, firsts.join());
}

async function lostLease(rulesOff: ControllerRulesOff, seed: number): Promise<void> {
  const scene = await PartitionScene.start(rulesOff, seed);
  const { contents } = scene.world.store;
  scene.kill(0, 1, 2);
  await scene.world.scheduler.runFor(100);
  const { epoch, version } = contents.lease;
  contents.writeLease({ holder: '', epoch: 0, renewals: 0 }, version);
  await scene.boot(0);
  assert.ok(contents.lease.epoch > epoch, `${contents.lease.epoch} after ${epoch}`);
}

async function pausedController(rulesOff: ControllerRulesOff, seed: number): Promise<void> {
  const { world } = await PartitionScene.start(rulesOff, seed);
  const { controller, process } = world.active;
  process.pause();
  await world.until('another is the controller', () =>
    [...world.members.values()].some(
      (each) => each.controller !== controller && each.controller.active,
    ),
  );
  process.resume();
  await world.scheduler.runFor(5000);
  assert.equal(controller.active, false);
}

async function stalledController(rulesOff: ControllerRulesOff, seed: number): Promise<void> {
  // Two of three would be a majority: that is another rule.
  const { world } = await PartitionScene.start(new Set([...rulesOff, 'silent-majority']), seed);
  const fenced = watchFenced(world.store, () => [0, 1, 2].filter((id) => world.fencedInStore(id)));
  const { process } = world.active;
  process.pause();
  await world.scheduler.runFor(12_000);
  process.resume();
  await world.scheduler.runFor(5000);
  assert.deepEqual([...fenced], []);
}

async function silentMajority(rulesOff: ControllerRulesOff, seed: number): Promise<void> {
  const { world } = await PartitionScene.start(rulesOff, seed);
  const fenced = watchFenced(world.store, () => [0, 1, 2].filter((id) => world.fencedInStore(id)));
  const { controller } = world.active;
  for (const each of world.members.values()) {
    if (each.controller !== controller) each.process.pause();
  }
  await world.scheduler.runFor(12_000);
  assert.deepEqual([...fenced], []);
}

/** Everybody who is ever fenced from now on. */
function watchFenced(
  store: { onChanged: (what: string) => void },
  fencedNow: () => readonly number[],
): ReadonlySet<number> {
  const fenced = new Set<number>();
  store.onChanged = () => {
    for (const id of fencedNow()) fenced.add(id);
  };
  return fenced;
}
