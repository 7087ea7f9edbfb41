/**
 * Which brokers hold the partitions of a new topic, or those added to one. Pure: operator and embedded controller
 * call the same function. Racks go round robin, carried on from partition to partition, so that no rack holds two
 * replicas more than another; in a rack the least loaded broker is taken. (contracts.md, Placement)
 */
import { millraceError } from './errors.ts';
import type { BrokerId } from './ids.ts';
import { murmur2 } from './murmur2.ts';

export interface PlaceableBroker {
  readonly id: BrokerId;
  /** Brokers without one share the rack ''. */
  readonly rack: string;
  /** Takes nothing new. */
  readonly cordoned: boolean;
  /** Replicas that it holds of all topics. */
  readonly replicas: number;
  /** Partitions of all topics of which it is the preferred leader. */
  readonly leaders: number;
}

interface Load {
  readonly id: BrokerId;
  replicas: number;
  leaders: number;
  topicLeaders: number;
}

/**
 * Per partition its replicas, the preferred leader first. `brokers`: the live ones. `seed`: the topicId, so that
 * topics begin in different racks. `firstPartition` continues a topic that grows: the round robin of racks goes on,
 * and replicas placed before stay where they are.
 *
 * Throws INVALID_REPLICATION_FACTOR if fewer brokers than `replicationFactor` may take replicas; nothing is partial.
 */
export function place(
  brokers: readonly PlaceableBroker[],
  partitions: number,
  replicationFactor: number,
  seed: string,
  firstPartition = 0,
): BrokerId[][] {
  const usable = brokers.filter(({ cordoned }) => !cordoned);
  if (replicationFactor < 1 || replicationFactor > usable.length) {
    throw millraceError(
      'INVALID_REPLICATION_FACTOR',
      `${replicationFactor} replicas are asked for, ${usable.length} brokers can take one`,
    );
  }
  const racks = racksOf(usable);
  const start = (murmur2(Buffer.from(seed)) & 0x7fff_ffff) + firstPartition * replicationFactor;
  const placed: Load[][] = [];
  let turn = start % racks.length;
  for (let partition = 0; partition < partitions; partition++) {
    const chosen: Load[] = [];
    while (chosen.length < replicationFactor) {
      const least = leastLoaded(racks[turn] ?? [], chosen);
      turn = (turn + 1) % racks.length;
      if (least === undefined) continue;
      least.replicas += 1;
      chosen.push(least);
    }
    placed.push(leaderFirst(chosen));
  }
  evenOutLeaders(placed);
  return placed.map((replicas) => replicas.map(({ id }) => id));
}

function racksOf(brokers: readonly PlaceableBroker[]): Load[][] {
  const racks = new Map<string, Load[]>();
  for (const { id, rack, replicas, leaders } of brokers) {
    const load = { id, replicas, leaders, topicLeaders: 0 };
    const others = racks.get(rack);
    if (others === undefined) racks.set(rack, [load]);
    else others.push(load);
  }
  // By name: the order of the argument must not matter.
  return [...racks.keys()].sort().map((rack) => racks.get(rack) ?? []);
}

function leastLoaded(rack: readonly Load[], taken: readonly Load[]): Load | undefined {
  let least: Load | undefined;
  for (const load of rack) {
    if (taken.includes(load)) continue;
    if (least === undefined || byLoad(load, least) < 0) least = load;
  }
  return least;
}

function byLoad(left: Load, right: Load): number {
  return left.replicas - right.replicas || left.leaders - right.leaders || left.id - right.id;
}

/** Balanced within the topic first: one busy topic must not be led by one broker. */
function leaderFirst(chosen: readonly Load[]): Load[] {
  const leader = chosen.reduce((best, load) => {
    const order =
      load.topicLeaders - best.topicLeaders || load.leaders - best.leaders || load.id - best.id;
    return order < 0 ? load : best;
  });
  leader.leaders += 1;
  leader.topicLeaders += 1;
  return led(leader, chosen);
}

function led(leader: Load, replicas: readonly Load[]): Load[] {
  return [leader, ...replicas.filter((load) => load !== leader)];
}

/** Choosing partition by partition can leave a broker two ahead of another: leadership is passed on along replicas. */
function evenOutLeaders(placed: Load[][]): void {
  const partitionsLedBy = (load: Load): number[] =>
    placed.flatMap((replicas, partition) => (replicas[0] === load ? [partition] : []));
  const all = [...new Set(placed.flat())];
  for (let even = false; !even; ) {
    even = true;
    const fewest = all.reduce((least, load) => Math.min(least, load.topicLeaders), Infinity);
    for (const from of all) {
      if (from.topicLeaders < fewest + 2) continue;
      const path = pathToLesser(placed, from, partitionsLedBy);
      if (path.length === 0) continue;
      for (const { partition, to } of path) {
        const replicas = placed[partition] ?? [];
        const [before] = replicas;
        if (before !== undefined) before.topicLeaders -= 1;
        to.topicLeaders += 1;
        placed[partition] = led(to, replicas);
      }
      even = false;
    }
  }
}

interface Handover {
  readonly partition: number;
  readonly to: Load;
}

/** Shortest chain of handovers from `from` to a broker that leads two fewer; empty if there is none. */
function pathToLesser(
  placed: readonly Load[][],
  from: Load,
  partitionsLedBy: (load: Load) => number[],
): Handover[] {
  const reachedBy = new Map<Load, { readonly via: Load; readonly partition: number }>();
  const queue = [from];
  for (const via of queue) {
    for (const partition of partitionsLedBy(via)) {
      for (const to of placed[partition] ?? []) {
        if (to === from || reachedBy.has(to)) continue;
        reachedBy.set(to, { via, partition });
        if (to.topicLeaders <= from.topicLeaders - 2) return chainTo(to, reachedBy);
        queue.push(to);
      }
    }
  }
  return [];
}

function chainTo(
  last: Load,
  reachedBy: ReadonlyMap<Load, { readonly via: Load; readonly partition: number }>,
): Handover[] {
  const chain: Handover[] = [];
  let to = last;
  for (let step = reachedBy.get(to); step !== undefined; step = reachedBy.get(to)) {
    chain.unshift({ partition: step.partition, to });
    to = step.via;
  }
  return chain;
}
