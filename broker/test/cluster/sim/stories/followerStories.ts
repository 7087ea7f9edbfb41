/** What a copy obeys, keeps, cuts and remembers (safety.md, rules 8, 9 and 23). */
import assert from 'node:assert/strict';
import type { Offset } from '@millrace/core/ids';
import type { ReplicationRulesOff } from '../../../../src/replication/replicationRules.ts';
import {
  A_WHILE_MS,
  acknowledged,
  copyOf,
  inSync,
  landUnheard,
  mintAnew,
  withoutThird,
} from './replicaScene.ts';
import type { ReplicationStory } from './story.ts';

export const followerStories: readonly ReplicationStory[] = [
  {
    rule: 'truncate-to-smaller-end',
    promise: 'logs that grew apart in two epochs come together again',
    tell: apartInTwoEpochs,
  },
  {
    rule: 'truncate-above-watermark',
    promise: 'no leader makes a copy drop what it knows to be committed',
    tell: leaderThatLacksCommitted,
  },
  {
    rule: 'lower-epoch-refused',
    promise: 'a state from before a rewind makes nobody a leader again',
    tell: stateOfARewoundStore,
  },
  {
    rule: 'adopted-epoch-durable',
    promise: 'who adopted an epoch for a recovery obeys no older leader, over a power loss too',
    tell: adoptedThenPowerLoss,
  },
  {
    rule: 'was-isr-after-commit',
    promise: 'a copy that was never in the ISR does not say that it was',
    tell: neverInTheIsr,
  },
  {
    rule: 'reset-outside-isr',
    promise: 'a member of the ISR halts rather than drop its log',
    tell: resetOfAMember,
  },
];

/** KIP-279: the third has written in an epoch of its own where the second has more of the epoch before. */
async function apartInTwoEpochs(rulesOff: ReplicationRulesOff, seed: number): Promise<void> {
  const world = await inSync(rulesOff, seed);
  world.proposalsAre = 'lost-before';
  world.network.cut(0, 2);
  for (const text of ['a', 'b', 'c']) world.broker(0).append(`epoch 1 ${text}`);
  await world.until(() => world.broker(1).log().durableEndOffset === 4);
  world.broker(0).stop('none');
  world.network.cut(1, 2);
  world.elect(2);
  await world.until(() => world.broker(2).partition().role === 'leader');
  for (const text of ['d', 'e', 'f', 'g']) world.broker(2).append(`epoch 2 ${text}`);
  await world.until(() => world.broker(2).log().durableEndOffset === 5);
  world.elect(1);
  await world.until(() => world.broker(1).partition().role === 'leader');
  // What was said meanwhile is lost, and its stream with it.
  world.network.cut(1, 2);
  world.network.heal(1, 2);
  await world.run(A_WHILE_MS);
  await world.assertEqual([1, 2]);
}

/** Somebody elects a copy that was not in sync, and does not record it as unclean. */
async function leaderThatLacksCommitted(
  rulesOff: ReplicationRulesOff,
  seed: number,
): Promise<void> {
  const world = await inSync(rulesOff, seed);
  await withoutThird(world);
  await acknowledged(world, world.broker(0).append('committed'));
  await world.until(() => world.broker(1).partition().highWatermark === 3);
  world.proposalsAre = 'lost-before';
  world.broker(0).stop('none');
  world.elect(2, 0, { isr: copyOf(world, 2) });
  await world.run(A_WHILE_MS);
  assert.ok((await world.textOf(1)).includes('committed'), 'it is dropped');
}

async function stateOfARewoundStore(rulesOff: ReplicationRulesOff, seed: number): Promise<void> {
  const world = await inSync(rulesOff, seed);
  const before = world.status();
  world.elect(1);
  await world.until(() => world.broker(1).partition().role === 'leader');
  await world.until(() => world.broker(0).partition().role === 'follower');
  landUnheard(world, { ...before }, 0);
  await world.run(20);
  assert.equal(world.broker(0).partition().role, 'follower');
}

async function adoptedThenPowerLoss(rulesOff: ReplicationRulesOff, seed: number): Promise<void> {
  const world = await inSync(rulesOff, seed);
  const broker = world.broker(1);
  await world.scheduler.settle(broker.partition().adoptEpoch(7));
  broker.stop('none');
  await broker.boot();
  world.tell();
  await world.run(A_WHILE_MS);
  assert.equal(broker.partition().following, undefined, 'it follows a leader of epoch 1');
}

async function neverInTheIsr(rulesOff: ReplicationRulesOff, seed: number): Promise<void> {
  const world = await inSync(rulesOff, seed);
  await withoutThird(world);
  world.network.cut(1, 2);
  await mintAnew(world, 2);
  await world.run(A_WHILE_MS);
  const { directory, partitions } = world.broker(2);
  const [partition] = partitions;
  assert.ok(directory !== undefined && partition !== undefined);
  assert.equal(directory.copyFacts(partition.log).wasIsr, false);
}

/** A leader that keeps less than its ISR has: it must not happen, and costs no copy if it does. */
async function resetOfAMember(rulesOff: ReplicationRulesOff, seed: number): Promise<void> {
  const world = await inSync(rulesOff, seed);
  const leader = world.broker(0);
  for (let index = 0; index < 40; index++) leader.append(`r${index}`, 'all', 4000);
  await world.until(() => world.writes.every(({ outcome }) => outcome === 'acknowledged'));
  world.proposalsAre = 'lost-before';
  world.network.cut(0, 2);
  await world.run(20);
  leader.append('later', 'leader', 4000);
  await world.until(() => leader.log().durableEndOffset === 42);
  assert.ok(leader.directory !== undefined);
  await world.scheduler.settle(leader.directory.checkpoint());
  leader.log().highWatermark = leader.log().logEndOffset;
  await world.scheduler.settle(leader.directory.retention.follow(leader.log(), 42 as Offset));
  const [copy] = copyOf(world, 2);
  world.network.heal(0, 2);
  await world.run(A_WHILE_MS);
  assert.deepEqual(world.broker(2).losses, []);
  assert.equal(copyOf(world, 2)[0], copy);
}
