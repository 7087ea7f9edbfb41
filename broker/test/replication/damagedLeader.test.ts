/** A leader whose file reads other than it was written, and nobody who could lead instead. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillSegments, flipBitOfFirstSegment } from '../cluster/sim/stories/damageStories.ts';
import {
  A_WHILE_MS,
  acknowledged,
  copyOf,
  inSync,
  mintAnew,
} from '../cluster/sim/stories/replicaScene.ts';

test('a damaged copy that is the only one in sync is not given up, and says so', async () => {
  const world = await inSync(new Set(), 7, { brokers: 2, minIsr: 1 });
  await fillSegments(world);
  const [copy] = copyOf(world, 0);
  const partition = world.broker(0).partition();
  world.network.cut(0, 1);
  await acknowledged(world, world.broker(0).append('without the other', 'leader'));
  await mintAnew(world, 1);
  await world.until(() => world.isr.length === 1);
  flipBitOfFirstSegment(world, 0);
  let attempts = 0;
  const { log } = partition;
  const openCursor = log.openCursor.bind(log);
  log.openCursor = (offset) => {
    attempts += 1;
    return openCursor(offset);
  };
  world.network.heal(0, 1);
  await world.run(A_WHILE_MS);
  assert.ok(attempts > 1 && attempts < 30, `the follower has asked ${attempts} times`);
  assert.equal(partition.role, 'leader');
  assert.deepEqual(copyOf(world, 0), [copy]);
  assert.match(partition.damage?.message ?? '', /CRC/);
  // It goes on with what it has.
  await acknowledged(world, world.broker(0).append('later'));
});

test('it is given up once another copy has come back in sync', async () => {
  const world = await inSync(new Set(), 8, { minIsr: 1 });
  await fillSegments(world);
  // Broker 1 is intact and behind, broker 2 has lost its disk.
  world.network.cut(0, 1);
  world.network.cut(0, 2);
  await acknowledged(world, world.broker(0).append('without them', 'leader'));
  await world.until(() => world.isr.length === 1);
  await mintAnew(world, 2);
  flipBitOfFirstSegment(world, 0);
  world.network.heal(0, 2);
  await world.run(A_WHILE_MS);
  assert.ok(world.broker(0).partition().damage !== undefined);
  assert.equal(world.broker(0).partition().role, 'leader');
  world.network.heal(0, 1);
  await world.run(2 * A_WHILE_MS);
  await world.assertEqual([1, 0, 2]);
});
