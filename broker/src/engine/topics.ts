/** The topics that this broker knows, by id and by name. Names live at the edge: everything inside goes by id. */
import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { TopicId } from '@millrace/core/ids';
import { brokerOf, type PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { TopicConfig } from '@millrace/core/topicConfig';
import type { Partition } from '../replication/partition.ts';

/** An election mostly takes less. */
const ELECTION_MS = 200;

export interface Topic {
  readonly topicId: TopicId;
  readonly name: string;
  readonly internal: boolean;
  /** Resolved. */
  readonly config: TopicConfig;
  /** The keys that were set on the topic, as they were given. */
  readonly configSet: Readonly<Record<string, string>>;
  readonly replicationFactor: number;
  /** Index = partition: who holds, leads and is in sync, as far as this broker has heard. */
  readonly statuses: readonly PartitionStatus[];
  /** Index = partition; undefined where this broker holds no copy. */
  readonly partitions: readonly (Partition | undefined)[];
}

/** As it comes from a request: one of the two. */
export interface TopicReference {
  readonly topicId?: string | undefined;
  readonly topicName?: string | undefined;
}

export class Topics {
  #loaded = false;
  readonly #byId = new Map<string, Topic>();
  readonly #byName = new Map<string, Topic>();

  /** The first metadata has come: what is not here does not exist. */
  loaded(): void {
    this.#loaded = true;
  }

  get isLoaded(): boolean {
    return this.#loaded;
  }

  put(topic: Topic): void {
    this.#byId.set(topic.topicId, topic);
    this.#byName.set(topic.name, topic);
  }

  remove(topic: Topic): void {
    this.#byId.delete(topic.topicId);
    // A topic of the same name may have come in its place.
    if (this.#byName.get(topic.name)?.topicId === topic.topicId) this.#byName.delete(topic.name);
  }

  byName(name: string): Topic | undefined {
    return this.#byName.get(name);
  }

  byId(topicId: TopicId): Topic | undefined {
    return this.#byId.get(topicId);
  }

  has(topicId: TopicId): boolean {
    return this.#byId.has(topicId);
  }

  all(): Iterable<Topic> {
    return this.#byId.values();
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Throws UNKNOWN_TOPIC, LOADING for one that the broker may not have heard of yet, and INVALID_REQUEST for a reference that names nothing. */
  resolve(reference: TopicReference): Topic {
    const { topicId, topicName } = reference;
    if (topicId !== undefined && topicId !== '') {
      const topic = this.#byId.get(topicId);
      if (topic !== undefined) return topic;
      throw this.#unknown(`no topic has the id ${quoted(topicId)}`);
    }
    if (topicName === undefined || topicName === '') {
      throw millraceError('INVALID_REQUEST', 'neither topic_id nor topic_name is given');
    }
    const topic = this.#byName.get(topicName);
    if (topic !== undefined) return topic;
    throw this.#unknown(`there is no topic ${quoted(topicName)}`);
  }

  /** What the cached image does not know may exist all the same. */
  #unknown(message: string): MillraceError {
    return this.#loaded
      ? millraceError('UNKNOWN_TOPIC', message)
      : millraceError('LOADING', 'the broker has not heard of all topics yet');
  }

  /** Throws UNKNOWN_PARTITION, and NOT_LEADER if other brokers hold it. */
  partition(topic: Topic, partition: number): Partition {
    const found = topic.partitions[partition];
    if (found !== undefined) return found;
    throw notHere(topic.name, this.checkPartition(topic, partition));
  }

  /** Throws UNKNOWN_PARTITION. */
  checkPartition(topic: Topic, partition: number): PartitionStatus {
    const status = topic.statuses[partition];
    if (status !== undefined) return status;
    throw millraceError(
      'UNKNOWN_PARTITION',
      `topic ${topic.name} has partitions 0 to ${topic.partitions.length - 1}, not ${partition}`,
    );
  }
}

function notHere(name: string, { p, leader, initialized }: PartitionStatus): MillraceError {
  if (!initialized) return millraceError('LOADING', `${name}/${p} is being created`);
  if (leader !== null) {
    return millraceError('NOT_LEADER', `${name}/${p} is led by broker ${brokerOf(leader)}`);
  }
  return millraceError('PARTITION_OFFLINE', `${name}/${p} has no leader at the moment`, {
    retryAfterMs: ELECTION_MS,
  });
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}...` : text);
}
