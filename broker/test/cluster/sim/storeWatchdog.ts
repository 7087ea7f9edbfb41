import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import { type ClusterWorld, partitionKey } from './clusterWorld.ts';

/** What may never happen to what the store holds, checked at each change: epochs only rise, states make sense. */
export class StoreWatchdog {
  readonly #world: ClusterWorld;
  #known = new Map<string, PartitionStatus>();
  /** Of each partition the highest leader epoch that was ever given out. */
  readonly #highest = new Map<string, number>();
  #controllerEpoch = 0;
  /** A recovery election begins without an ISR (rule 9). */
  #mayRecover = false;

  constructor(world: ClusterWorld) {
    this.#world = world;
  }

  /** A backup was restored: what it holds is what counts from now on. */
  forget(): void {
    this.#known = new Map();
    this.#controllerEpoch = 0;
    this.#mayRecover = true;
  }

  /** By partition, as the store was when it was newest. */
  get highestEpochs(): ReadonlyMap<string, number> {
    return this.#highest;
  }

  /** Whether every state that is older than one of before a rewind is replaced. */
  isCaughtUp(): boolean {
    return this.#world.assignments().every(({ spec, status }) =>
      spec.replicas.every((_, p) => {
        const highest = this.#highest.get(partitionKey(spec.topicId, p)) ?? -1;
        return spec.deleted || (status?.partitions[p]?.leaderEpoch ?? -1) >= highest;
      }),
    );
  }

  check(what: string): void {
    const world = this.#world;
    const lease = world.store.contents.lease;
    if (lease.epoch < this.#controllerEpoch) {
      world.violate(`controller epoch ${lease.epoch} after ${this.#controllerEpoch}: ${what}`);
    }
    this.#controllerEpoch = lease.epoch;
    for (const { spec, status } of world.assignments()) {
      for (const partition of status?.partitions ?? []) {
        this.#checkPartition(partitionKey(spec.topicId, partition.p), partition, what);
      }
    }
  }

  #checkPartition(key: string, now: PartitionStatus, what: string): void {
    const before = this.#known.get(key);
    this.#known.set(key, now);
    this.#highest.set(key, Math.max(now.leaderEpoch, this.#highest.get(key) ?? -1));
    if (before === undefined || JSON.stringify(before) === JSON.stringify(now)) return;
    const { transcript } = this.#world;
    transcript.note('store', `${key}: ${toldStatus(now)}`);
    const wrong = (problem: string): void =>
      this.#world.violate(
        `${key}: ${problem}: ${toldStatus(before)} -> ${toldStatus(now)}: ${what}`,
      );
    if (now.epoch <= before.epoch) wrong('the partition epoch does not rise');
    if (now.leaderEpoch < before.leaderEpoch) wrong('the leader epoch falls');
    if (now.leader !== before.leader && now.leader !== null) {
      if (now.leaderEpoch === before.leaderEpoch) wrong('another leader in the same epoch');
      const copy = now.leader.split(':').slice(0, 2).join(':');
      if (!now.isr.some((name) => name === copy)) wrong('a leader outside the ISR');
    }
    if (before.isr.length > 0 && now.isr.length === 0 && !this.#mayRecover)
      wrong('the ISR is empty');
    const allowed = [...now.replicas, ...now.adding].map(String);
    const strangers = now.isr.filter((name) => !allowed.includes(name.split(':')[0] ?? ''));
    if (strangers.length > 0) wrong(`${strangers.join(', ')} in the ISR and no replica`);
  }
}

function toldStatus(status: PartitionStatus): string {
  const { leader, isr, eligible, leaderEpoch, epoch, minIsr, replicas, adding } = status;
  const extra = [
    ...(eligible.length > 0 ? [`eligible ${eligible.join(' ')}`] : []),
    ...(adding.length > 0 ? [`adding ${adding.join(' ')}`] : []),
    ...(status.uncleanEpoch >= 0 ? [`unclean ${status.uncleanEpoch}`] : []),
  ];
  return [
    `leader ${leader} epoch ${leaderEpoch}/${epoch} isr ${isr.join(' ')} of ${replicas.join(' ')} m ${minIsr}`,
    ...extra,
  ].join(' ');
}
