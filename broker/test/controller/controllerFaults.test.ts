import assert from 'node:assert/strict';
import test from 'node:test';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { ControllerRule } from '../../src/controller/controllerRules.ts';
import { noStoreFaults } from '../cluster/sim/simStore.ts';
import { ControllerWorld, topicRequest } from './controllerWorld.ts';

async function threeBrokers(...rulesOff: ControllerRule[]): Promise<ControllerWorld> {
  const world = new ControllerWorld({ rulesOff: new Set(rulesOff) });
  await world.booted(0, 1, 2);
  const { topic } = await world.create({ partitions: 6, replicationFactor: 3 });
  await world.until('all know it', () =>
    [...world.members.values()].every(
      ({ broker }) => broker.status(topic.topicId, 5)?.initialized === true,
    ),
  );
  return world;
}

function pause(world: ControllerWorld, ...ids: number[]): void {
  for (const id of ids) world.member(id).process.pause();
}

function epochsOf(statuses: readonly PartitionStatus[]): [number, number][] {
  return statuses.map(({ leaderEpoch, epoch }) => [leaderEpoch, epoch]);
}

function others(world: ControllerWorld): number[] {
  const active = world.activeId();
  return [...world.members.keys()].filter((id) => id !== active);
}

test('a controller that was paused while another took over stops, and writes nothing', async () => {
  const world = await threeBrokers();
  const paused = world.activeId();
  const { controller, process } = world.member(paused);
  const epoch = controller.controllerEpoch;
  pause(world, paused);
  await world.until('another is the controller', () =>
    [...world.members.values()].some(
      (each) => each.controller !== controller && each.controller.active,
    ),
  );
  assert.ok(world.active.controller.controllerEpoch > epoch);
  await world.until('the paused one is fenced', () => world.fencedInStore(paused));
  const before = epochsOf(world.statuses());
  process.resume();
  const late = controller.createTopic(topicRequest({ name: 'late' })).catch((error) => error);
  await world.until('it stops', () => !controller.active);
  await world.settle(late);
  for (const [index, [leaderEpoch, partitionEpoch]] of epochsOf(world.statuses()).entries()) {
    assert.ok(leaderEpoch >= (before[index]?.[0] ?? 0));
    assert.ok(partitionEpoch >= (before[index]?.[1] ?? 0));
  }
  await world.until('it follows the other', () => world.fencedInStore(paused) === false);
});

test('without that rule both go on as controllers', async () => {
  const world = await threeBrokers('stop-on-higher-epoch');
  const paused = world.activeId();
  const { controller, process } = world.member(paused);
  pause(world, paused);
  await world.until('another is the controller', () =>
    [...world.members.values()].some(
      (each) => each.controller !== controller && each.controller.active,
    ),
  );
  process.resume();
  await world.scheduler.runFor(5000);
  assert.ok(controller.active);
});

test('with the store out everybody goes on: nobody is fenced, nothing is elected, until it is back', async () => {
  const world = await threeBrokers();
  const [victim = 0] = others(world);
  const leaders = world.leaders();
  const { controller } = world.active;
  world.store.outage = true;
  await world.scheduler.runFor(30_000);
  assert.ok(controller.active, 'failing to renew is not losing');
  world.kill(victim);
  await world.scheduler.runFor(30_000);
  assert.deepEqual(world.leaders(), leaders);
  assert.equal(world.fencedInStore(victim), false);
  world.store.outage = false;
  await world.until('others lead', () =>
    world.leaders().every((id) => id !== victim && id !== null),
  );
});

for (const fault of ['conflict', 'timeout', 'refused', 'missedWatch'] as const) {
  test(`with every third request of the store a ${fault}, all ends as it should`, async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const world = new ControllerWorld({ seed });
      await world.booted(0, 1, 2);
      world.store.faults = { ...noStoreFaults, [fault]: 0.3 };
      const asked = world.active.controller
        .createTopic(topicRequest({ partitions: 4, replicationFactor: 3 }))
        .catch((error) => error);
      await world.scheduler.runFor(5000);
      const [victim = 0] = others(world);
      world.kill(victim);
      await world.scheduler.runFor(3000);
      world.boot(victim);
      await world.scheduler.runFor(3000);
      world.store.faults = noStoreFaults;
      await world.settle(asked);
      await world.until('there is a controller', () =>
        [...world.members.values()].some(({ controller }) => controller.active),
      );
      await world.until('the broker is back', () => world.fencedInStore(victim) === false);
      const { topic } = await world.create({ partitions: 4, replicationFactor: 3 });
      await world.until('all is led, and known', () =>
        [...world.members.values()].every(({ broker }) =>
          topic.partitions.every(({ p }) => {
            const status = broker.status(topic.topicId, p);
            return status?.leader !== null && status?.epoch === world.statuses()[p]?.epoch;
          }),
        ),
      );
    }
  });
}

