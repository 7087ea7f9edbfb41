import assert from 'node:assert/strict';
import type { CopyName, PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import { Partition } from '../../../../src/replication/partition.ts';
import type { ReplicationRulesOff } from '../../../../src/replication/replicationRules.ts';
import { resetCopy } from '../../../../src/log/copies/copyReset.ts';
import {
  ReplicaWorld,
  type WorldOptions,
  type Written,
} from '../../../replication/replicaWorld.ts';

/** A while in which all that can happen has: several times a round trip, a lag and a repetition of a proposal. */
export const A_WHILE_MS = 4000;

/** Three brokers in sync with what broker 0, their leader in epoch 1, has written: `before`, acknowledged. */
export async function inSync(
  rulesOff: ReplicationRulesOff,
  seed: number,
  options: WorldOptions = {},
): Promise<ReplicaWorld> {
  const world = await ReplicaWorld.start(seed, { ...options, rulesOff });
  await acknowledged(world, world.broker(0).append('before'));
  await world.run(50);
  return world;
}

export function copyOf(world: ReplicaWorld, ...ids: number[]): CopyName[] {
  return ids.map((id) => world.broker(id).partition().copyName);
}

export async function acknowledged(world: ReplicaWorld, write: Written): Promise<void> {
  await world.until(() => write.outcome === 'acknowledged');
}

/** What is acknowledged by all must be on the copy that is elected next. */
export async function electAndCheck(world: ReplicaWorld, id: number): Promise<void> {
  const kept = world.writes.filter(({ outcome }) => outcome === 'acknowledged');
  world.elect(id);
  await world.until(() => world.broker(id).partition().role === 'leader');
  const text = await world.textOf(id);
  for (const write of kept) assert.ok(text.includes(write.text), `${write.text} is lost`);
}

/** The store takes the change, and only these brokers hear of it. */
export function landUnheard(
  world: ReplicaWorld,
  change: Partial<PartitionStatus>,
  ...ids: number[]
): void {
  const status = { ...world.status(), ...change, epoch: world.status().epoch + 1 };
  world.statuses[0] = status;
  for (const id of ids) {
    const broker = world.broker(id);
    broker.replication?.apply(broker.partition(), status);
  }
}

/** Broker 2 is out of the ISR, which 0 and 1 are. */
export async function withoutThird(world: ReplicaWorld): Promise<void> {
  world.network.cut(0, 2);
  // Something that it lacks: else nobody misses it.
  world.broker(0).append('without the third');
  await world.until(() => world.isr.length === world.brokers.length - 1);
  await world.run(50);
}

/** The broker loses its copy and creates another one, empty. */
export async function mintAnew(world: ReplicaWorld, id: number): Promise<void> {
  const broker = world.broker(id);
  const { directory, replication } = broker;
  assert.ok(directory !== undefined && replication !== undefined);
  const before = broker.partition();
  replication.remove(before);
  const log = await world.scheduler.settle(
    resetCopy(directory, before.log, before.log.logStartOffset),
  );
  const partition = new Partition(before.identity, log, replication.host);
  broker.partitions[0] = partition;
  replication.add(partition);
  replication.apply(partition, world.status());
}
