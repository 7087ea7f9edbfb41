/**
 * Topics of a cluster of one broker, from the request to partitions that serve: created, altered, deleted, and led
 * again at boot. The catalog (the store) says what is meant to be, the log directory holds it, Topics serves it.
 *
 * Every step can be repeated: what a crash or a failure leaves between two of them is finished by the next boot, or by
 * the next request that concerns the name.
 */
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import { newTopicId, type TopicId } from '@millrace/core/ids';
import { PARTITIONS_PER_TOPIC_MAX } from '@millrace/core/resources/partitionAssignment';
import type { TopicSpec } from '@millrace/core/resources/topic';
import {
  checkTopicConfig,
  resolveTopicConfig,
  topicConfigValues,
} from '@millrace/core/topicConfig';
import {
  checkUserTopicName,
  isInternalTopicName,
  topicCollisionKey,
} from '@millrace/core/topicName';
import type { CatalogTopic } from '../controller/catalog.ts';
import type { Random } from '../io/random.ts';
import type { AlterTopic, CreateTopic } from './topicRequests.ts';
import { KeyedLock } from './keyedLock.ts';
import { describedShape, sameShape, shapeOf, type TopicShape } from './topicShape.ts';
import { isDeleted, partitionsOf } from './placedPartitions.ts';
import { TopicLeading, type TopicLeadingParts } from './topicLeading.ts';
import type { TopicReference } from './topics.ts';

export interface TopicDefaults {
  readonly partitions: number;
  readonly replicationFactor: number;
}

export interface TopicLifecycleParts extends TopicLeadingParts {
  readonly random: Random;
  readonly defaults: TopicDefaults;
}

export class TopicLifecycle {
  readonly #parts: TopicLifecycleParts;
  readonly #lock = new KeyedLock();
  readonly #leading: TopicLeading;
  /** By collision key: every topic of the catalog, served or not. */
  readonly #taken = new Map<string, { readonly name: string; readonly topicId: TopicId }>();

  constructor(parts: TopicLifecycleParts) {
    this.#parts = parts;
    this.#leading = new TopicLeading(parts, this.#lock);
  }

  /**
   * Leads every partition of the store that this broker holds; finishes what a crash cut short. A topic that can't be
   * finished, for lack of space say, keeps nobody else from starting.
   */
  async boot(): Promise<void> {
    const { catalog, logger } = this.#parts;
    const entries = await catalog.load();
    for (const entry of entries) this.#take(entry);
    const ready: CatalogTopic[] = [];
    for (const entry of entries) {
      if (isDeleted(entry)) continue;
      try {
        await this.#leading.prepare(entry);
        ready.push(entry);
      } catch (error) {
        const cause = toMillraceError(error).message;
        logger.error('a topic is not served: it could not be finished', {
          topic: entry.name,
          cause,
        });
      }
    }
    await this.#leading.bringUp(ready);
    for (const entry of entries) {
      if (!isDeleted(entry)) continue;
      logger.info('finishing the deletion of a topic', { topic: entry.name });
      try {
        await this.#remove(entry);
      } catch (error) {
        const cause = toMillraceError(error).message;
        logger.error('a topic is not removed yet', { topic: entry.name, cause });
      }
    }
  }

  /**
   * Throws INVALID_TOPIC_NAME, INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR, INVALID_CONFIG, and TOPIC_EXISTS if it
   * exists with another shape or under a name that differs only in "." and "_".
   */
  async create(request: CreateTopic): Promise<{ topic: TopicShape; existed: boolean }> {
    checkUserTopicName(request.name);
    return await this.#lock.run(topicCollisionKey(request.name), () => this.#create(request));
  }

  /** Throws UNKNOWN_TOPIC, INVALID_PARTITIONS (they only grow) and INVALID_CONFIG. */
  async alter(request: AlterTopic): Promise<TopicShape> {
    const { name } = this.#parts.topics.resolve(request.reference);
    return await this.#lock.run(topicCollisionKey(name), () => this.#alter(request));
  }