test('a store that was rewound while everybody is there is recovered from the copies', async () => {
  const world = await threeBrokers();
  const backup = world.store.contents.snapshot();
  const [victim = 0] = others(world);
  world.kill(victim);
  await world.until('others lead', () => world.leaders().every((id) => id !== victim));
  const before = world.statuses();
  world.store.rewind(backup, 'bumped');
  await world.until('all are led again, above all epochs that were seen', () =>
    world
      .statuses()
      .every(
        ({ leader, leaderEpoch, epoch }, index) =>
          leader !== null &&
          leaderEpoch > (before[index]?.leaderEpoch ?? 0) &&
          epoch > (before[index]?.epoch ?? 0),
      ),
  );
  assert.ok(!world.leaders().includes(victim));
  for (const { uncleanEpoch } of world.statuses()) assert.equal(uncleanEpoch, -1);
});

test('a lost status is recovered, as the copies know that they were in sync', async () => {
  const world = await threeBrokers();
  const [row] = world.store.contents.list('PartitionAssignment');
  assert.ok(row !== undefined);
  const before = world.statuses();
  world.store.contents.dropStatus('PartitionAssignment', row.name);
  world.store.changed('lost status');
  await world.until('all are led again', () => {
    const now = world.statuses();
    return now.length === 6 && now.every(({ leader }) => leader !== null);
  });
  for (const [index, { leaderEpoch, epoch }] of world.statuses().entries()) {
    assert.ok(leaderEpoch > (before[index]?.leaderEpoch ?? 0));
    assert.ok(epoch > (before[index]?.epoch ?? 0));
  }
});

test('a status that was lost while nobody was there is recovered with n-m+1 copies, not with fewer', async () => {
  const world = await threeBrokers();
  for (const id of [0, 1, 2]) world.kill(id);
  const [row] = world.store.contents.list('PartitionAssignment');
  assert.ok(row !== undefined);
  world.store.contents.dropStatus('PartitionAssignment', row.name);
  await world.booted(0);
  await world.scheduler.runFor(20_000);
  assert.ok(world.leaders().every((id) => id === null));
  await world.booted(1);
  await world.until('two of three are enough', () => world.leaders().every((id) => id !== null));
});

test('a broker that knows a higher controller epoch makes the controller take another one', async () => {
  const world = await threeBrokers();
  const [knowing = 0] = others(world);
  world.member(knowing).broker.connect({ controllerEpoch: 41 });
  await world.until('it is above', () => world.active.controller.controllerEpoch === 42);
  await world.until('all are registered with it', () =>
    [...world.members.values()].every(({ broker }) => broker.isRegistered),
  );
  const { first } = await world.settle(
    world.active.controller.allocateProducerIds({ brokerId: 0, bootId: '' }),
  );
  assert.ok(first >= 2 ** 32, 'ids that may have been handed out are skipped');
});

test("a controller that was stopped for 12 s does not take its own lag for others' silence", async () => {
  const world = await threeBrokers();
  const active = world.activeId();
  const fenced = watchFenced(world);
  pause(world, active);
  await world.scheduler.runFor(12_000);
  world.member(active).process.resume();
  await world.scheduler.runFor(5000);
  assert.deepEqual(fenced(), []);
});

test('without that rule it does', async () => {
  const world = await threeBrokers('silence-since-drain', 'silent-majority');
  const active = world.activeId();
  const fenced = watchFenced(world);
  pause(world, active);
  await world.scheduler.runFor(12_000);
  world.member(active).process.resume();
  await world.scheduler.runFor(5000);
  assert.notDeepEqual(fenced(), []);
});

test('with more than half silent nobody is fenced and the lease is given up; the next holder fences', async () => {
  const world = await threeBrokers();
  const silent = others(world);
  const epoch = world.active.controller.controllerEpoch;
  const { controller } = world.active;
  pause(world, ...silent);
  await world.until('it gives up', () => !controller.active, 12_000);
  assert.deepEqual(
    silent.map((id) => world.fencedInStore(id)),
    [false, false],
  );
  await world.until('it comes back', () => controller.active, 30_000);
  assert.ok(controller.controllerEpoch > epoch);
  assert.deepEqual(
    silent.map((id) => world.fencedInStore(id)),
    [false, false],
  );
  await world.until('and fences', () => silent.every((id) => world.fencedInStore(id)), 20_000);
});

test('without that rule it fences them at once', async () => {
  const world = await threeBrokers('silent-majority');
  const silent = others(world);
  const { controller } = world.active;
  pause(world, ...silent);
  await world.until('fenced', () => silent.every((id) => world.fencedInStore(id)), 12_000);
  assert.ok(controller.active);
});

/** Everybody who was ever fenced from now on. */
function watchFenced(world: ControllerWorld): () => number[] {
  const fenced = new Set<number>();
  world.store.onChanged = () => {
    for (const id of world.members.keys()) if (world.fencedInStore(id) === true) fenced.add(id);
  };
  return () => [...fenced];
}
