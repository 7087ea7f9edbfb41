/** Puts together what a decision may depend on: the committed model, the roster and the recoveries under way. */
import type { BrokerId } from '@millrace/core/ids';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { Clock } from '../io/clock.ts';
import type { Chunk } from './chunk.ts';
import type { ClusterModel } from './clusterModel.ts';
import { brokerOf } from './copyNames.ts';
import type { PartitionView, ReplicaView } from './partitionView.ts';
import { partitionKey, type Recoveries } from './recoveries.ts';
import type { Roster } from './roster.ts';

export interface PartitionViewsParts {
  readonly clock: Clock;
  readonly model: ClusterModel;
  readonly roster: Roster;
  readonly recoveries: Recoveries;
  /** Replicas that a broker fills at once. */
  readonly movesPerBrokerMax: number;
}

export class PartitionViews {
  readonly #parts: PartitionViewsParts;
  /** Replicas being filled, by broker; undefined: to be counted. */
  #adding: Map<BrokerId, number> | undefined;

  constructor(parts: PartitionViewsParts) {
    this.#parts = parts;
  }

  /** Statuses changed: counts are taken anew. */
  recount(): void {
    this.#adding = undefined;
  }

  /** `status`: as decided so far in the same write. */
  of(chunk: Chunk, index: number, status: PartitionStatus | undefined): PartitionView {
    const { recoveries } = this.#parts;
    const p = chunk.first + index;
    const key = partitionKey(chunk.topicId, p);
    const seen = chunk.seenAt(index);
    return {
      p,
      status,
      seenLeaderEpoch: seen.leaderEpoch,
      seenEpoch: seen.epoch,
      wanted: chunk.object.spec.replicas[index] ?? [],
      minIsr: chunk.minIsrAt(index),
      durability: chunk.durability,
      replicas: this.#replicas(chunk, index, status),
      answers: recoveries.answersFor(key, status?.leaderEpoch ?? -1),
      asked: recoveries.askedFor(key, status?.leaderEpoch ?? -1),
      answersDue: recoveries.isDue(key),
      waitedForAll: recoveries.waitedForAll(key),
      mayAdd: (brokerId) => this.#mayAdd(brokerId),
    };
  }

  #replicas(chunk: Chunk, index: number, status: PartitionStatus | undefined): ReplicaView[] {
    const { roster, clock, model } = this.#parts;
    const ids = new Set(chunk.object.spec.replicas[index] ?? []);
    if (status !== undefined) {
      for (const brokerId of status.replicas) ids.add(brokerId);
      for (const brokerId of status.adding) ids.add(brokerId);
      for (const copy of status.isr) ids.add(brokerOf(copy));
      for (const copy of status.eligible) ids.add(brokerOf(copy));
    }
    const p = chunk.first + index;
    for (const { brokerId, copies } of roster.all()) {
      if (!ids.has(brokerId) && copies.get(chunk.topicId, p) !== undefined) ids.add(brokerId);
    }
    const nowMs = clock.monotonicMs();
    return [...ids].map((brokerId): ReplicaView => {
      const member = roster.get(brokerId);
      const isLive = member?.state === 'live';
      const draining = model.brokers.get(brokerId)?.spec.draining === true;
      return {
        brokerId,
        state: member?.state ?? 'dead',
        bootId: isLive ? member.session?.bootId : undefined,
        copy: isLive ? member.copies.get(chunk.topicId, p) : undefined,
        avoided: draining || (member?.avoidedUntilMs ?? 0) > nowMs,
        leaving: member?.stopping === true,
      };
    });
  }

  #mayAdd(brokerId: BrokerId): boolean {
    this.#adding ??= this.#countAdding();
    const count = this.#adding.get(brokerId) ?? 0;
    if (count >= this.#parts.movesPerBrokerMax) return false;
    this.#adding.set(brokerId, count + 1);
    return true;
  }

  #countAdding(): Map<BrokerId, number> {
    const counts = new Map<BrokerId, number>();
    for (const chunk of this.#parts.model.chunks.values()) {
      for (const status of chunk.object.status?.partitions ?? []) {
        for (const brokerId of status.adding) {
          counts.set(brokerId, (counts.get(brokerId) ?? 0) + 1);
        }
      }
    }
    return counts;
  }
}
