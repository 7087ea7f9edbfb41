/**
 * The cluster as it is committed: topics, assignments and brokers of the store. Only what the store confirmed comes in,
 * by `put`; decisions are made on it and come back through the store. (style.md: decide -> append -> replay)
 */
import { millraceError } from '@millrace/core/errors';
import { type BrokerId, toBrokerId, type TopicId } from '@millrace/core/ids';
import {
  PARTITIONS_PER_ASSIGNMENT,
  type PartitionStatus,
} from '@millrace/core/resources/partitionAssignment';
import { topicCollisionKey } from '@millrace/core/topicName';
import type { StoredObject } from '../store/clusterStore.ts';
import type { TopicReference } from './adminRequests.ts';
import { Chunk, type StoredAssignment } from './chunk.ts';

export interface TopicEntry {
  readonly topicId: TopicId;
  readonly name: string;
  /** Undefined for internal topics, and once the topic is being deleted. */
  topic: StoredObject<'Topic'> | undefined;
  /** By number, without holes but while a topic is being created or removed. */
  chunks: Chunk[];
}

export class ClusterModel {
  readonly chunks = new Map<string, Chunk>();
  readonly topics = new Map<TopicId, TopicEntry>();
  readonly brokers = new Map<BrokerId, StoredObject<'Broker'>>();
  /** Topics without an assignment yet, by name. */
  readonly #bareTopics = new Map<string, StoredObject<'Topic'>>();
  /** By collision key; of two topics of one name, one of them being deleted, the other. */
  readonly #byName = new Map<string, TopicEntry>();

  /** The indexes of its partitions that are not what they were, and whether the spec is. */
  putAssignment(object: StoredAssignment): { chunk: Chunk; spec: boolean; indexes: number[] } {
    const known = this.chunks.get(object.name);
    if (known !== undefined) return { chunk: known, ...known.replay(object) };
    const chunk = new Chunk(object);
    this.chunks.set(object.name, chunk);
    const entry = this.#entryFor(object);
    entry.chunks = [...entry.chunks, chunk].sort((left, right) => left.first - right.first);
    return { chunk, spec: true, indexes: Array.from({ length: chunk.partitions }, (_, i) => i) };
  }

  putTopic(object: StoredObject<'Topic'>): void {
    const topicId = object.status?.topicId;
    const entry = topicId === undefined ? undefined : this.topics.get(topicId);
    if (entry === undefined) this.#bareTopics.set(object.name, object);
    else entry.topic = object;
  }

  putBroker(object: StoredObject<'Broker'>): BrokerId {
    const brokerId = toBrokerId(Number(object.name));
    this.brokers.set(brokerId, object);
    return brokerId;
  }

  removeTopic(name: string): void {
    this.#bareTopics.delete(name);
    for (const entry of this.topics.values()) {
      if (entry.topic?.name === name) entry.topic = undefined;
    }
  }

  /** The topic, if nothing is left of it. */
  removeAssignment(name: string): TopicEntry | undefined {
    const chunk = this.chunks.get(name);
    if (chunk === undefined) return undefined;
    this.chunks.delete(name);
    const entry = this.topics.get(chunk.topicId);
    if (entry === undefined) return undefined;
    entry.chunks = entry.chunks.filter((other) => other !== chunk);
    if (entry.chunks.length > 0) return undefined;
    this.topics.delete(entry.topicId);
    const key = topicCollisionKey(entry.name);
    if (this.#byName.get(key) === entry) this.#byName.delete(key);
    return entry;
  }

  /** Topics that were asked for and have no assignment: their creation was cut short. */
  bareTopics(): StoredObject<'Topic'>[] {
    return [...this.#bareTopics.values()];
  }

  /** Throws UNKNOWN_TOPIC, and INVALID_REQUEST for a reference that names nothing. One being deleted is not there. */
  resolve({ topicId = '', topicName = '' }: TopicReference): TopicEntry {
    if (topicId === '' && topicName === '') {
      throw millraceError('INVALID_REQUEST', 'neither topic_id nor topic_name is given');
    }
    const named = this.#byName.get(topicCollisionKey(topicName));
    const byName = named?.name === topicName ? named : undefined;
    const entry = topicId === '' ? byName : this.topics.get(topicId as TopicId);
    if (entry !== undefined && !isDeleted(entry)) return entry;
    const shown = JSON.stringify((topicId === '' ? topicName : topicId).slice(0, 100));
    throw millraceError('UNKNOWN_TOPIC', `there is no topic ${shown}`);
  }

  /** Another topic that can't be told apart from one of this name, or that name itself. */
  holderOf(name: string): TopicEntry | undefined {
    return this.#byName.get(topicCollisionKey(name));
  }

  /** Throws UNKNOWN_PARTITION. */
  locate(entry: TopicEntry, partition: number): { chunk: Chunk; index: number } {
    const found = this.find(entry.topicId, partition);
    if (found !== undefined) return found;
    throw millraceError('UNKNOWN_PARTITION', `topic ${entry.name} has no partition ${partition}`);
  }

  find(topicId: TopicId, partition: number): { chunk: Chunk; index: number } | undefined {
    if (!Number.isInteger(partition) || partition < 0) return undefined;
    const number = Math.floor(partition / PARTITIONS_PER_ASSIGNMENT);
    const chunk = this.topics
      .get(topicId)
      ?.chunks.find(({ object }) => object.spec.chunk === number);
    const index = partition % PARTITIONS_PER_ASSIGNMENT;
    return chunk !== undefined && index < chunk.partitions ? { chunk, index } : undefined;
  }

  #entryFor({ spec }: StoredAssignment): TopicEntry {
    const known = this.topics.get(spec.topicId);
    const key = topicCollisionKey(spec.topicName);
    const holder = this.#byName.get(key);
    const entry = known ?? {
      topicId: spec.topicId,
      name: spec.topicName,
      topic: undefined,
      chunks: [],
    };
    if (known === undefined) {
      const bare = this.#bareTopics.get(spec.topicName);
      if (bare?.status?.topicId === spec.topicId) {
        entry.topic = bare;
        this.#bareTopics.delete(spec.topicName);
      }
    }
    this.topics.set(spec.topicId, entry);
    if (holder === undefined || isDeleted(holder)) this.#byName.set(key, entry);
    return entry;
  }
}

export function isDeleted(entry: TopicEntry): boolean {
  return entry.chunks.some(({ object }) => object.spec.deleted);
}

export function partitionCount(entry: TopicEntry): number {
  return entry.chunks.reduce((sum, chunk) => sum + chunk.partitions, 0);
}

/** Every partition, those without a status as brokers are told of them. */
export function statusesOf(entry: TopicEntry): PartitionStatus[] {
  return entry.chunks.flatMap((chunk) =>
    Array.from({ length: chunk.partitions }, (_, index) => chunk.shownAt(index)),
  );
}
