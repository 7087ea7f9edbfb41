/** What a leader may acknowledge, tell and count (safety.md, rules 1, 3, 4, 15 and 21). */
import assert from 'node:assert/strict';
import { encodeBatch } from '@millrace/core/batchWriter';
import type { ReplicationRulesOff } from '../../../../src/replication/replicationRules.ts';
import {
  A_WHILE_MS,
  acknowledged,
  copyOf,
  electAndCheck,
  inSync,
  landUnheard,
  mintAnew,
} from './replicaScene.ts';
import type { ReplicationStory } from './story.ts';

export const leaderStories: readonly ReplicationStory[] = [
  {
    rule: 'acknowledge-in-epoch',
    promise: 'what a deposed leader has not acknowledged is of unknown outcome, whoever keeps it',
    tell: deposedWithWaiters,
  },
  {
    rule: 'append-needs-min-isr',
    promise: 'with fewer in sync than the minimum nothing is appended for acks=all',
    tell: appendBelowMinimum,
  },
  {
    rule: 'fetch-in-epoch',
    promise: 'a follower that has not heard of the epoch does not count in it',
    tell: followerOfAnOlderEpoch,
  },
  {
    rule: 'fetch-checks-divergence',
    promise: 'a log of the right length and the wrong content is not taken for a copy',
    tell: rightLengthWrongContent,
  },
  {
    rule: 'durable-end-counts',
    promise: 'what is acknowledged is on the disks of all members, not only in their logs',
    tell: slowDiskOfAMember,
  },
  {
    rule: 'fetch-under-copy',
    promise: 'another copy of the same broker does not count for the one in the ISR',
    tell: anotherCopyFetches,
  },
  {
    rule: 'durable-end-never-falls',
    promise: 'a copy that has less than it acknowledged is told so, and starts anew',
    tell: lyingDisk,
  },
  {
    rule: 'offsets-after-epoch-start',
    promise: 'a new leader tells no latest offset below what was committed before it',
    tell: offsetsOfANewLeader,
  },
  {
    rule: 'unheard-member-blocks',
    promise: 'a member that has not fetched in the epoch blocks the high watermark',
    tell: unheardMember,
  },
  {
    rule: 'duplicate-awaits-watermark',
    promise: 'a batch that is sent again is acknowledged once it is committed, not sooner',
    tell: duplicateOfWhatIsNotCommitted,
  },
  {
    rule: 'min-isr-recorded',
    promise: 'nobody commits by a lower minimum before the copy remembers it',
    tell: lowerMinimum,
  },
];

async function deposedWithWaiters(rulesOff: ReplicationRulesOff, seed: number): Promise<void> {
  const world = await inSync(rulesOff, seed);
  // Its records arrive, its acknowledgements do not.
  const write = world.broker(0).append('in the old epoch');
  await world.until(() => world.broker(1).log().durableEndOffset === 2);
  assert.equal(write.outcome, 'waiting');
  world.network.cut(0, 1);
  world.network.cut(0, 2);
  world.elect(1);
  await world.until(() => world.broker(0).partition().role === 'follower');
  world.network.heal(0, 1);
  world.network.heal(0, 2);
  await world.run(A_WHILE_MS);
  assert.equal(write.outcome, 'unknown');
}

async function appendBelowMinimum(rulesOff: ReplicationRulesOff, seed: number): Promise<void> {
  const world = await inSync(rulesOff, seed);
  world.change({ isr: copyOf(world, 0) });
  await world.until(() => world.broker(0).partition().isr.length === 1);
  const write = world.broker(0).append('too few');
  assert.equal(write.outcome, 'not-applied', write.outcome);
  await world.run(50);
  assert.ok(!(await world.textOf(0)).includes('too few'), 'it is in the log');
}

async function followerOfAnOlderEpoch(rulesOff: ReplicationRulesOff, seed: number): Promise<void> {
  const world = await inSync(rulesOff, seed);
  const { leader, leaderEpoch } = world.status();
  world.proposalsAre = 'lost-before';
  world.broker(0).append('on its way');
  const followers = [world.broker(1).log(), world.broker(2).log()];
  await world.until(() => followers.every(({ durableEndOffset }) => durableEndOffset === 2));
  const partition = world.broker(0).partition();
  assert.equal(partition.highWatermark, 1);
  // Only the leader hears that it leads in another epoch.
  landUnheard(world, { leader, leaderEpoch: leaderEpoch + 1 }, 0);
  await world.run(A_WHILE_MS);
  assert.equal(partition.highWatermark, 1, 'followers of an older epoch have moved it');
}

/** KAFKA-6880: a deposed leader has as much as the next one, of its own. */
async function rightLengthWrongContent(rulesOff: ReplicationRulesOff, seed: number): Promise<void> {
  const world = await inSync(rulesOff, seed);
  world.network.cut(0, 1);
  world.network.cut(0, 2);
  await acknowledged(world, world.broker(0).append('of the old', 'leader'));
  world.elect(1, 0, { isr: copyOf(world, 1, 2) });
  await world.until(() => world.broker(1).partition().role === 'leader');
  await acknowledged(world, world.broker(1).append('of the new'));
  world.network.heal(0, 1);
  await world.run(A_WHILE_MS);
  await world.assertEqual([1, 0]);
}

