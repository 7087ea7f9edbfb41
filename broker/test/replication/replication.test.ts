import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CopyName } from '@millrace/core/resources/partitionAssignment';
import { smallConfig, smallLogs } from '../log/directoryWorld.ts';
import { resetCopy } from '../../src/log/copies/copyReset.ts';
import { Partition } from '../../src/replication/partition.ts';
import { LAG_MS, ReplicaWorld, type Written } from './replicaWorld.ts';

const areAcknowledged = (writes: readonly Written[]) => (): boolean =>
  writes.every(({ outcome }) => outcome === 'acknowledged');

const copyOf = (world: ReplicaWorld, id: number): CopyName => world.broker(id).partition().copyName;

test('what a leader appends is on every replica before it is acknowledged, and ends up the same everywhere', async () => {
  const world = await ReplicaWorld.start(1);
  const writes = Array.from({ length: 200 }, (_, index) =>
    world.broker(0).append(`r${index}`, 'all', 300),
  );
  await world.until(areAcknowledged(writes));
  for (const id of [0, 1, 2]) assert.equal(world.broker(id).log().durableEndOffset, 200);
  await world.assertEqual([0, 1, 2]);
  await world.run(50);
  for (const id of [1, 2]) {
    assert.equal(world.broker(id).partition().highWatermark, 200, `high watermark of ${id}`);
    assert.equal(world.broker(id).partition().role, 'follower');
  }
  assert.equal(world.broker(1).append('x').code, 'NOT_LEADER');
});

test('acks=leader is acknowledged by the leader alone, acks=all waits for the slowest member', async () => {
  const world = await ReplicaWorld.start(2);
  await world.run(20);
  world.network.cut(0, 2);
  const one = world.broker(0).append('one', 'leader');
  const two = world.broker(0).append('two');
  await world.until(() => one.outcome === 'acknowledged');
  await world.run(200);
  assert.equal(two.outcome, 'waiting');
  assert.equal(world.broker(0).partition().readBound('read-uncommitted'), 0);
  assert.equal(world.broker(0).partition().highWatermark, 0);
});

test('a follower that is cut off leaves the ISR, is left behind, and joins again when it has caught up', async () => {
  const world = await ReplicaWorld.start(3);
  const writes = [world.broker(0).append('before')];
  await world.until(areAcknowledged(writes));
  world.network.cut(0, 2);
  writes.push(world.broker(0).append('meanwhile'));
  const startMs = world.scheduler.nowMs;
  await world.until(() => world.isr.length === 2);
  assert.ok(world.scheduler.nowMs - startMs >= LAG_MS * 0.7);
  assert.deepEqual(world.isr, [copyOf(world, 0), copyOf(world, 1)]);
  await world.until(areAcknowledged(writes));
  world.network.heal(0, 2);
  await world.until(() => world.isr.length === 3);
  await world.run(50);
  await world.assertEqual([0, 1, 2]);
});

test('below the minimum acks=all is refused and what waits is unknown, acks=leader goes on', async () => {
  const world = await ReplicaWorld.start(4);
  await world.run(20);
  world.network.cut(0, 1);
  world.network.cut(0, 2);
  const caught = world.broker(0).append('caught');
  await world.until(() => caught.outcome !== 'waiting');
  assert.deepEqual([caught.outcome, caught.code], ['unknown', 'NOT_ENOUGH_REPLICAS_AFTER_APPEND']);
  const refused = world.broker(0).append('refused');
  assert.deepEqual([refused.outcome, refused.code], ['not-applied', 'NOT_ENOUGH_REPLICAS']);
  const alone = world.broker(0).append('alone', 'leader');
  await world.until(() => alone.outcome === 'acknowledged');
  assert.equal(world.broker(0).partition().highWatermark, 0);
  world.network.heal(0, 1);
  await world.until(() => world.broker(0).partition().highWatermark === 2);
});

