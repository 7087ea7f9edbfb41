import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readBatchHeader } from '@millrace/core/batchHeader';
import type { BrokerId, CopyId, Offset } from '@millrace/core/ids';
import { copyName } from '@millrace/core/resources/partitionAssignment';
import { silentLogger } from '../../src/io/logger.ts';
import type { SimFault } from '../../src/io/sim/simFaults.ts';
import { Partition } from '../../src/replication/partition.ts';
import { formattedDisk } from '../io/sim/simMachine.ts';
import { batchOf, DirectoryWorld, topicId } from '../log/directoryWorld.ts';

const brokerId = 0 as BrokerId;
const leaderId = 1 as BrokerId;

test('a high watermark never covers what a follower has not written: the write may fail', async () => {
  let fault: SimFault | undefined;
  const world = new DirectoryWorld(1, formattedDisk('/'), ({ kind, path }) =>
    kind === 'write' && path.endsWith('.log') ? fault : undefined,
  );
  const directory = (await world.open()) ?? assert.fail();
  const log = await world.createLog();
  const follower = new Partition({ topicId, topicName: 't', partition: 0 }, log, {
    brokerId,
    bootId: directory.bootId,
    clock: world.machine.clock,
    logger: silentLogger,
    directory,
    replicaLagMsMax: 1000,
    rulesOff: new Set(),
  });
  const leaderCopy = copyName(leaderId, 'aaaaaaaaaaaa' as CopyId);
  follower.applyStatus({
    p: 0,
    initialized: true,
    replicas: [leaderId, brokerId],
    adding: [],
    leader: `${leaderCopy}:bbbbbbbbbbbb`,
    isr: [leaderCopy],
    eligible: [],
    leaderEpoch: 1,
    epoch: 1,
    minIsr: 1,
    uncleanEpoch: -1,
  });
  const take = (text: string): void => {
    const batch = batchOf(text);
    batch.writeBigInt64BE(BigInt(log.logEndOffset), 0);
    batch.writeInt32BE(1, 12);
    log.appendAsFollower(batch, [readBatchHeader(batch, 0)]);
    follower.followHighWatermark(log.logEndOffset);
  };
  take('kept');
  await world.run(log.whenDurable(1 as Offset));
  follower.followHighWatermark(1 as Offset);
  fault = { kind: 'error', code: 'ENOSPC' };
  take('lost');
  assert.equal(follower.highWatermark, 1);
  await world.machine.scheduler.runFor(100);
  assert.deepEqual([log.logEndOffset, follower.highWatermark, log.highWatermark], [1, 1, 1]);
});
