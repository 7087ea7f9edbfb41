import assert from 'node:assert/strict';
import type { SimDisk } from '../../src/io/sim/simDisk.ts';
import type { SimFaultPlan } from '../../src/io/sim/simFaults.ts';
import type { LogConfig } from '../../src/log/partition/logConfig.ts';
import type { LogDirectory } from '../../src/log/directory/logDirectory.ts';
import type { PartitionLog } from '../../src/log/partition/partitionLog.ts';
import { contentOf, DirectoryWorld, smallLogs, topicId } from './directoryWorld.ts';

export const asyncLogs: LogConfig = { ...smallLogs, durability: 'async' };

/** A world that has booted. */
export async function booted(
  disk: SimDisk,
  seed = 1,
  plan?: SimFaultPlan,
): Promise<DirectoryWorld> {
  const world = new DirectoryWorld(seed, disk, plan);
  assert.ok((await world.open()) !== undefined);
  return world;
}

export async function closed(world: DirectoryWorld): Promise<SimDisk> {
  await world.run(directoryOf(world).close());
  return world.losePower('none');
}

export function directoryOf({ directory }: DirectoryWorld): LogDirectory {
  return directory ?? assert.fail('it has not booted');
}

export function logOf(world: DirectoryWorld, partition = 0): PartitionLog {
  return directoryOf(world).get(topicId, partition) ?? assert.fail('the log is not there');
}

export async function textOf(world: DirectoryWorld, log: PartitionLog): Promise<string> {
  const content = await world.run(contentOf(log));
  return content?.toString('latin1') ?? assert.fail('the process died');
}

/** A file below /data whose path ends so. */
export function pathOn(disk: SimDisk, ending: string): string {
  const path = Array.from(disk.snapshot().keys()).find((name) => name.endsWith(ending));
  assert.ok(path !== undefined, ending);
  return path;
}
