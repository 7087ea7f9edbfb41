import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tombstonesEnd } from '../../src/engine/upkeep.ts';
import { smallConfig, smallLogs } from '../log/directoryWorld.ts';
import { acknowledged, inSync } from '../cluster/sim/stories/replicaScene.ts';

test('no tombstone goes that a connected follower has not fetched, in the ISR or not', async () => {
  const options = { minIsr: 1, logs: smallLogs, directory: { ...smallConfig, tailCacheBytes: 0 } };
  const world = await inSync(new Set(), 1, options);
  const leader = world.broker(0);
  for (const id of [1, 2]) world.network.cut(0, id);
  await acknowledged(world, leader.append('alone', 'leader'));
  await world.until(() => world.isr.length === 1);
  await acknowledged(world, leader.append('more', 'leader'));
  const log = leader.log();
  assert.equal(tombstonesEnd(leader.partition()), log.highWatermark);
  // The follower connects, and its data waits for a turn.
  const open = log.openCursor.bind(log);
  log.openCursor = (offset) => {
    const cursor = open(offset);
    cursor.next = () => new Promise<never>(() => {});
    return cursor;
  };
  world.network.heal(0, 2);
  await world.until(() => leader.partition().link?.slowestFollower !== undefined);
  assert.ok(tombstonesEnd(leader.partition()) < log.highWatermark);
  assert.equal(tombstonesEnd(leader.partition()), world.broker(2).log().logEndOffset);
});
