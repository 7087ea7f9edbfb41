import assert from 'node:assert/strict';
import test from 'node:test';
import { copyName } from '@millrace/core/resources/partitionAssignment';
import { ControllerWorld } from './controllerWorld.ts';
import { withCode } from '../store/storedExamples.ts';

test('a lone broker takes the lease and leads what it creates', async () => {
  const world = new ControllerWorld();
  await world.booted(0);
  assert.ok(world.scheduler.nowMs < 100, `took ${world.scheduler.nowMs} ms`);
  const { topic, existed } = await world.create({ partitions: 3 });
  assert.equal(existed, false);
  assert.equal(topic.replicationFactor, 1);
  assert.deepEqual(world.leaders(), [0, 0, 0]);
});

test('a lone broker that starts again leads at once, in epochs of its own', async () => {
  const world = new ControllerWorld();
  await world.booted(0);
  await world.create({ partitions: 3 });
  const before = world.statuses();
  world.kill(0);
  const bootedMs = world.scheduler.nowMs;
  const { broker } = world.boot(0);
  const { bootId } = broker.parts;
  await world.until('it leads', () =>
    world.statuses().every(({ leader }) => leader?.endsWith(bootId) === true),
  );
  assert.ok(world.scheduler.nowMs - bootedMs < 100, 'an earlier boot of itself is not waited for');
  for (const [index, { leaderEpoch, isr }] of world.statuses().entries()) {
    assert.equal(leaderEpoch, (before[index]?.leaderEpoch ?? 0) + 1);
    assert.deepEqual(isr, before[index]?.isr);
  }
});

test('of three brokers one is the controller; every replica is in sync; all know it', async () => {
  const world = new ControllerWorld();
  await world.booted(0, 1, 2);
  assert.equal([...world.members.values()].filter(({ controller }) => controller.active).length, 1);
  const { topic } = await world.create({ partitions: 6, replicationFactor: 3 });
  for (const status of topic.partitions) assert.equal(status.isr.length, 3);
  assert.deepEqual(new Set(world.leaders()), new Set([0, 1, 2]));
  await world.until('all know it', () =>
    [...world.members.values()].every(
      ({ broker }) => broker.status(topic.topicId, 5)?.leader !== undefined,
    ),
  );
});

test('a dead leader is replaced within half a second, as its port refuses', async () => {
  const world = new ControllerWorld();
  await world.booted(0, 1, 2);
  await world.create({ partitions: 6, replicationFactor: 3 });
  const victim = world.activeId() === 0 ? 1 : 0;
  const killedMs = world.scheduler.nowMs;
  world.kill(victim);
  await world.until('others lead', () =>
    world.leaders().every((id) => id !== victim && id !== null),
  );
  assert.ok(world.scheduler.nowMs - killedMs < 500, `${world.scheduler.nowMs - killedMs} ms`);
  for (const { isr } of world.statuses()) assert.equal(isr.length, 2);
  await world.until('it is fenced', () => world.fencedInStore(victim));
});

test('the death of the controller costs no more than a second', async () => {
  const world = new ControllerWorld();
  await world.booted(0, 1, 2);
  await world.create({ partitions: 6, replicationFactor: 3 });
  const victim = world.activeId();
  const epoch = world.active.controller.controllerEpoch;
  const killedMs = world.scheduler.nowMs;
  world.kill(victim);
  await world.until('others lead', () =>
    world.leaders().every((id) => id !== victim && id !== null),
  );
  assert.ok(world.scheduler.nowMs - killedMs < 1000, `${world.scheduler.nowMs - killedMs} ms`);
  assert.ok(world.active.controller.controllerEpoch > epoch);
  const led = world.leaders();
  assert.equal(new Set(led).size, 2, `both that are left lead: ${led.join(' ')}`);
});

test('a leader that falls silent is replaced after the session timeout, not before', async () => {
  const world = new ControllerWorld();
  await world.booted(0, 1, 2);
  await world.create({ partitions: 6, replicationFactor: 3 });
  const victim = world.activeId() === 0 ? 1 : 0;
  world.member(victim).process.pause();
  world.network.paused(world.member(victim).process);
  await world.scheduler.runFor(7500);
  assert.ok(world.leaders().includes(victim));
  await world.until('others lead', () => world.leaders().every((id) => id !== victim), 3500);
  world.member(victim).process.resume();
  await world.until('it registers anew', () => world.fencedInStore(victim) === false);
  assert.equal(world.member(victim).broker.fenced, undefined);
});

