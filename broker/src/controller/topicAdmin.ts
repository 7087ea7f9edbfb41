/**
 * Topics from the request to partitions that are led: created, altered, deleted. Every step can be repeated: what a crash
 * or a failure leaves between two of them is finished by the next controller, or by the next request for the name.
 */
import { MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import { type BrokerId, type ClusterId, newTopicId, type TopicId } from '@millrace/core/ids';
import { internalTopic } from '@millrace/core/internalTopics';
import { place } from '@millrace/core/place';
import type { TopicSpec } from '@millrace/core/resources/topic';
import { checkTopicConfig, topicConfigValues } from '@millrace/core/topicConfig';
import { checkUserTopicName, topicCollisionKey } from '@millrace/core/topicName';
import type { TopicMetadata } from '../cluster/metadata.ts';
import type { Random } from '../io/random.ts';
import type { StoredObject } from '../store/clusterStore.ts';
import type {
  AlterTopicRequest,
  CreatedTopic,
  CreateTopicRequest,
  TopicReference,
} from './adminRequests.ts';
import { newAssignments } from './assignmentChunks.ts';
import { placeableBrokers } from './brokerLoads.ts';
import { isDeleted, partitionCount, statusesOf, type TopicEntry } from './clusterModel.ts';
import { uninitialized } from './firstLeader.ts';
import { createInternalTopic } from './internalTopics.ts';
import { KeyedLock } from './keyedLock.ts';
import type { LedWaits } from './ledWaits.ts';
import { topicMetadata } from './metadataPublisher.ts';
import {
  checkPartitionCount,
  checkReplicationFactor,
  checkSame,
  checkSettings,
  collides,
  refuseInternal,
} from './topicChecks.ts';
import type { TopicDeletion } from './topicDeletion.ts';
import type { TopicRequests } from './topicRequests.ts';
import { TopicReconcile, type TopicReconcileParts } from './topicReconcile.ts';

const REPLICATION_FACTOR_MAX_DEFAULT = 3;

export interface TopicAdminParts extends TopicReconcileParts {
  readonly clusterId: ClusterId;
  readonly random: Random;
  readonly waits: LedWaits;
  readonly deletion: TopicDeletion;
  readonly partitionsDefault: number;
  /** A spec of the topic changed that no assignment shows. */
  readonly onTopicChanged: (entry: TopicEntry) => void;
}

export class TopicAdmin implements TopicRequests {
  readonly #parts: TopicAdminParts;
  readonly #reconcile: TopicReconcile;
  readonly #lock = new KeyedLock();

  constructor(parts: TopicAdminParts) {
    this.#parts = parts;
    this.#reconcile = new TopicReconcile(parts);
  }

  /** Finishes what the controllers before left half done. */
  async finish(): Promise<void> {
    await this.#reconcile.all();
    this.#parts.deletion.checkAll();
  }

  /**
   * Rejects with INVALID_TOPIC_NAME, INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR, INVALID_CONFIG, and TOPIC_EXISTS if
   * it exists with another shape or under a name that differs only in "." and "_". With UNAVAILABLE, `applied`, if it is
   * stored and not led in time. An internal topic is created as it has to be.
   */
  async create(request: CreateTopicRequest): Promise<CreatedTopic> {
    const internal = internalTopic(request.name, request.partitions);
    if (internal !== undefined && !request.validateOnly) {
      return await this.#lock.run(internal.name, () => createInternalTopic(this.#parts, internal));
    }
    checkUserTopicName(request.name);
    return await this.#lock.run(topicCollisionKey(request.name), () => this.#create(request));
  }

  /** Rejects with UNKNOWN_TOPIC, INVALID_PARTITIONS (they only grow), INVALID_CONFIG; UNAVAILABLE as `create`. */
  async alter(request: AlterTopicRequest): Promise<TopicMetadata> {
    const { name } = this.#parts.model.resolve(request.reference);
    return await this.#lock.run(topicCollisionKey(name), () => this.#alter(request));
  }

  /** Resolves once the tombstone is stored; the data goes as soon as each broker hears of it. Rejects with UNKNOWN_TOPIC. */
  async delete(reference: TopicReference): Promise<TopicId> {
    const { name } = this.#parts.model.resolve(reference);
    refuseInternal(name);
    return await this.#lock.run(topicCollisionKey(name), async () => {
      const entry = this.#parts.model.resolve(reference);
      await this.#bury(entry);
      return entry.topicId;
    });
  }

  async #create(request: CreateTopicRequest): Promise<CreatedTopic> {
    const { model, roster, random, waits } = this.#parts;
    const { name } = request;
    const holder = model.holderOf(name);
    if (holder !== undefined && !isDeleted(holder)) {
      if (holder.name !== name) throw collides(name, holder.name);
      if (holder.topic !== undefined && !request.validateOnly) {
        await this.#reconcile.one(holder.topic);
      }
      checkSame(topicMetadata(holder), request);
      await waits.led(holder.topicId, name, () => statusesOf(holder));
      return { topic: topicMetadata(holder), existed: true };
    }
    const brokers = placeableBrokers(model, roster);
    const usable = brokers.filter(({ cordoned }) => !cordoned).length;
    const partitions =
      request.partitions === 0 ? this.#parts.partitionsDefault : request.partitions;
    const replicationFactor =
      request.replicationFactor === 0
        ? Math.max(1, Math.min(REPLICATION_FACTOR_MAX_DEFAULT, usable))
        : request.replicationFactor;
    checkPartitionCount(partitions);
    checkReplicationFactor(replicationFactor);
    checkSettings(request.config, replicationFactor);
    const topicId = newTopicId(random.bytes(16));
    const replicas = place(brokers, partitions, replicationFactor, topicId);
    const { config } = request;
    const spec: TopicSpec = { topicName: name, partitions, replicationFactor, config };
    if (request.validateOnly) return { topic: planned(topicId, spec, replicas), existed: false };
    const entry = await this.#store(topicId, spec, replicas);
    try {
      await waits.led(topicId, name, () => statusesOf(entry));
    } catch (thrown) {
      throw await this.#undone(entry, toMillraceError(thrown));
    }
    return { topic: topicMetadata(entry), existed: false };
  }

  /** The Topic and its assignments, all or none where the store can; else the rest follows. */
  async #store(
    topicId: TopicId,
    spec: TopicSpec,
    replicas: readonly (readonly BrokerId[])[],
  ): Promise<TopicEntry> {
    const { store, model, clusterId, onCreated } = this.#parts;
    const { topicName, replicationFactor } = spec;
    const config = topicConfigValues(spec.config, { replicationFactor });
    const assignments = newAssignments({ topicId, topicName, clusterId, config }, replicas, 0);
    const topic = { kind: 'Topic', name: topicName, spec, status: { topicId } } as const;
    try {
      const versions = await store.create([topic, ...assignments]);
      model.putTopic({ ...topic, version: versions[0] ?? 0 });
      for (const [at, object] of assignments.entries()) {
        onCreated({ ...object, status: undefined, version: versions[at + 1] ?? 0 });
      }
    } catch (thrown) {
      await this.#adopt(topicId, topicName, toMillraceError(thrown));
    }
    const entry = model.topics.get(topicId);
    if (entry === undefined)
      throw millraceError('INTERNAL', `topic ${topicName} has no partitions`);
    return entry;
  }

  /** What is in the store after a creation whose outcome is not known, or that came second. */
  async #adopt(topicId: TopicId, name: string, error: MillraceError): Promise<void> {
    const { store, model, onCreated } = this.#parts;
    const found = await store.get('Topic', name).catch(() => undefined);
    if (found?.status?.topicId !== topicId) {
      if (error.code !== 'CONFLICT' || found === undefined) throw error;
      // Another controller created it meanwhile, or its deletion was cut short: the caller's next try finds out.
      model.putTopic(found);
      throw millraceError('CONFLICT', `topic ${name} is being created or deleted by others`);
    }
    model.putTopic(found);
    const { objects } = await store.list('PartitionAssignment');
    for (const object of objects) if (object.spec.topicId === topicId) onCreated(object);
    await this.#reconcile.one(found);
  }

  /** A broker could not create its copies: the topic goes again, if its tombstone can be stored. */
  async #undone(entry: TopicEntry, cause: MillraceError): Promise<MillraceError> {
    if (cause.outcome === 'applied' || cause.code === 'NOT_CONTROLLER') return cause;
    const { logger } = this.#parts;
    try {
      await this.#bury(entry);
      return millraceError(cause.code, cause.message, { cause, outcome: 'not-applied' });
    } catch (error) {
      logger.error('a topic is begun and not finished', {
        topic: entry.name,
        cause: String(error),
      });
      return millraceError(cause.code, cause.message, { cause, outcome: 'unknown' });
    }
  }

  async #alter(request: AlterTopicRequest): Promise<TopicMetadata> {
    const { model, waits, store, onTopicChanged } = this.#parts;
    const entry = model.resolve(request.reference);
    refuseInternal(entry.name);
    const topic = await this.#newest(entry);
    // Of the assignments: an earlier request may have added partitions that it could not report.
    const count = Math.max(partitionCount(entry), topic.spec.partitions);
    const wanted = request.partitions === 0 ? count : request.partitions;
    checkPartitionCount(wanted);
    if (wanted < count) {
      throw millraceError(
        'INVALID_PARTITIONS',
        `${entry.name} has ${count} partitions, which can't become ${wanted}: they only grow`,
      );
    }
    const spec = alteredSpec(topic.spec, request, wanted);
    if (request.validateOnly) return validated(entry, spec);
    const { kind, name, version: expectedVersion } = topic;
    const [version = expectedVersion] = await store.update([{ kind, name, expectedVersion, spec }]);
    entry.topic = { ...topic, spec, version };
    try {
      await this.#reconcile.one(entry.topic);
    } catch (thrown) {
      // It is stored: the next controller, or this request again, finishes it.
      const { code, message } = toMillraceError(thrown);
      throw millraceError(code, message, { cause: thrown, outcome: 'unknown' });
    }
    onTopicChanged(entry);
    try {
      await waits.led(entry.topicId, entry.name, () => statusesOf(entry).slice(count));
    } catch (thrown) {
      const { code, message } = toMillraceError(thrown);
      throw millraceError(code, message, { cause: thrown, outcome: 'applied' });
    }
    return topicMetadata(entry);
  }

  async #newest(entry: TopicEntry): Promise<StoredObject<'Topic'>> {
    const topic = await this.#parts.store.get('Topic', entry.name);
    if (topic?.status?.topicId !== entry.topicId) {
      throw millraceError('UNKNOWN_TOPIC', `topic ${entry.name} is being deleted`);
    }
    return topic;
  }

  /** The tombstone that lets replicas delete their data (rule 25); then the Topic goes, and with it its name. */
  async #bury(entry: TopicEntry): Promise<void> {
    const { writer, store, model, deletion } = this.#parts;
    await Promise.all(
      entry.chunks.map((chunk) =>
        writer.changeSpec(chunk, (spec) => (spec.deleted ? spec : { ...spec, deleted: true })),
      ),
    );
    try {
      const topic = await store.get('Topic', entry.name);
      if (topic?.status?.topicId === entry.topicId) {
        await store.delete('Topic', topic.name, topic.version);
      }
    } catch (thrown) {
      const { code, message } = toMillraceError(thrown);
      throw new MillraceError(code, message, { cause: thrown, outcome: 'unknown' });
    }
    model.removeTopic(entry.name);
    deletion.check(entry.topicId);
  }
}