test('a deposed leader that did not hear of it acknowledges nothing, truncates and follows', async () => {
  const world = await ReplicaWorld.start(5);
  const kept = Array.from({ length: 20 }, (_, index) =>
    world.broker(0).append(`kept${index}`, 'all', 500),
  );
  await world.until(areAcknowledged(kept));
  await world.run(50);
  for (const id of [1, 2]) world.network.cut(0, id);
  const lost = Array.from({ length: 10 }, (_, index) =>
    world.broker(0).append(`lost${index}`, 'all', 700),
  );
  await world.until(() => world.broker(0).log().durableEndOffset === 30);
  // The controller reaches the others only.
  world.statuses[0] = {
    ...world.status(),
    leader: `${copyOf(world, 1)}:${world.broker(1).bootId}`,
    leaderEpoch: 2,
    epoch: world.status().epoch + 1,
    isr: [copyOf(world, 1), copyOf(world, 2)],
  };
  for (const id of [1, 2])
    world.broker(id).replication?.apply(world.broker(id).partition(), world.status());
  const more = Array.from({ length: 20 }, (_, index) =>
    world.broker(1).append(`more${index}`, 'all', 100),
  );
  await world.until(areAcknowledged(more));
  for (const write of lost) assert.notEqual(write.outcome, 'acknowledged');
  for (const id of [1, 2]) world.network.heal(0, id);
  world.tell();
  await world.until(() => world.isr.length === 3);
  await world.run(50);
  for (const write of lost) assert.equal(write.outcome, 'unknown');
  await world.assertEqual([1, 0, 2]);
  const text = await world.textOf(0);
  assert.ok(text.includes('more19') && text.includes('kept19') && !text.includes('lost0'));
  assert.deepEqual(world.broker(0).losses, []);
});

test('a new leader tells no offsets and commits nothing before all members have fetched from it', async () => {
  const world = await ReplicaWorld.start(6);
  const writes = [world.broker(0).append('a')];
  await world.until(areAcknowledged(writes));
  world.broker(0).stop('all');
  world.network.cut(1, 2);
  world.elect(1);
  await world.run(50);
  const leader = world.broker(1).partition();
  assert.equal(leader.role, 'leader');
  const more = world.broker(1).append('b');
  await world.run(100);
  assert.equal(more.outcome, 'waiting');
  world.network.heal(1, 2);
  world.change({ isr: [copyOf(world, 1), copyOf(world, 2)] });
  await world.until(() => more.outcome === 'acknowledged');
  await leader.whenSettled(0);
});

test('offsets of a new leader are told once the epoch has committed, or refused after a bounded wait', async () => {
  const world = await ReplicaWorld.start(7);
  const writes = [world.broker(0).append('a')];
  await world.until(areAcknowledged(writes));
  await world.run(50);
  world.network.cut(1, 2);
  world.network.cut(0, 1);
  const start = world.broker(0).append('not everywhere');
  world.elect(1, 0, { isr: world.isr });
  await world.run(20);
  world.broker(1).append('own', 'leader');
  await world.run(20);
  world.elect(1);
  await world.until(() => world.broker(1).partition().leaderEpoch === 3);
  await assert.rejects(world.scheduler.settle(world.broker(1).partition().whenSettled(100)), {
    code: 'UNAVAILABLE',
  });
  const waiting = world.broker(1).partition().whenSettled(10_000);
  world.network.heal(1, 2);
  world.network.heal(0, 1);
  await world.scheduler.settle(waiting);
  assert.ok(world.broker(1).partition().highWatermark >= 2);
  assert.notEqual(start.outcome, 'acknowledged');
});

test('a follower that restarts without its unsynced bytes catches up under its copyId', async () => {
  const world = await ReplicaWorld.start(8);
  const writes = Array.from({ length: 50 }, (_, index) =>
    world.broker(0).append(`r${index}`, 'all', 200),
  );
  await world.until(() => writes.filter(({ outcome }) => outcome === 'acknowledged').length > 20);
  const copy = copyOf(world, 2);
  world.broker(2).stop('none');
  await world.broker(2).boot();
  assert.equal(copyOf(world, 2), copy);
  world.tell();
  for (const broker of world.brokers) broker.replication?.brokersChanged();
  await world.until(areAcknowledged(writes));
  await world.until(
    () => world.isr.includes(copy) && world.broker(2).log().durableEndOffset === 50,
  );
  await world.assertEqual([0, 1, 2]);
});

test('a leader that restarts does not resume its epoch', async () => {
  const world = await ReplicaWorld.start(9);
  const writes = [world.broker(0).append('a')];
  await world.until(areAcknowledged(writes));
  world.broker(0).stop('none');
  await world.broker(0).boot();
  world.tell();
  await world.run(50);
  assert.equal(world.broker(0).partition().role, 'follower');
  assert.equal(world.broker(0).append('b').code, 'PARTITION_OFFLINE');
  world.elect(0);
  await world.run(50);
  const again = world.broker(0).append('c');
  await world.until(() => again.outcome === 'acknowledged');
});