test('a broker that stops hands over and leaves the ISRs, but where it is the last', async () => {
  const world = new ControllerWorld();
  await world.booted(0, 1, 2);
  await world.create({ partitions: 6, replicationFactor: 3 });
  await world.create({ name: 'single', partitions: 3, replicationFactor: 1 });
  const victim = 1;
  world.member(victim).broker.send({ kind: 'stopping' });
  await world.until('it leads and follows nothing else', () =>
    world
      .statuses()
      .filter(({ isr }) => isr.length > 1)
      .every(({ isr }) => !isr.some((copy) => copy.startsWith(`${victim}:`))),
  );
  const leaders = world.leaders();
  const single = world.statuses().filter(({ replicas }) => replicas.length === 1);
  assert.ok(single.every(({ leader }) => leader !== null));
  assert.equal(leaders.filter((id) => id === victim).length, 1);
});

test('two boots of one id: the newer stays, the older is told to go', async () => {
  const world = new ControllerWorld();
  await world.booted(0, 1, 2);
  const older = world.member(2);
  const newer = world.boot(2);
  await world.until('the older is fenced', () => older.broker.fenced === 'newer-boot');
  older.broker.fenced = undefined;
  older.broker.connect();
  await world.until('also when it comes back', () => older.broker.fenced === 'newer-boot');
  assert.ok(newer.broker.isRegistered);
});

test('with the rule off the older boot takes the id back', async () => {
  const world = new ControllerWorld({ rulesOff: new Set(['newest-boot-wins']) });
  await world.booted(0, 1, 2);
  const older = world.member(2);
  world.boot(2);
  await world.until('both fight for it', () => older.broker.received.length > 2);
  await world.scheduler.runFor(5000);
  assert.equal(older.broker.fenced, undefined);
});

test('a broker of another cluster is refused', async () => {
  const world = new ControllerWorld();
  await world.booted(0, 1);
  const { broker } = world.member(1);
  broker.connect({ clusterId: '5a1f0f5e-8f0e-4f5b-8d53-0b7a3c2e4d67' as never });
  await world.until('it is refused', () => broker.fenced === 'refused');
});

test('an ISR change of the leader is committed; the same again is OK; who is not controller says so', async () => {
  const world = new ControllerWorld();
  await world.booted(0, 1, 2);
  const { topic } = await world.create({ replicationFactor: 3 });
  const { topicId } = topic;
  const [status] = world.statuses();
  assert.ok(status !== undefined && status.leader !== null);
  const leads = Number.parseInt(status.leader, 10);
  const { broker } = world.member(leads);
  const isr = status.isr.filter((copy) => copy.startsWith(`${leads}:`));
  const { leaderEpoch, epoch } = status;
  const proposal = { topicId, partition: 0, leaderEpoch, epoch, isr };
  assert.deepEqual(await world.settle(broker.propose([proposal])), [
    { code: 'OK', epoch: epoch + 1 },
  ]);
  assert.deepEqual(await world.settle(broker.propose([proposal])), [
    { code: 'OK', epoch: epoch + 1 },
  ]);
  const [shrunk] = world.statuses();
  assert.deepEqual([shrunk?.isr, shrunk?.eligible.length], [isr, 2]);
  const other = [...world.members.values()].find(({ controller }) => !controller.active);
  const request = {
    brokerId: broker.parts.brokerId,
    bootId: broker.parts.bootId,
    changes: [proposal],
  };
  assert.ok(other !== undefined);
  await assert.rejects(
    world.settle(other.controller.calls.alterPartitions(request)),
    withCode('NOT_CONTROLLER', 'not-applied'),
  );
});

test('a leader whose epoch ended by a failed write leads again in another', async () => {
  const world = new ControllerWorld();
  await world.booted(0);
  const { topic } = await world.create();
  const { topicId } = topic;
  const { broker } = world.member(0);
  const leaderEpoch = world.statuses()[0]?.leaderEpoch ?? 0;
  for (let times = 0; times < 3; times++) {
    broker.send({ kind: 'resigned', topicId, partition: 0, leaderEpoch, isDamaged: false });
  }
  await world.until(
    'it leads again',
    () => broker.status(topicId, 0)?.leaderEpoch === leaderEpoch + 1,
  );
  await world.scheduler.runFor(1000);
  assert.equal(world.statuses()[0]?.leaderEpoch, leaderEpoch + 1, 'once');
  const copy = broker.copyOf(topicId, 0);
  assert.ok(copy !== undefined);
  assert.deepEqual(world.statuses()[0]?.isr, [copyName(broker.parts.brokerId, copy.copyId)]);
});