function alteredSpec(before: TopicSpec, request: AlterTopicRequest, partitions: number): TopicSpec {
  const unset = new Set(request.configUnset);
  const kept = Object.entries(before.config).filter(([key]) => !unset.has(key));
  const config = { ...Object.fromEntries(kept), ...request.config };
  checkTopicConfig(Object.fromEntries(request.configUnset.map((key) => [key, ''])), 'keys');
  checkSettings(config, before.replicationFactor);
  return { ...before, partitions, config };
}

function validated(entry: TopicEntry, spec: TopicSpec): TopicMetadata {
  const statuses = statusesOf(entry);
  const added = Array.from({ length: spec.partitions - statuses.length }, (_, index) =>
    uninitialized(statuses.length + index, [], 1),
  );
  const { replicationFactor } = spec;
  return {
    ...topicMetadata(entry),
    config: topicConfigValues(spec.config, { replicationFactor }),
    configSet: Object.keys(spec.config),
    partitions: [...statuses, ...added],
  };
}

function planned(
  topicId: TopicId,
  spec: TopicSpec,
  replicas: readonly (readonly BrokerId[])[],
): TopicMetadata {
  const { replicationFactor } = spec;
  return {
    topicId,
    name: spec.topicName,
    replicationFactor,
    config: topicConfigValues(spec.config, { replicationFactor }),
    configSet: Object.keys(spec.config),
    deleted: false,
    partitions: replicas.map((brokers, p) => uninitialized(p, brokers, 1)),
  };
}
