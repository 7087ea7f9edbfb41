/**
 * A broker's copy of the cluster's metadata: the last image with every delta since. Changes only forwards: a partition
 * takes a status only with a higher partition epoch, a delta only if it follows (contracts.md, Metadata).
 */
import type { BrokerId, TopicId } from '@millrace/core/ids';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type {
  BrokerMetadata,
  MetadataDelta,
  MetadataImage,
  MetadataPosition,
  TopicDelta,
  TopicMetadata,
} from './metadata.ts';

/** What an image or a delta has changed: topics as they are now, and those that are gone. */
export interface MetadataChange {
  readonly topics: readonly TopicMetadata[];
  readonly gone: readonly TopicMetadata[];
  readonly brokers: readonly BrokerMetadata[];
}

export class MetadataCache {
  readonly #topics = new Map<TopicId, TopicMetadata>();
  readonly #byName = new Map<string, TopicMetadata>();
  readonly #brokers = new Map<BrokerId, BrokerMetadata>();
  #position: MetadataPosition = { controllerEpoch: -1, seq: -1 };
  #controllerId: BrokerId | undefined;
  #featureLevel = 0;

  get position(): MetadataPosition {
    return this.#position;
  }

  /** Who told it; undefined before the first image. */
  get controllerId(): BrokerId | undefined {
    return this.#controllerId;
  }

  get featureLevel(): number {
    return this.#featureLevel;
  }

  topic(topicId: TopicId): TopicMetadata | undefined {
    return this.#topics.get(topicId);
  }

  topicByName(name: string): TopicMetadata | undefined {
    return this.#byName.get(name);
  }

  topics(): Iterable<TopicMetadata> {
    return this.#topics.values();
  }

  broker(brokerId: BrokerId): BrokerMetadata | undefined {
    return this.#brokers.get(brokerId);
  }

  brokers(): Iterable<BrokerMetadata> {
    return this.#brokers.values();
  }

  /** Undefined for an image that is older than what is known (rule 18: all move only upwards). */
  applyImage(image: MetadataImage): MetadataChange | undefined {
    if (image.controllerEpoch < this.#position.controllerEpoch) return undefined;
    const { controllerEpoch, seq } = image;
    this.#position = { controllerEpoch, seq };
    this.#controllerId = image.controllerId;
    this.#featureLevel = Math.max(this.#featureLevel, image.featureLevel);
    const kept = new Set(image.topics.map(({ topicId }) => topicId));
    const gone = [...this.#topics.values()].filter(({ topicId }) => !kept.has(topicId));
    for (const topic of gone) this.#remove(topic);
    const topics = image.topics.map((topic) => this.#put(topic, topic.partitions));
    const live = new Set(image.brokers.map(({ brokerId }) => brokerId));
    for (const brokerId of this.#brokers.keys()) {
      if (!live.has(brokerId)) this.#brokers.delete(brokerId);
    }
    for (const broker of image.brokers) this.#brokers.set(broker.brokerId, broker);
    return { topics, gone, brokers: image.brokers };
  }

  /** `gap`: an image must be asked for. `stale`: nothing new. */
  applyDelta(delta: MetadataDelta): MetadataChange | 'gap' | 'stale' {
    const { controllerEpoch, seq } = delta;
    const last = this.#position;
    if (controllerEpoch < last.controllerEpoch) return 'stale';
    if (controllerEpoch > last.controllerEpoch || seq > last.seq + 1) return 'gap';
    if (seq <= last.seq) return 'stale';
    if (delta.topics.some((topic) => this.#leavesHoles(topic))) return 'gap';
    this.#position = { controllerEpoch, seq };
    this.#featureLevel = Math.max(this.#featureLevel, delta.featureLevel);
    const gone = delta.topicsGone.flatMap((topicId) => this.#topics.get(topicId) ?? []);
    for (const topic of gone) this.#remove(topic);
    const topics = delta.topics.map((topic) => this.#put(topic, topic.partitions));
    for (const broker of delta.brokers) this.#brokers.set(broker.brokerId, broker);
    return { topics, gone, brokers: delta.brokers };
  }

  /** A partition past those that are known, without the ones between. */
  #leavesHoles({ topicId, partitions }: TopicDelta): boolean {
    const count = this.#topics.get(topicId)?.partitions.length ?? 0;
    const added = new Set(partitions.map(({ p }) => p).filter((p) => p >= count));
    for (let p = count; p < count + added.size; p++) if (!added.has(p)) return true;
    return false;
  }

  #put(
    fresh: Omit<TopicMetadata, 'partitions'>,
    changed: readonly PartitionStatus[],
  ): TopicMetadata {
    const before = this.#topics.get(fresh.topicId);
    const partitions = [...(before?.partitions ?? [])];
    for (const status of changed) {
      const known = partitions[status.p];
      if (known === undefined || status.epoch >= known.epoch) partitions[status.p] = status;
    }
    const topic: TopicMetadata = { ...fresh, partitions };
    this.#topics.set(topic.topicId, topic);
    this.#byName.set(topic.name, topic);
    return topic;
  }

  #remove(topic: TopicMetadata): void {
    this.#topics.delete(topic.topicId);
    // A topic of the same name may have come in its place.
    if (this.#byName.get(topic.name)?.topicId === topic.topicId) this.#byName.delete(topic.name);
  }
}
