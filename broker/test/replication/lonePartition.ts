import assert from 'node:assert/strict';
import type { BrokerId } from '@millrace/core/ids';
import { silentLogger } from '../../src/io/logger.ts';
import { Partition } from '../../src/replication/partition.ts';
import { formattedDisk } from '../io/sim/simMachine.ts';
import { DirectoryWorld, topicId } from '../log/directoryWorld.ts';

export const brokerId = 0 as BrokerId;
export const leaderId = 1 as BrokerId;

/** A copy on a simulated disk, without a role yet and with nobody around it. */
export async function lonePartition() {
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
  return { world, log, host, partition, directory };
}
