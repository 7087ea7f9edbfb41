/** What a Topic asks for, resolved against its Cluster and against what is there. Pure. */
import { toMillraceError } from '@millrace/core/errors';
import { configTexts } from '@millrace/core/resources/custom/topicConfigField';
import type { TopicResource } from '@millrace/core/resources/custom/topicResource';
import {
  checkTopicConfig,
  resolveTopicConfig,
  topicConfigValues,
} from '@millrace/core/topicConfig';
import { checkUserTopicName, topicCollisionKey } from '@millrace/core/topicName';
import { TopicProblem } from './topicProblem.ts';
import {
  type KnownAssignment,
  type KnownCluster,
  topicNameOf,
  type TopicView,
} from './topicView.ts';

export interface TopicShape {
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Every key, as text. */
  readonly config: Readonly<Record<string, string>>;
}

const PARTITIONS = 3;
const REPLICAS_MAX = 3;

/** Throws TopicProblem. `chunks`: what is there of it. */
export function topicShape(
  topic: TopicResource,
  cluster: KnownCluster,
  chunks: readonly KnownAssignment[],
): TopicShape {
  checkName(topic);
  const { spec } = topic;
  const defaults = cluster.spec.topicDefaults;
  const existing = chunks.flatMap((chunk) => chunk.spec.replicas);
  const partitions = spec.partitions ?? (existing.length || defaults?.partitions || PARTITIONS);
  if (partitions < existing.length) {
    throw new TopicProblem(
      'PartitionsShrink',
      'stalled',
      `the topic has ${existing.length} partitions and ${partitions} are asked for: they only grow; set spec.partitions to ${existing.length}`,
    );
  }
  const placed = existing.reduce((most, replicas) => Math.max(most, replicas.length), 0);
  const replicationFactor =
    spec.replicationFactor ??
    (placed ||
      defaults?.replicationFactor ||
      Math.min(REPLICAS_MAX, cluster.spec.brokers.replicas));
  const given = { ...configTexts(defaults?.config), ...configTexts(spec.config) };
  return { partitions, replicationFactor, config: resolvedConfig(given, replicationFactor) };
}

function checkName(topic: TopicResource): void {
  try {
    checkUserTopicName(topicNameOf(topic));
  } catch (thrown) {
    const { message } = toMillraceError(thrown);
    throw new TopicProblem('InvalidName', 'stalled', `${message}: make a Topic of another name`);
  }
}

function resolvedConfig(
  given: Readonly<Record<string, string>>,
  replicationFactor: number,
): Readonly<Record<string, string>> {
  try {
    checkTopicConfig(given);
    const { minInsyncReplicas } = resolveTopicConfig(given, { replicationFactor });
    if (minInsyncReplicas > replicationFactor) {
      throw new TopicProblem(
        'InvalidConfig',
        'stalled',
        `minInsyncReplicas (${minInsyncReplicas}) is above the replication factor (${replicationFactor}): nothing could be acknowledged; raise the one or lower the other`,
      );
    }
    return topicConfigValues(given, { replicationFactor });
  } catch (thrown) {
    if (thrown instanceof TopicProblem) throw thrown;
    const { message } = toMillraceError(thrown);
    throw new TopicProblem('InvalidConfig', 'stalled', `${message}: correct spec.config`);
  }
}

/**
 * Throws TopicProblem if another Topic has the name, or one that differs only in "." and "_". The oldest wins; of two
 * of one second that which has claimed its topicId, then the lesser uid.
 */
export function checkRivals({ topic, rivals }: TopicView): void {
  const winner = [topic, ...rivals].toSorted(byAge)[0] ?? topic;
  if (winner.metadata.uid === topic.metadata.uid) return;
  const name = topicNameOf(topic);
  const other = topicNameOf(winner);
  const why =
    name === other
      ? `is the topic ${name} already`
      : `is the topic ${other}, and ${name} differs from it only in "." and "_"`;
  throw new TopicProblem(
    'ResourceConflict',
    'stalled',
    `the Topic ${winner.metadata.name}, which is older, ${why}: delete this one, or give it another spec.topicName in a new Topic`,
  );
}

function byAge(left: TopicResource, right: TopicResource): number {
  return (
    Date.parse(left.metadata.creationTimestamp) - Date.parse(right.metadata.creationTimestamp) ||
    Number(left.status?.topicId === undefined) - Number(right.status?.topicId === undefined) ||
    (left.metadata.uid < right.metadata.uid ? -1 : 1)
  );
}

/** Topics with equal ones are rivals: in metrics they could not be told apart. */
export function rivalKey(topic: TopicResource): string {
  return `${topic.spec.clusterRef.name}/${topicCollisionKey(topicNameOf(topic))}`;
}
