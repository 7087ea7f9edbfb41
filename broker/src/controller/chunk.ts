/** One PartitionAssignment as the controller knows it: the committed object, and what it has seen of it before. */
import type { TopicId } from '@millrace/core/ids';
import {
  PARTITIONS_PER_ASSIGNMENT,
  type PartitionStatus,
} from '@millrace/core/resources/partitionAssignment';
import { resolveTopicConfig } from '@millrace/core/topicConfig';
import type { StoredObject } from '../store/clusterStore.ts';
import { uninitialized } from './firstLeader.ts';

export type StoredAssignment = StoredObject<'PartitionAssignment'>;

export class Chunk {
  readonly name: string;
  readonly topicId: TopicId;
  readonly first: number;
  #object: StoredAssignment;
  #minIsr = 1;
  #durability: 'fsync' | 'async' = 'fsync';
  /** By index: the highest epochs of any status that this process has known. */
  readonly #seenLeaderEpochs: number[] = [];
  readonly #seenEpochs: number[] = [];

  constructor(object: StoredAssignment) {
    this.name = object.name;
    this.topicId = object.spec.topicId;
    this.first = object.spec.chunk * PARTITIONS_PER_ASSIGNMENT;
    this.#object = object;
    this.#adopt(object, true);
  }

  get object(): StoredAssignment {
    return this.#object;
  }

  get partitions(): number {
    return this.#object.spec.replicas.length;
  }

  get durability(): 'fsync' | 'async' {
    return this.#durability;
  }

  /** Replaces the committed object; whether the spec is another one, and the indexes of partitions that changed. */
  replay(object: StoredAssignment): { spec: boolean; indexes: number[] } {
    const before = this.#object;
    const isSpecChanged =
      before.spec !== object.spec && JSON.stringify(before.spec) !== JSON.stringify(object.spec);
    this.#object = object;
    this.#adopt(object, isSpecChanged);
    const indexes: number[] = [];
    for (let index = 0; index < this.partitions; index += 1) {
      const old = before.status?.partitions[index];
      const fresh = object.status?.partitions[index];
      const changed = isSpecChanged || old?.epoch !== fresh?.epoch;
      if (changed || old?.leaderEpoch !== fresh?.leaderEpoch) indexes.push(index);
    }
    return { spec: isSpecChanged, indexes };
  }

  statusAt(index: number): PartitionStatus | undefined {
    return this.#object.status?.partitions[index];
  }

  /** With what brokers are told before there is a status. */
  shownAt(index: number): PartitionStatus {
    const wanted = this.#object.spec.replicas[index] ?? [];
    return this.statusAt(index) ?? uninitialized(this.first + index, wanted, this.minIsrAt(index));
  }

  /** By the configuration; never above what the replicas can give. */
  minIsrAt(index: number): number {
    const replicas = this.#object.spec.replicas[index]?.length ?? 1;
    return Math.max(1, Math.min(this.#minIsr, replicas));
  }

  seenAt(index: number): { leaderEpoch: number; epoch: number } {
    return {
      leaderEpoch: this.#seenLeaderEpochs[index] ?? -1,
      epoch: this.#seenEpochs[index] ?? -1,
    };
  }

  #adopt({ spec, status, lost = [] }: StoredAssignment, isSpecChanged: boolean): void {
    if (isSpecChanged) {
      const replicationFactor = spec.replicas[0]?.length ?? 1;
      const config = resolveTopicConfig(spec.config, { replicationFactor });
      this.#minIsr = config.minInsyncReplicas;
      this.#durability = config.durability;
    }
    for (const [index, { leaderEpoch, epoch }] of (status?.partitions ?? []).entries()) {
      this.#seenLeaderEpochs[index] = Math.max(this.#seenLeaderEpochs[index] ?? -1, leaderEpoch);
      this.#seenEpochs[index] = Math.max(this.#seenEpochs[index] ?? -1, epoch);
    }
    // It had a leader of some epoch: never a first one again (rule 22).
    for (const index of lost) {
      this.#seenLeaderEpochs[index] = Math.max(this.#seenLeaderEpochs[index] ?? -1, 0);
    }
  }
}