test('a follower far behind reads on the catch-up lane, from files, and changes over without loss', async () => {
  const logs = { ...smallLogs, segmentBytesMax: 2 << 20 };
  const directory = { ...smallConfig, journalFileBytes: 1 << 20, journalFilesMax: 8 };
  const world = await ReplicaWorld.start(10, { logs, directory });
  await world.run(20);
  world.network.cut(0, 2);
  const writes: Written[] = [];
  for (let round = 0; round < 12; round++) {
    for (let index = 0; index < 100; index++) {
      writes.push(world.broker(0).append(`r${round}-${index}`, 'leader', 7000));
    }
    await world.until(areAcknowledged(writes));
  }
  await world.until(() => world.isr.length === 2);
  const before = world.network.opened.length;
  world.network.heal(0, 2);
  let last = 0;
  await world.until(() => {
    const end = world.broker(2).log().logEndOffset;
    if (end !== last && end % 100 < 20)
      writes.push(world.broker(0).append(`late${end}`, 'all', 100));
    last = end;
    return world.isr.length === 3;
  }, 500_000);
  await world.until(areAcknowledged(writes));
  await world.run(100);
  await world.assertEqual([0, 2]);
  const opened = world.network.opened.slice(before).filter((name) => name === '2->0');
  assert.ok(opened.length >= 2, 'a stream for each lane');
});

test('a copy outside the ISR that asks below the log start begins anew there', async () => {
  const world = await ReplicaWorld.start(11);
  await world.run(20);
  world.network.cut(0, 2);
  const writes = Array.from({ length: 40 }, (_, index) =>
    world.broker(0).append(`r${index}`, 'leader', 4000),
  );
  await world.until(() => world.isr.length === 2);
  await world.until(areAcknowledged(writes));
  await world.until(() => world.broker(0).partition().highWatermark === 40);
  const { directory } = world.broker(0);
  assert.ok(directory !== undefined);
  await world.scheduler.settle(directory.checkpoint());
  await world.scheduler.settle(directory.retention.follow(world.broker(0).log(), 20 as never));
  const old = copyOf(world, 2);
  world.network.heal(0, 2);
  await world.until(() => world.isr.length === 3);
  assert.deepEqual(world.broker(2).losses, [{ kind: 'reset', logStart: 20 }]);
  assert.notEqual(copyOf(world, 2), old);
  assert.equal(world.broker(2).log().logStartOffset, 20);
  await world.run(50);
  await world.until(() => world.broker(1).log().logStartOffset === 20);
});

test('a follower whose disk lost what it had acknowledged is told, and starts anew', async () => {
  const world = await ReplicaWorld.start(12);
  const writes = [world.broker(0).append('a')];
  await world.until(areAcknowledged(writes));
  await world.run(20);
  const old = world.broker(2).disk.afterPowerLoss('all', world.random);
  const copy = copyOf(world, 2);
  writes.push(world.broker(0).append('b'));
  await world.until(areAcknowledged(writes));
  world.broker(2).stop('none');
  world.broker(2).disk = old;
  await world.broker(2).boot();
  assert.equal(copyOf(world, 2), copy);
  world.tell();
  await world.until(() => world.broker(2).losses.length === 1);
  assert.deepEqual(world.broker(2).losses, [{ kind: 'regressed' }]);
  await world.until(() => world.isr.includes(copyOf(world, 2)) && copyOf(world, 2) !== copy);
  assert.equal(world.isr.includes(copy), false);
  await world.run(50);
  await world.assertEqual([0, 1, 2]);
});

test('a change of the ISR whose answer is lost is sent again and made once', async () => {
  const world = await ReplicaWorld.start(13);
  await world.run(20);
  world.network.cut(0, 2);
  world.proposalsAre = 'lost-after';
  const write = world.broker(0).append('a');
  await world.until(() => world.isr.length === 2);
  await world.until(() => write.outcome === 'acknowledged');
  world.proposalsAre = 'answered';
  const { epoch } = world.status();
  await world.run(3000);
  assert.equal(world.status().epoch, epoch);
});

