import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CopyId, Offset } from '@millrace/core/ids';
import { type CopyName, copyName } from '@millrace/core/resources/partitionAssignment';
import { type FollowCarrier, FollowedPartition } from '../../src/replication/followedPartition.ts';
import { batchOf } from '../log/directoryWorld.ts';
import { brokerId, leaderId, lonePartition } from './lonePartition.ts';

const first = 'aaaaaaaaaaaa' as CopyId;
const second = 'cccccccccccc' as CopyId;

test('a copy that began empty claims nothing any more once it takes records of another one before it was whole', async () => {
  const { world, log, host, partition, directory } = await lonePartition();
  let startedOver = Promise.withResolvers<void>();
  const follow = (leader: CopyName, leaderEpoch: number): FollowedPartition => {
    partition.applyStatus({
      p: 0,
      initialized: true,
      replicas: [leaderId, brokerId],
      adding: [],
      leader: `${leader}:bbbbbbbbbbbb`,
      isr: [leader],
      eligible: [],
      leaderEpoch,
      epoch: leaderEpoch,
      minIsr: 1,
      uncleanEpoch: -1,
    });
    const followed = new FollowedPartition(
      partition,
      { brokerId: leaderId, leaderEpoch },
      { host, onCopyLost: () => assert.fail('it lost nothing') },
    );
    const carrier: FollowCarrier = {
      ackDue: () => {},
      release: () => {},
      startOver: () => {
        followed.detach();
        followed.attach(carrier, leaderEpoch * 10);
        startedOver.resolve();
        startedOver = Promise.withResolvers();
      },
      laneChanged: () => {},
    };
    followed.attach(carrier, leaderEpoch);
    return followed;
  };
  const receive = (
    followed: FollowedPartition,
    leaderEpoch: number,
    removedBelow: number,
  ): void => {
    const batch = batchOf(`at ${log.logEndOffset}`);
    batch.writeBigInt64BE(BigInt(log.logEndOffset), 0);
    batch.writeInt32BE(leaderEpoch, 12);
    followed.received({
      handle: followed.handle,
      leaderEpoch,
      tombstonesRemovedBelow: removedBelow as Offset,
      highWatermark: 0 as Offset,
      logStart: 0 as Offset,
      lastStable: 0 as Offset,
      batches: [batch],
    } as Parameters<FollowedPartition['received']>[0]);
  };
  const begun = (): unknown => directory.copyFacts(log).begun;

  const under = follow(copyName(leaderId, first), 1);
  let over = startedOver.promise;
  receive(under, 1, 101);
  await world.run(over);
  receive(under, 1, 101);
  assert.deepEqual([log.logEndOffset, begun()], [1, { under: first, removedBelow: 101 }]);
  assert.equal(log.removedBelow, 101);
  under.detach();

  const other = follow(copyName(leaderId, second), 2);
  over = startedOver.promise;
  receive(other, 2, 0);
  assert.equal(log.logEndOffset, 1, 'not before it is recorded');
  await world.run(over);
  assert.deepEqual([begun(), log.removedBelow], [undefined, 1]);
  receive(other, 2, 0);
  assert.equal(log.logEndOffset, 2);
  other.detach();

  assert.equal(follow(copyName(leaderId, first), 3).removedBelow, 0);
});
