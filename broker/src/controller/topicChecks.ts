/** What a topic may be asked to be. Pure. */
import { type MillraceError, millraceError } from '@millrace/core/errors';
import { PARTITIONS_PER_TOPIC_MAX } from '@millrace/core/resources/partitionAssignment';
import {
  checkTopicConfig,
  resolveTopicConfig,
  topicConfigValues,
} from '@millrace/core/topicConfig';
import { isInternalTopicName } from '@millrace/core/topicName';
import type { TopicMetadata } from '../cluster/metadata.ts';
import type { CreateTopicRequest } from './adminRequests.ts';

/** Throws INVALID_PARTITIONS. */
export function checkPartitionCount(partitions: number): void {
  if (Number.isInteger(partitions) && partitions >= 1 && partitions <= PARTITIONS_PER_TOPIC_MAX) {
    return;
  }
  throw millraceError('INVALID_PARTITIONS', `${partitions} partitions are asked for`);
}

/** Throws INVALID_REPLICATION_FACTOR for what can be no number of copies; `place` knows how many brokers there are. */
export function checkReplicationFactor(replicationFactor: number): void {
  if (Number.isInteger(replicationFactor) && replicationFactor >= 1) return;
  throw millraceError(
    'INVALID_REPLICATION_FACTOR',
    `a replication factor of ${replicationFactor} is asked for`,
  );
}

/** Throws UNAUTHORIZED. */
export function refuseInternal(name: string): void {
  if (!isInternalTopicName(name)) return;
  throw millraceError('UNAUTHORIZED', `${name} is internal: the cluster alone changes it`);
}

/** Throws INVALID_CONFIG: what the table refuses, and what this version or this topic can't keep. */
export function checkSettings(
  config: Readonly<Record<string, string>>,
  replicationFactor: number,
): void {
  checkTopicConfig(config);
  const { minInsyncReplicas } = resolveTopicConfig(config, { replicationFactor });
  if (minInsyncReplicas > replicationFactor) {
    throw millraceError(
      'INVALID_CONFIG',
      `minInsyncReplicas (${minInsyncReplicas}) is above the replication factor (${replicationFactor})`,
    );
  }
}

/** Throws TOPIC_EXISTS unless the topic is what is asked for: then creating it again is no error. */
export function checkSame(topic: TopicMetadata, request: CreateTopicRequest): void {
  const { replicationFactor } = topic;
  const wanted = topicConfigValues(request.config, { replicationFactor });
  const is = topicConfigValues(topic.config, { replicationFactor });
  const sameConfig = JSON.stringify(wanted) === JSON.stringify(is);
  const samePartitions = request.partitions === 0 || request.partitions === topic.partitions.length;
  const sameFactor =
    request.replicationFactor === 0 || request.replicationFactor === replicationFactor;
  if (sameConfig && samePartitions && sameFactor) return;
  throw millraceError(
    'TOPIC_EXISTS',
    `topic ${topic.name} exists with ${topic.partitions.length} partitions, ` +
      `replication factor ${replicationFactor} and its own settings`,
  );
}

export function collides(name: string, existing: string): MillraceError {
  return millraceError(
    'TOPIC_EXISTS',
    `${name} and the existing ${existing} differ only in "." and "_"`,
  );
}
