/**
 * Which replicas partitions should have so that the given brokers hold them evenly and few copies move. Pure. What is
 * asked for is left where it is as far as possible: a replica moves off a broker that is not among them, or from one that
 * holds two more than another, and never so that a rack gets a second copy that it would not have had.
 */
import { UsageError } from '../usageError.ts';

export interface PlannedBroker {
  readonly id: number;
  readonly rack: string;
}

/** Replicas by broker id, the preferred leader first. */
export type Replicas = readonly number[];

/** As many as `partitions`, in their order. Throws UsageError if there are fewer brokers than a partition has replicas. */
export function planReassignment(
  partitions: readonly Replicas[],
  brokers: readonly PlannedBroker[],
): Replicas[] {
  const most = partitions.reduce((max, replicas) => Math.max(max, replicas.length), 0);
  if (brokers.length < most) {
    throw new UsageError(`${most} replicas do not fit on ${brokers.length} brokers`);
  }
  const draft = new Draft(partitions, brokers);
  draft.leaveOthers();
  draft.evenOutReplicas();
  draft.evenOutLeaders();
  return draft.partitions;
}

class Draft {
  readonly partitions: number[][];
  readonly #racks: ReadonlyMap<number, string>;
  readonly #held: Map<number, number>;

  constructor(partitions: readonly Replicas[], brokers: readonly PlannedBroker[]) {
    this.partitions = partitions.map((replicas) => [...replicas]);
    this.#racks = new Map(brokers.map(({ id, rack }) => [id, rack]));
    this.#held = new Map(brokers.map(({ id }) => [id, 0]));
    for (const id of partitions.flat()) this.#charge(id, 1);
  }

  leaveOthers(): void {
    for (const replicas of this.partitions) {
      for (const [at, id] of replicas.entries()) {
        if (this.#held.has(id)) continue;
        const [to] = this.#byLoad()
          .filter((candidate) => !replicas.includes(candidate))
          .sort((a, b) => this.#inRackOf(a, replicas, id) - this.#inRackOf(b, replicas, id));
        if (to !== undefined) this.#replace(replicas, at, to);
      }
    }
  }

  /** Each move makes the loads more equal, so it ends. */
  evenOutReplicas(): void {
    while (this.#moveOne());
  }

  /** Only the order changes, and nothing is copied. */
  evenOutLeaders(): void {
    const led = new Map([...this.#held.keys()].map((id) => [id, 0]));
    for (const [leader] of this.partitions) add(led, leader, 1);
    for (let changed = true; changed; ) {
      changed = false;
      for (const replicas of this.partitions) {
        const [leader] = replicas;
        const to = replicas.findIndex((id) => count(led, id) <= count(led, leader) - 2);
        const next = replicas[to];
        if (leader === undefined || next === undefined) continue;
        replicas.splice(to, 1);
        replicas.unshift(next);
        add(led, leader, -1);
        add(led, next, 1);
        changed = true;
      }
    }
  }

  #moveOne(): boolean {
    const byLoad = this.#byLoad();
    for (const from of byLoad.toReversed()) {
      for (const to of byLoad) {
        if (count(this.#held, from) - count(this.#held, to) < 2) break;
        const found = this.partitions.find(
          (replicas) =>
            replicas.includes(from) &&
            !replicas.includes(to) &&
            this.#inRackOf(to, replicas, from) <= this.#inRackOf(from, replicas, from),
        );
        if (found === undefined) continue;
        this.#replace(found, found.indexOf(from), to);
        return true;
      }
    }
    return false;
  }

  /** The least loaded first. */
  #byLoad(): number[] {
    return [...this.#held]
      .sort(([left, leftLoad], [right, rightLoad]) => leftLoad - rightLoad || left - right)
      .map(([id]) => id);
  }

  /** How many of the replicas, but for `leaving`, share the rack of a broker. */
  #inRackOf(id: number, replicas: readonly number[], leaving: number): number {
    const rack = this.#racks.get(id);
    return replicas.filter((other) => other !== leaving && this.#racks.get(other) === rack).length;
  }

  #replace(replicas: number[], at: number, to: number): void {
    const from = replicas[at];
    if (from !== undefined) this.#charge(from, -1);
    replicas[at] = to;
    this.#charge(to, 1);
  }

  #charge(id: number, by: number): void {
    if (this.#held.has(id)) add(this.#held, id, by);
  }
}

function count(counts: ReadonlyMap<number, number>, id: number | undefined): number {
  return id === undefined ? 0 : (counts.get(id) ?? 0);
}

function add(counts: Map<number, number>, id: number | undefined, by: number): void {
  if (id !== undefined) counts.set(id, count(counts, id) + by);
}
