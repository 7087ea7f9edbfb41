import type { Offset } from '@millrace/core/ids';
import type { Partition } from '../../../src/replication/partition.ts';
import { SimViolation } from '../../log/sim/simViolation.ts';
import { type Checker, checkers } from './checkers.ts';
import type { ClusterInvariants } from './clusterInvariants.ts';
import { type ClusterWorld, partitionKey } from './clusterWorld.ts';
import type { FinalLog } from './history.ts';
import type { SimClient } from './simClient.ts';
import type { SimMachine } from './simMachine.ts';
import { recordsOf } from './simReader.ts';
import type { TopicBook } from './topicBook.ts';

/** Virtual time within which a cluster without faults must be whole again. */
const healMsMax = 60_000;

/** Waits until every ISR is full and every request is answered, reads all replicas, and runs all checkers. */
export async function checkHealed(
  world: ClusterWorld,
  machines: readonly SimMachine[],
  clients: readonly SimClient[],
  book: TopicBook,
  invariants: ClusterInvariants,
): Promise<void> {
  const missing = (): string[] => [
    ...clients.filter(({ isIdle }) => !isIdle).map(({ name }) => `${name} waits for an answer`),
    ...unhealed(world, machines, book),
  ];
  if (!(await world.runUntil(() => missing().length === 0, healMsMax, 100))) {
    throw new SimViolation(`not healed after ${healMsMax} ms: ${missing().join('; ')}`);
  }
  invariants.check();
  world.throwIfViolated();
  const { history } = world;
  for (const machine of machines) {
    for (const partition of machine.member?.partitions() ?? []) {
      if (book.isDeleted(partition.identity.topicId)) continue;
      // Records of the cluster itself are nobody's values.
      if (partition.identity.topicName.startsWith('__')) continue;
      // A flipped bit that nobody needed: its copy is read by nobody but this.
      if (world.damagedCopies.has(partition.log.copyId)) continue;
      const reading = finalLog(machine, partition);
      history.finals.push(await world.scheduler.settle(reading, 1_000_000));
    }
  }
  const problems = Object.values<Checker>(checkers).flatMap((check) => check(history));
  // Of a deleted topic nothing is left to compare with.
  if (problems.length > 0) throw new SimViolation(problems.slice(0, 20).join('\n'));
}

async function finalLog({ brokerId }: SimMachine, partition: Partition): Promise<FinalLog> {
  const { log, highWatermark } = partition;
  const records = new Map<number, string>();
  const cursor = log.openCursor(log.logStartOffset);
  for (;;) {
    const slice = await cursor.next({ bytesMax: 64 * 1024, before: log.logEndOffset });
    if (slice.bytes === 0) break;
    for (const { offset, value } of recordsOf(slice.buffers)) {
      if (offset >= log.logStartOffset) records.set(offset, value);
    }
  }
  return {
    partition: partitionKey(partition.identity.topicId, partition.identity.partition),
    broker: brokerId,
    isLeader: partition.role === 'leader',
    start: log.logStartOffset,
    highWatermark,
    records,
  };
}

function unhealed(world: ClusterWorld, machines: readonly SimMachine[], book: TopicBook): string[] {
  const missing = machines
    // One that stops has closed its log, or is about to.
    .filter(({ member, isStopping }) => member === undefined || isStopping)
    .map(({ host }) => `${host} is down`);
  for (const { spec, status } of world.assignments()) {
    // A rewind brings a topic back, its data not.
    if (spec.deleted || book.isDeleted(spec.topicId)) continue;
    const wanted = spec.replicas.length;
    const found = status?.partitions.length ?? 0;
    if (found < wanted) missing.push(`${spec.topicName} has ${found} of ${wanted} partitions`);
    for (const { p, leader, isr, replicas, adding } of status?.partitions ?? []) {
      const key = partitionKey(spec.topicId, p);
      const isFull = isr.length === replicas.length && adding.length === 0;
      if (leader === null) missing.push(`${key} has no leader`);
      else if (!isFull) {
        missing.push(
          `${key} has ISR ${isr.join(' ')} of ${replicas.join(' ')} + ${adding.join(' ')}`,
        );
      } else missing.push(...behind(machines, key, replicas));
    }
  }
  return missing;
}

function behind(machines: readonly SimMachine[], key: string, replicas: readonly number[]) {
  const ends = new Set<Offset>();
  let leaders = 0;
  for (const machine of machines.filter(({ brokerId }) => replicas.includes(brokerId))) {
    for (const partition of machine.member?.partitions() ?? []) {
      const { topicId, partition: number } = partition.identity;
      if (partitionKey(topicId, number) !== key) continue;
      ends.add(partition.highWatermark).add(partition.log.logEndOffset);
      if (partition.role === 'leader') leaders += 1;
    }
  }
  if (leaders !== 1) return [`${key} has ${leaders} leaders`];
  return ends.size > 1 ? [`${key} ends at ${[...ends].join(', ')}`] : [];
}