  /** Throws UNKNOWN_TOPIC. Data goes to trash/ and is removed a minute later. */
  async delete(reference: TopicReference): Promise<TopicId> {
    const { name } = this.#entryOf(reference);
    return await this.#lock.run(topicCollisionKey(name), async () => {
      const { topicId } = this.#entryOf(reference);
      refuseInternal(name);
      await this.#remove(await this.#parts.catalog.markDeleted(topicId));
      return topicId;
    });
  }

  /** Of the catalog, so that what is not served can be deleted too. */
  #entryOf(reference: TopicReference): CatalogTopic {
    const { topics, catalog } = this.#parts;
    const { topicId = '', topicName = '' } = reference;
    const taken = this.#taken.get(topicCollisionKey(topicName));
    const named = taken?.name === topicName ? taken.topicId : '';
    return (
      catalog.find(topicId === '' ? named : topicId) ??
      catalog.get(topics.resolve(reference).topicId)
    );
  }

  async #create(request: CreateTopic): Promise<{ topic: TopicShape; existed: boolean }> {
    const { topics, catalog, directory, random, defaults, brokerId } = this.#parts;
    const partitions = request.partitions === 0 ? defaults.partitions : request.partitions;
    const factor =
      request.replicationFactor === 0 ? defaults.replicationFactor : request.replicationFactor;
    checkPartitionCount(partitions);
    if (factor !== 1) {
      throw millraceError(
        'INVALID_REPLICATION_FACTOR',
        `${factor} replicas are asked for, there is 1 broker`,
      );
    }
    checkSettings(request.config, factor);
    directory.checkConfig(resolveTopicConfig(request.config));
    if (!request.validateOnly) await this.#finish(topicCollisionKey(request.name));
    const existing = topics.byName(request.name);
    if (existing !== undefined) return { topic: sameShape(existing, request), existed: true };
    const takenBy = this.#taken.get(topicCollisionKey(request.name));
    if (takenBy !== undefined) {
      throw millraceError(
        'TOPIC_EXISTS',
        `${request.name} and the existing ${takenBy.name} differ only in "." and "_"`,
      );
    }
    const spec: TopicSpec = {
      topicName: request.name,
      partitions,
      replicationFactor: factor,
      config: request.config,
    };
    const topicId = newTopicId(random.bytes(16));
    if (request.validateOnly) return { topic: shapeOf(topicId, spec), existed: false };
    const replicas = Array.from({ length: partitions }, () => [brokerId]);
    const values = topicConfigValues(request.config);
    const entry = await catalog.create(topicId, spec, values, replicas);
    this.#take(entry);
    try {
      await this.#leading.bringUp([entry]);
    } catch (error) {
      throw await this.#undo(entry, toMillraceError(error));
    }
    return { topic: describedShape(topics.resolve({ topicId })), existed: false };
  }

  /** What an earlier request has begun under a name, and could not finish. */
  async #finish(key: string): Promise<void> {
    const { catalog, topics } = this.#parts;
    const taken = this.#taken.get(key);
    if (taken === undefined) return;
    const entry = catalog.get(taken.topicId);
    if (isDeleted(entry)) await this.#remove(await catalog.markDeleted(entry.topicId));
    else if (!topics.has(entry.topicId)) await this.#leading.bringUp([entry]);
  }

  /** A topic that can't be brought up: gone once its tombstone is stored. What the caller is told. */
  async #undo(entry: CatalogTopic, cause: MillraceError): Promise<MillraceError> {
    const { catalog, logger } = this.#parts;
    const { name: topic, topicId } = entry;
    let marked: CatalogTopic;
    try {
      marked = await catalog.markDeleted(topicId);
    } catch (error) {
      logger.error('a topic is begun and not finished', { topic, cause: String(error) });
      return millraceError(cause.code, cause.message, { cause, outcome: 'unknown' });
    }
    try {
      await this.#remove(marked);
    } catch (error) {
      logger.warn('a topic is not removed yet', { topic, cause: String(error) });
    }
    return cause;
  }

  #take({ name, topicId }: CatalogTopic): void {
    this.#taken.set(topicCollisionKey(name), { name, topicId });
  }

  async #alter(request: AlterTopic): Promise<TopicShape> {
    const { topics, catalog, directory, brokerId } = this.#parts;
    const topic = topics.resolve(request.reference);
    refuseInternal(topic.name);
    // Of the catalog: an earlier request may have added partitions that it could not bring up.
    const count = partitionsOf(catalog.get(topic.topicId)).length;
    const wanted = request.partitions === 0 ? count : request.partitions;
    checkPartitionCount(wanted);
    if (wanted < count) {
      throw millraceError(
        'INVALID_PARTITIONS',
        `${topic.name} has ${count} partitions, which can't become ${wanted}: they only grow`,
      );
    }
    const unset = new Set(request.configUnset);
    const kept = Object.entries(topic.configSet).filter(([key]) => !unset.has(key));
    const config = { ...Object.fromEntries(kept), ...request.config };
    checkTopicConfig(Object.fromEntries(request.configUnset.map((key) => [key, ''])), 'keys');
    checkSettings(config, topic.replicationFactor);
    directory.checkConfig(resolveTopicConfig(config));
    const spec: TopicSpec = {
      topicName: topic.name,
      partitions: wanted,
      replicationFactor: topic.replicationFactor,
      config,
    };
    if (request.validateOnly) return shapeOf(topic.topicId, spec);
    const added = Array.from({ length: wanted - count }, () => [brokerId]);
    const entry = await catalog.alter(topic.topicId, spec, topicConfigValues(config), added);
    try {
      await this.#leading.bringUp([entry]);
    } catch (error) {
      // It is stored: the next boot, or this request again, finishes it.
      const { code, message } = toMillraceError(error);
      throw millraceError(code, message, { cause: error, outcome: 'unknown' });
    }
    return describedShape(topics.resolve({ topicId: topic.topicId }));
  }

  async #remove(entry: CatalogTopic): Promise<void> {
    const { topics, directory, catalog } = this.#parts;
    const gone = millraceError('UNKNOWN_TOPIC', `topic ${entry.name} was deleted`);
    const topic = topics.byName(entry.name);
    if (topic !== undefined && topic.topicId === entry.topicId) {
      topics.remove(topic);
      for (const partition of topic.partitions) partition.close(gone);
    }
    await directory.deleteTopic(entry.topicId);
    await catalog.forget(entry.topicId);
    const key = topicCollisionKey(entry.name);
    if (this.#taken.get(key)?.topicId === entry.topicId) this.#taken.delete(key);
  }
}

function checkPartitionCount(partitions: number): void {
  if (partitions >= 1 && partitions <= PARTITIONS_PER_TOPIC_MAX) return;
  throw millraceError('INVALID_PARTITIONS', `${partitions} partitions are asked for`);
}

function refuseInternal(name: string): void {
  if (!isInternalTopicName(name)) return;
  throw millraceError('UNAUTHORIZED', `${name} is internal: the cluster alone changes it`);
}

/** Throws INVALID_CONFIG: what the table refuses, and what this version or this topic can't keep. */
function checkSettings(config: Readonly<Record<string, string>>, replicationFactor: number): void {
  checkTopicConfig(config);
  const { cleanupPolicy, minInsyncReplicas } = resolveTopicConfig(config, { replicationFactor });
  if (cleanupPolicy !== 'delete') {
    throw millraceError(
      'INVALID_CONFIG',
      `cleanupPolicy ${cleanupPolicy}: only delete is there yet`,
    );
  }
  if (minInsyncReplicas > replicationFactor) {
    throw millraceError(
      'INVALID_CONFIG',
      `minInsyncReplicas (${minInsyncReplicas}) is above the replication factor (${replicationFactor})`,
    );
  }
}
