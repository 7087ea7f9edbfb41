/** Copies that were away while compaction took tombstones (safety.md, rule 24). */
import assert from 'node:assert/strict';
import { encodeBatch } from '@millrace/core/batchWriter';
import type { Offset } from '@millrace/core/ids';
import type { ReplicationRulesOff } from '../../../../src/replication/replicationRules.ts';
import { smallLogs } from '../../../log/directoryWorld.ts';
import type { ReplicaWorld } from '../../../replication/replicaWorld.ts';
import { A_WHILE_MS, acknowledged, inSync } from './replicaScene.ts';
import type { ReplicationStory } from './story.ts';

export const tombstoneStories: readonly ReplicationStory[] = [
  {
    rule: 'stale-copy-is-reset',
    promise: 'a copy that was away while a tombstone went does not bring the key back',
    tell: deletedWhileAway,
  },
  {
    rule: 'begins-under-leader',
    promise: 'nor does one that comes back to a leader which began empty after the tombstone',
    tell: deletedBeforeLeaderBegan,
  },
];

const DELETED = 'a value that is deleted';
const TIME_MS = 1_750_000_000_000;

async function deletedWhileAway(rulesOff: ReplicationRulesOff, seed: number): Promise<void> {
  const world = await withRemovedTombstone(rulesOff, seed);
  await back(world, 2, 0);
  assert.ok(!(await world.textOf(2)).includes(DELETED), 'the key is there again');
}

async function deletedBeforeLeaderBegan(
  rulesOff: ReplicationRulesOff,
  seed: number,
): Promise<void> {
  const world = await withRemovedTombstone(rulesOff, seed);
  await back(world, 2, 0);
  world.broker(0).stop('none');
  world.elect(2);
  await world.until(() => world.broker(2).partition().role === 'leader');
  await back(world, 1, 2);
  assert.ok(!(await world.textOf(1)).includes(DELETED), 'the key is there again');
}

/** Only broker 0 knows that the key was deleted, and compaction has taken the tombstone. */
async function withRemovedTombstone(
  rulesOff: ReplicationRulesOff,
  seed: number,
): Promise<ReplicaWorld> {
  const logs = { ...smallLogs, cleanupPolicy: 'compact', tombstoneRetentionMs: 1 };
  const world = await inSync(rulesOff, seed, { minIsr: 1, logs });
  const leader = world.broker(0);
  const write = async (key: string, value: string | null): Promise<void> => {
    const batch = encodeBatch([{ timestamp: TIME_MS, key, value }]);
    await acknowledged(world, leader.appendBatch(value ?? 'tombstone', batch));
  };
  await write('k', DELETED);
  await world.run(50);
  for (const id of [1, 2]) world.network.cut(0, id);
  world.network.cut(1, 2);
  world.broker(0).append('alone', 'leader');
  await world.until(() => world.isr.length === 1);
  await write('k', null);
  for (let pass = 0; pass < 2; pass++) {
    leader.log().roll();
    await write('k2', 'more');
    const tombstonesBefore = (): Offset => leader.log().highWatermark;
    const { directory } = leader;
    assert.ok(directory !== undefined);
    await world.scheduler.settle(directory.compaction.compact(leader.log(), { tombstonesBefore }));
    await world.run(50);
  }
  assert.ok(leader.log().removedBelow > 0, 'the tombstone is gone');
  return world;
}

async function back(world: ReplicaWorld, id: number, leader: number): Promise<void> {
  world.network.heal(leader, id);
  await world.until(() => world.isr.includes(world.broker(id).partition().copyName));
  await world.run(A_WHILE_MS);
}