/** The disk of a follower takes its time. */
async function slowDiskOfAMember(rulesOff: ReplicationRulesOff, seed: number): Promise<void> {
  const world = await inSync(rulesOff, seed);
  const follower = world.broker(1);
  follower.stop('all');
  follower.plan = ({ kind }) => (kind === 'sync' ? { kind: 'delay', ms: 50 } : undefined);
  await follower.boot();
  world.tell();
  await acknowledged(world, world.broker(0).append('on a slow disk'));
  assert.ok(follower.log().durableEndOffset >= 2, 'a power loss now would take it');
}

async function anotherCopyFetches(rulesOff: ReplicationRulesOff, seed: number): Promise<void> {
  const world = await inSync(rulesOff, seed);
  world.proposalsAre = 'lost-before';
  world.network.cut(0, 2);
  await mintAnew(world, 2);
  const write = world.broker(0).append('for the copy that is gone');
  await world.run(50);
  world.network.heal(0, 2);
  await world.run(A_WHILE_MS);
  assert.equal(world.broker(2).log().durableEndOffset, 2, 'the other copy has it');
  assert.equal(write.outcome, 'waiting', 'it counts for the copy in the ISR');
}

/** A member acknowledges, and comes back with the disk of a moment before. */
async function lyingDisk(rulesOff: ReplicationRulesOff, seed: number): Promise<void> {
  const world = await inSync(rulesOff, seed);
  const broker = world.broker(2);
  const before = broker.disk.afterPowerLoss('all', world.random);
  const [copy] = copyOf(world, 2);
  await acknowledged(world, world.broker(0).append('acknowledged'));
  broker.stop('none');
  broker.disk = before;
  await broker.boot();
  world.tell();
  await world.run(A_WHILE_MS);
  assert.deepEqual(broker.losses, [{ kind: 'regressed' }]);
  assert.notEqual(copyOf(world, 2)[0], copy);
}

/** The next leader has what is committed, and has not heard that it is. */
async function offsetsOfANewLeader(rulesOff: ReplicationRulesOff, seed: number): Promise<void> {
  const world = await inSync(rulesOff, seed);
  const write = world.broker(0).append('committed');
  await world.until(() => world.broker(0).partition().highWatermark === 2);
  world.broker(0).stop('none');
  await world.run(0);
  assert.equal(write.outcome, 'acknowledged');
  assert.equal(world.broker(1).partition().highWatermark, 1);
  world.network.cut(1, 2);
  world.elect(1);
  const next = world.broker(1).partition();
  await world.until(() => next.role === 'leader');
  let told: number | undefined;
  const asked = next.whenSettled(1000).then(
    () => {
      told = next.readBound('read-uncommitted');
    },
    () => undefined,
  );
  await world.scheduler.settle(asked);
  assert.ok(told === undefined || told >= 2, `it tells ${told}`);
}

async function unheardMember(rulesOff: ReplicationRulesOff, seed: number): Promise<void> {
  const world = await inSync(rulesOff, seed);
  world.proposalsAre = 'lost-before';
  world.network.cut(1, 2);
  world.elect(1);
  await world.until(() => world.broker(1).partition().role === 'leader');
  world.broker(1).append('not on the third');
  await world.run(A_WHILE_MS);
  await electAndCheck(world, 2);
}

async function duplicateOfWhatIsNotCommitted(
  rulesOff: ReplicationRulesOff,
  seed: number,
): Promise<void> {
  const world = await inSync(rulesOff, seed);
  world.network.cut(0, 1);
  world.network.cut(0, 2);
  const timestamp = 1_750_000_000_000;
  const batch = (): Buffer =>
    encodeBatch([{ key: null, value: Buffer.from('sent again'), timestamp }], {
      producerId: 7,
      producerEpoch: 0,
      baseSequence: 0,
    });
  const answers = [world.broker(0).appendBatch('sent again', batch())];
  await world.run(50);
  answers.push(world.broker(0).appendBatch('sent again', batch()));
  await world.run(A_WHILE_MS / 4);
  assert.deepEqual(answers.map(({ outcome }) => outcome).includes('acknowledged'), false);
}

async function lowerMinimum(rulesOff: ReplicationRulesOff, seed: number): Promise<void> {
  const world = await inSync(rulesOff, seed);
  world.network.cut(0, 1);
  world.network.cut(0, 2);
  await acknowledged(world, world.broker(0).append('alone', 'leader'));
  world.change({ isr: copyOf(world, 0), minIsr: 1 });
  const { directory } = world.broker(0);
  assert.ok(directory !== undefined);
  await world.until(() => world.broker(0).partition().highWatermark === 2);
  assert.equal(directory.copyFacts(world.broker(0).log()).minIsr, 1);
}
