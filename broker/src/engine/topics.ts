/** The topics that this broker knows, by id and by name. Names live at the edge: everything inside goes by id. */
import { millraceError } from '@millrace/core/errors';
import type { TopicId } from '@millrace/core/ids';
import type { TopicConfig } from '@millrace/core/topicConfig';
import type { Partition } from '../replication/partition.ts';

export interface Topic {
  readonly topicId: TopicId;
  readonly name: string;
  readonly internal: boolean;
  /** Resolved. */
  readonly config: TopicConfig;
  /** The keys that were set on the topic, as they were given. */
  readonly configSet: Readonly<Record<string, string>>;
  readonly replicationFactor: number;
  /** Index = partition. */
  readonly partitions: readonly Partition[];
}

/** As it comes from a request: one of the two. */
export interface TopicReference {
  readonly topicId?: string | undefined;
  readonly topicName?: string | undefined;
}

export class Topics {
  readonly #byId = new Map<string, Topic>();
  readonly #byName = new Map<string, Topic>();

  put(topic: Topic): void {
    this.#byId.set(topic.topicId, topic);
    this.#byName.set(topic.name, topic);
  }

  remove(topic: Topic): void {
    this.#byId.delete(topic.topicId);
    this.#byName.delete(topic.name);
  }

  byName(name: string): Topic | undefined {
    return this.#byName.get(name);
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

  /** Throws UNKNOWN_TOPIC, and INVALID_REQUEST for a reference that names nothing. */
  resolve(reference: TopicReference): Topic {
    const { topicId, topicName } = reference;
    if (topicId !== undefined && topicId !== '') {
      const topic = this.#byId.get(topicId);
      if (topic !== undefined) return topic;
      throw millraceError('UNKNOWN_TOPIC', `no topic has the id ${quoted(topicId)}`);
    }
    if (topicName === undefined || topicName === '') {
      throw millraceError('INVALID_REQUEST', 'neither topic_id nor topic_name is given');
    }
    const topic = this.#byName.get(topicName);
    if (topic !== undefined) return topic;
    throw millraceError('UNKNOWN_TOPIC', `there is no topic ${quoted(topicName)}`);
  }

  /** Throws UNKNOWN_PARTITION. */
  partition(topic: Topic, partition: number): Partition {
    const found = topic.partitions[partition];
    if (found !== undefined) return found;
    throw millraceError(
      'UNKNOWN_PARTITION',
      `topic ${topic.name} has partitions 0 to ${topic.partitions.length - 1}, not ${partition}`,
    );
  }
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}...` : text);
}