test('a copy that has adopted an epoch obeys no older leader, over a restart too', async () => {
  const world = await ReplicaWorld.start(14);
  const writes = [world.broker(0).append('a')];
  await world.until(areAcknowledged(writes));
  for (const id of [0, 1]) {
    const partition = world.broker(id).partition();
    await world.scheduler.settle(partition.adoptEpoch(7));
    assert.equal(partition.following, undefined);
  }
  assert.equal(world.broker(0).append('b').code, 'NOT_LEADER');
  world.broker(1).stop('none');
  await world.broker(1).boot();
  assert.equal(world.broker(1).partition().adoptedEpoch, 7);
  assert.equal(
    world
      .broker(1)
      .partition()
      .applyStatus({ ...world.status(), epoch: 100 }),
    'refused',
  );
  const higher = { ...world.status(), epoch: 101, leaderEpoch: 7 };
  assert.equal(world.broker(1).partition().applyStatus(higher), 'applied');
});

test('copies that were in the ISR remember it, and the lowest minimum before it is in force', async () => {
  const world = await ReplicaWorld.start(15);
  await world.run(50);
  for (const { directory, partitions } of world.brokers) {
    const facts = directory?.copyFacts(partitions[0]!.log);
    assert.deepEqual([facts?.wasIsr, facts?.minIsr], [true, 2]);
  }
  world.network.cut(0, 1);
  world.network.cut(0, 2);
  world.change({ isr: [copyOf(world, 0)], minIsr: 1 });
  const write = world.broker(0).append('alone', 'leader');
  await world.until(() => write.outcome === 'acknowledged');
  await world.until(() => world.broker(0).partition().highWatermark === 1);
  assert.equal(world.broker(0).directory?.copyFacts(world.broker(0).log()).minIsr, 1);
});

test('a stopped replication frees its streams and its peers go on without it', async () => {
  const world = await ReplicaWorld.start(16, { partitions: 4 });
  await world.run(20);
  await world.broker(2).replication?.stop();
  const writes = [0, 1, 2, 3].map((p) => world.broker(0).append('x', 'all', 10, p));
  await world.until(() => world.statuses.every(({ isr }) => isr.length === 2));
  await world.until(areAcknowledged(writes));
});

test('a copy in the ISR that is told to begin anew halts until its state changes', async () => {
  const world = await ReplicaWorld.start(17);
  const writes = Array.from({ length: 40 }, (_, index) =>
    world.broker(0).append(`r${index}`, 'all', 4000),
  );
  await world.until(areAcknowledged(writes));
  await world.run(20);
  const [first, third] = [world.broker(0), world.broker(2)];
  world.network.cut(0, 2);
  writes.push(first.append('later', 'leader', 4000));
  await world.until(areAcknowledged(writes));
  assert.ok(first.directory !== undefined);
  await world.scheduler.settle(first.directory.checkpoint());
  // A leader that keeps less than its ISR has: it must not happen, and costs no copy if it does.
  first.log().highWatermark = first.log().logEndOffset;
  await world.scheduler.settle(first.directory.retention.follow(first.log(), 41 as never));
  const copy = third.partition().copyName;
  world.network.heal(0, 2);
  await world.run(LAG_MS / 2);
  assert.deepEqual(third.losses, []);
  assert.equal(third.partition().copyName, copy);
  assert.equal(third.log().logEndOffset, 40);
});

test('a copy that was never in the ISR does not claim that it was', async () => {
  const world = await ReplicaWorld.start(18);
  await world.run(20);
  world.network.cut(0, 2);
  const write = world.broker(0).append('x');
  await world.until(() => world.isr.length === 2 && write.outcome === 'acknowledged');
  const third = world.broker(2);
  world.network.cut(1, 2);
  const { directory, replication } = third;
  assert.ok(directory !== undefined && replication !== undefined);
  const log = third.log();
  replication.remove(third.partition());
  const fresh = await world.scheduler.settle(resetCopy(directory, log, log.logStartOffset));
  const partition = new Partition(third.partition().identity, fresh, replication.host);
  third.partitions[0] = partition;
  replication.add(partition);
  replication.apply(partition, world.status());
  await world.run(50);
  assert.equal(directory.copyFacts(fresh).wasIsr, false);
  world.network.heal(0, 2);
  await world.until(() => world.isr.includes(partition.copyName));
  await world.until(() => directory.copyFacts(fresh).wasIsr);
});
