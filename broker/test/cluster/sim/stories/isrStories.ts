/** Changes of the ISR whose outcome nobody knows (safety.md, rules 4 and 5). */
import assert from 'node:assert/strict';
import type { ReplicationRulesOff } from '../../../../src/replication/replicationRules.ts';
import type { ReplicaWorld } from '../../../replication/replicaWorld.ts';
import {
  A_WHILE_MS,
  copyOf,
  electAndCheck,
  inSync,
  landUnheard,
  withoutThird,
} from './replicaScene.ts';
import type { ReplicationStory } from './story.ts';

export const isrStories: readonly ReplicationStory[] = [
  {
    rule: 'watermark-spans-maximal-isr',
    promise:
      'a copy that was proposed holds what is committed from then on: the change may be made',
    tell: (rulesOff, seed) => unknownJoin(rulesOff, seed, async () => {}),
  },
  {
    rule: 'resend-identical',
    promise: 'a change whose answer is lost is not forgotten: it may still be made',
    tell: (rulesOff, seed) =>
      unknownJoin(rulesOff, seed, async (world) => {
        await world.run(A_WHILE_MS);
      }),
  },
  {
    rule: 'greater-epoch-settles',
    promise:
      'a refusal of what was sent again settles nothing: an earlier sending may still be made',
    tell: (rulesOff, seed) =>
      unknownJoin(rulesOff, seed, async (world) => {
        world.proposalsAre = 'refused';
        await world.run(A_WHILE_MS);
      }),
  },
  {
    rule: 'one-change-in-flight',
    promise: 'while nobody knows whether a copy has joined nothing else is proposed',
    tell: secondChange,
  },
  {
    rule: 'join-caught-up',
    promise: 'a copy joins only with all that is committed',
    tell: joinOfOneBehind,
  },
  {
    rule: 'watermark-needs-min-isr',
    promise: 'below the minimum nothing is committed, though all members have it',
    tell: belowMinimum,
  },
];

/** The third is proposed, `meanwhile` happens, a record is written without it; then the change is made, and it leads. */
async function unknownJoin(
  rulesOff: ReplicationRulesOff,
  seed: number,
  meanwhile: (world: ReplicaWorld) => Promise<void>,
): Promise<void> {
  const world = await inSync(rulesOff, seed);
  await withoutThird(world);
  world.proposalsAre = 'lost-before';
  world.network.heal(0, 2);
  await proposed(world, 2);
  world.network.cut(0, 2);
  await meanwhile(world);
  world.broker(0).append('while nobody knows');
  await world.run(A_WHILE_MS);
  landUnheard(world, { isr: copyOf(world, 0, 1, 2) }, 1, 2);
  await electAndCheck(world, 2);
}

/** The third is proposed, then the fourth lags and is proposed to leave: that change forgets the third. */
async function secondChange(rulesOff: ReplicationRulesOff, seed: number): Promise<void> {
  const world = await inSync(rulesOff, seed, { brokers: 4 });
  await withoutThird(world);
  world.proposalsAre = 'lost-before';
  world.network.heal(0, 2);
  await proposed(world, 2);
  world.network.cut(0, 2);
  world.network.cut(0, 3);
  world.broker(0).append('while the fourth lags');
  await world.run(A_WHILE_MS);
  world.network.heal(0, 3);
  await world.run(A_WHILE_MS);
  landUnheard(world, { isr: copyOf(world, 0, 1, 2, 3) }, 1, 2);
  await electAndCheck(world, 2);
}

/** The leader counts on the copy from here on. */
async function proposed(world: ReplicaWorld, id: number): Promise<void> {
  const leader = world.broker(0).partition();
  const log = world.broker(id).log();
  await world.until(() => log.durableEndOffset === leader.log.logEndOffset);
  await world.run(20);
}

async function joinOfOneBehind(rulesOff: ReplicationRulesOff, seed: number): Promise<void> {
  const world = await inSync(rulesOff, seed);
  await withoutThird(world);
  // More than it is sent at once.
  for (let index = 0; index < 100; index++) world.broker(0).append(`r${index}`, 'all', 7000);
  await world.until(() => world.writes.every(({ outcome }) => outcome === 'acknowledged'));
  world.network.heal(0, 2);
  await world.until(() => world.isr.length === 3, 1_000_000);
  world.network.cut(0, 2);
  await electAndCheck(world, 2);
}

async function belowMinimum(rulesOff: ReplicationRulesOff, seed: number): Promise<void> {
  const world = await inSync(rulesOff, seed);
  world.network.cut(0, 1);
  world.network.cut(0, 2);
  world.broker(0).append('alone', 'leader');
  world.change({ isr: copyOf(world, 0) });
  await world.run(A_WHILE_MS);
  assert.equal(world.broker(0).partition().highWatermark, 1, 'it commits alone');
}
