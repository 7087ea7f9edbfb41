import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CopyId, Offset } from '@millrace/core/ids';
import { copyName } from '@millrace/core/resources/partitionAssignment';
import { type FollowCarrier, FollowedPartition } from '../../src/replication/followedPartition.ts';
import { batchOf } from '../log/directoryWorld.ts';
import { brokerId, leaderId, lonePartition } from './lonePartition.ts';

test('what comes by a handle that was refused is not taken: an ack may have crossed the refusal', async () => {
  const { log, host, partition } = await lonePartition();
  const leader = copyName(leaderId, 'aaaaaaaaaaaa' as CopyId);
  partition.applyStatus({
    p: 0,
    initialized: true,
    replicas: [leaderId, brokerId],
    adding: [],
    leader: `${leader}:bbbbbbbbbbbb`,
    isr: [leader],
    eligible: [],
    leaderEpoch: 1,
    epoch: 1,
    minIsr: 1,
    uncleanEpoch: -1,
  });
  const followed = new FollowedPartition(
    partition,
    { brokerId: leaderId, leaderEpoch: 1 },
    { host, onCopyLost: () => assert.fail('it lost nothing') },
  );
  // As a stream does: a new handle for whoever starts over.
  const carrier: FollowCarrier = {
    ackDue: () => {},
    release: () => {},
    startOver: () => followed.detach(),
    laneChanged: () => {},
  };
  const receive = (offset: number): void => {
    const batch = batchOf(`at ${offset}`);
    batch.writeBigInt64BE(BigInt(offset), 0);
    batch.writeInt32BE(1, 12);
    const marks = { highWatermark: 0 as Offset, logStart: 0 as Offset, lastStable: 0 as Offset };
    const head = { handle: followed.handle, leaderEpoch: 1, tombstonesRemovedBelow: 0 as Offset };
    followed.received({ ...head, ...marks, batches: [batch] });
  };
  followed.attach(carrier, 1);
  receive(0);
  assert.equal(log.logEndOffset, 1);
  followed.refused({ handle: 1, code: 'NOT_LEADER' });
  // The leader took the ack for the answer to its refusal and went on; offset 1 was on its way before.
  receive(2);
  assert.deepEqual([log.logEndOffset, followed.handle], [1, -1]);
  followed.attach(carrier, 2);
  assert.equal(followed.position().fetchOffset, 1);
  receive(1);
  assert.equal(log.logEndOffset, 2);
});
