import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrokerId, CopyId, Offset } from '@millrace/core/ids';
import { copyName } from '@millrace/core/resources/partitionAssignment';
import { silentLogger } from '../../src/io/logger.ts';
import { type FollowCarrier, FollowedPartition } from '../../src/replication/followedPartition.ts';
import { Partition } from '../../src/replication/partition.ts';
import { formattedDisk } from '../io/sim/simMachine.ts';
import { batchOf, DirectoryWorld, topicId } from '../log/directoryWorld.ts';

const brokerId = 0 as BrokerId;
const leaderId = 1 as BrokerId;

test('what comes by a handle that was refused is not taken: an ack may have crossed the refusal', async () => {
  const world = new DirectoryWorld(1, formattedDisk('/'));
  const directory = (await world.open()) ?? assert.fail();
  const log = await world.createLog();
  const host = {
    brokerId,
    bootId: directory.bootId,
    clock: world.machine.clock,
    logger: silentLogger,
    directory,
    replicaLagMsMax: 1000,
    rulesOff: new Set<never>(),
  };
  const partition = new Partition({ topicId, topicName: 't', partition: 0 }, log, host);
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
