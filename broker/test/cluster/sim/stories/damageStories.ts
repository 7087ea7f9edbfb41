/** A leader whose disk gives back something else than was written (safety.md, rule 12). */
import assert from 'node:assert/strict';
import type { ControllerRulesOff } from '../../../../src/controller/controllerRules.ts';
import type { ReplicationRulesOff } from '../../../../src/replication/replicationRules.ts';
import type { ReplicaWorld } from '../../../replication/replicaWorld.ts';
import { PartitionScene } from './partitionScene.ts';
import { A_WHILE_MS, copyOf, inSync, mintAnew } from './replicaScene.ts';
import type { ControllerStory, ReplicationStory } from './story.ts';

export const damagedCopyStories: readonly ReplicationStory[] = [
  {
    rule: 'file-reads-checked',
    promise: 'a leader with a flipped bit lets another copy lead, and starts anew',
    tell: flippedBitOfALeader,
  },
];

export const damagedLeaderStories: readonly ControllerStory[] = [
  {
    rule: 'damaged-leader-leaves',
    promise: 'a damaged copy is not elected again',
    tell: damagedLeader,
  },
];

/** A follower that lost its disk needs what only the leader's damaged segment and another copy have. */
async function flippedBitOfALeader(rulesOff: ReplicationRulesOff, seed: number): Promise<void> {
  const world = await inSync(rulesOff, seed);
  await fillSegments(world);
  const [copy] = copyOf(world, 0);
  world.network.cut(0, 2);
  await mintAnew(world, 2);
  flipBitOfFirstSegment(world, 0);
  world.network.heal(0, 2);
  await world.run(A_WHILE_MS);
  await world.assertEqual([1, 0, 2]);
  assert.notEqual(copyOf(world, 0)[0], copy);
  assert.deepEqual(
    world.broker(0).losses.map(({ kind }) => kind),
    ['corrupt'],
  );
}

/** Several sealed segments, in files and out of memory. */
export async function fillSegments(world: ReplicaWorld): Promise<void> {
  const leader = world.broker(0);
  for (let index = 0; index < 40; index++) leader.append(`r${index}`, 'all', 4000);
  await world.until(() => world.writes.every(({ outcome }) => outcome === 'acknowledged'));
  await world.run(100);
}

export function flipBitOfFirstSegment(world: ReplicaWorld, id: number): void {
  const { disk } = world.broker(id);
  const first = `${world.broker(id).log().directory}/${'0'.repeat(20)}.log`;
  disk.flipBit(first, 5000 + world.random.int(4000), world.random.int(8));
}

async function damagedLeader(rulesOff: ControllerRulesOff, seed: number): Promise<void> {
  const scene = await PartitionScene.start(rulesOff, seed);
  const [leader, one, other] = scene.replicas;
  const [damaged] = scene.copies(leader);
  resignDamaged(scene, leader);
  await scene.world.scheduler.runFor(1000);
  assert.ok(damaged !== undefined && !scene.status.isr.includes(damaged));
  assert.ok([one, other].includes(scene.leader ?? -1));
  assert.deepEqual(scene.status.eligible, []);
}

function resignDamaged(scene: PartitionScene, id: number): void {
  const { topicId } = scene;
  const { leaderEpoch } = scene.status;
  scene.world
    .member(id)
    .broker.send({ kind: 'resigned', topicId, partition: 0, leaderEpoch, isDamaged: true });
}
