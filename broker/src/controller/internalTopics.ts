/**
 * Creates topics of the cluster itself: assignments without a Topic, so that nobody's spec is reconciled with them. The
 * topic id follows from the cluster and the name: two controllers that create one at the same time create the same.
 */
import { createHash } from 'node:crypto';
import { MillraceError, millraceError } from '@millrace/core/errors';
import { type ClusterId, newTopicId, type TopicId } from '@millrace/core/ids';
import type { InternalTopic } from '@millrace/core/internalTopics';
import { place } from '@millrace/core/place';
import { topicConfigValues } from '@millrace/core/topicConfig';
import type { ClusterStore } from '../store/clusterStore.ts';
import type { CreatedTopic } from './adminRequests.ts';
import { newAssignments } from './assignmentChunks.ts';
import { placeableBrokers } from './brokerLoads.ts';
import type { StoredAssignment } from './chunk.ts';
import { type ClusterModel, statusesOf } from './clusterModel.ts';
import type { LedWaits } from './ledWaits.ts';
import { topicMetadata } from './metadataPublisher.ts';
import type { Roster } from './roster.ts';

export interface InternalTopicsParts {
  readonly clusterId: ClusterId;
  readonly store: ClusterStore;
  readonly model: ClusterModel;
  readonly roster: Roster;
  readonly waits: LedWaits;
  readonly onCreated: (object: StoredAssignment) => void;
}

/** Rejects with INVALID_REPLICATION_FACTOR while no broker can take it; UNAVAILABLE, `applied`, if it is not led in time. */
export async function createInternalTopic(
  parts: InternalTopicsParts,
  topic: InternalTopic,
): Promise<CreatedTopic> {
  const { model, waits } = parts;
  const topicId = internalTopicId(parts.clusterId, topic.name);
  const existed = model.topics.has(topicId);
  if (!existed) await store(parts, topic, topicId);
  const entry = model.topics.get(topicId);
  if (entry === undefined) throw millraceError('INTERNAL', `${topic.name} has no partitions`);
  await waits.led(topicId, topic.name, () => statusesOf(entry));
  return { topic: topicMetadata(entry), existed };
}

async function store(
  parts: InternalTopicsParts,
  topic: InternalTopic,
  topicId: TopicId,
): Promise<void> {
  const { model, roster, clusterId, onCreated } = parts;
  const brokers = placeableBrokers(model, roster);
  const usable = brokers.filter(({ cordoned }) => !cordoned).length;
  const replicationFactor = Math.max(1, Math.min(topic.replicationFactorMax, usable));
  const config = topicConfigValues(topic.config, { replicationFactor });
  const replicas = place(brokers, topic.partitions, replicationFactor, topicId);
  const named = { topicId, topicName: topic.name, clusterId, config };
  const assignments = newAssignments(named, replicas, 0);
  try {
    const versions = await parts.store.create(assignments);
    for (const [at, object] of assignments.entries()) {
      onCreated({ ...object, status: undefined, version: versions[at] ?? 0 });
    }
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== 'CONFLICT') throw error;
    const { objects } = await parts.store.list('PartitionAssignment');
    for (const object of objects) if (object.spec.topicId === topicId) onCreated(object);
  }
}

export function internalTopicId(clusterId: ClusterId, name: string): TopicId {
  return newTopicId(createHash('sha256').update(`${clusterId}/${name}`).digest().subarray(0, 16));
}
