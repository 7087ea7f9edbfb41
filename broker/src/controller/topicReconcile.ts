/**
 * From what a topic is asked to be to the specs of its assignments; on Kubernetes the operator does this. It reads, then
 * writes what is missing, so that whatever cut it short, it is run again: by the next request, or by the next controller.
 */
import { toMillraceError } from '@millrace/core/errors';
import type { BrokerId, ClusterId } from '@millrace/core/ids';
import { place } from '@millrace/core/place';
import { PARTITIONS_PER_ASSIGNMENT } from '@millrace/core/resources/partitionAssignment';
import { topicConfigValues } from '@millrace/core/topicConfig';
import type { Logger } from '../io/logger.ts';
import type { ClusterStore, NewObject, StoredObject } from '../store/clusterStore.ts';
import { newAssignments } from './assignmentChunks.ts';
import type { AssignmentWriter } from './assignmentWriter.ts';
import { placeableBrokers } from './brokerLoads.ts';
import type { StoredAssignment } from './chunk.ts';
import { type ClusterModel, isDeleted, partitionCount, type TopicEntry } from './clusterModel.ts';
import type { Roster } from './roster.ts';

export interface TopicReconcileParts {
  readonly clusterId: ClusterId;
  readonly store: ClusterStore;
  readonly logger: Logger;
  readonly model: ClusterModel;
  readonly roster: Roster;
  readonly writer: AssignmentWriter;
  readonly onCreated: (object: StoredAssignment) => void;
}

export class TopicReconcile {
  readonly #parts: TopicReconcileParts;

  constructor(parts: TopicReconcileParts) {
    this.#parts = parts;
  }

  /** What a predecessor left half done. Failures are logged: the next request for the topic tries again. */
  async all(): Promise<void> {
    const { model, logger } = this.#parts;
    const topics = [
      ...model.bareTopics(),
      ...[...model.topics.values()].flatMap((entry) => this.#outdated(entry)),
    ];
    for (const topic of topics) {
      try {
        await this.one(topic);
      } catch (thrown) {
        const cause = toMillraceError(thrown).message;
        logger.warn('a topic is not what it was asked to be', { topic: topic.name, cause });
      }
    }
  }

  /** Rejects with INVALID_REPLICATION_FACTOR and as the store does. */
  async one(topic: StoredObject<'Topic'>): Promise<void> {
    const { writer, model, store } = this.#parts;
    const topicId = topic.status?.topicId;
    if (topicId === undefined) return;
    const entry = model.topics.get(topicId);
    if (entry !== undefined && isDeleted(entry)) {
      await store.delete('Topic', topic.name, topic.version);
      model.removeTopic(topic.name);
      return;
    }
    const config = this.#configOf(topic);
    const added = this.#placeMissing(topic, entry);
    const last = entry?.chunks.at(-1);
    const room = last === undefined ? 0 : PARTITIONS_PER_ASSIGNMENT - last.partitions;
    const text = JSON.stringify(config);
    await Promise.all(
      (entry?.chunks ?? []).map((chunk) =>
        writer.changeSpec(chunk, (spec) => {
          const grown = chunk === last ? added.slice(0, room) : [];
          if (grown.length === 0 && JSON.stringify(spec.config) === text) return spec;
          return { ...spec, config, replicas: [...spec.replicas, ...grown] };
        }),
      ),
    );
    // After the chunk before them is full: a failure in between leaves fewer partitions, never a gap.
    const { clusterId } = this.#parts;
    const chunked = { topicId, topicName: topic.name, clusterId, config };
    await this.#create(newAssignments(chunked, added.slice(room), entry?.chunks.length ?? 0));
  }

  async #create(objects: readonly NewObject<'PartitionAssignment'>[]): Promise<void> {
    if (objects.length === 0) return;
    const { store, onCreated } = this.#parts;
    const versions = await store.create(objects);
    for (const [at, object] of objects.entries()) {
      onCreated({ ...object, status: undefined, version: versions[at] ?? 0 });
    }
  }

  #placeMissing(topic: StoredObject<'Topic'>, entry: TopicEntry | undefined): BrokerId[][] {
    const { model, roster } = this.#parts;
    const { partitions, replicationFactor } = topic.spec;
    const count = entry === undefined ? 0 : partitionCount(entry);
    if (count >= partitions) return [];
    const brokers = placeableBrokers(model, roster);
    const seed = topic.status?.topicId ?? '';
    return place(brokers, partitions - count, replicationFactor, seed, count);
  }

  #outdated(entry: TopicEntry): StoredObject<'Topic'>[] {
    const { topic } = entry;
    if (topic === undefined) return [];
    if (isDeleted(entry) || partitionCount(entry) < topic.spec.partitions) return [topic];
    const config = JSON.stringify(this.#configOf(topic));
    const same = entry.chunks.every(({ object }) => JSON.stringify(object.spec.config) === config);
    return same ? [] : [topic];
  }

  #configOf({ spec }: StoredObject<'Topic'>): Record<string, string> {
    const { config, replicationFactor } = spec;
    return topicConfigValues(config, { replicationFactor });
  }
}
