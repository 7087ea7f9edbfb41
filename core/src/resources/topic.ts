/** Topic: what a user asked for. The only resource that Admin topic calls write (architecture.md, Cluster state). */
import { toTopicId, type TopicId } from '../ids.ts';
import { PARTITIONS_PER_TOPIC_MAX } from './partitionAssignment.ts';
import { integerAt, objectAt, storedAt, stringMapAt } from './storedFields.ts';
import { checkTopicName } from '../topicName.ts';

export interface TopicSpec {
  readonly topicName: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Only the keys that were given; an absent key follows its default. */
  readonly config: Readonly<Record<string, string>>;
}

export interface TopicStatus {
  /** Claimed by compare-and-set before any assignment exists. */
  readonly topicId: TopicId;
}

/** Throws CORRUPT_STATE. */
export function parseTopicSpec(value: unknown): TopicSpec {
  const spec = objectAt(value, 'spec');
  storedAt(spec.topicName, 'spec.topicName', checkTopicName);
  integerAt(spec.partitions, 'spec.partitions', PARTITIONS_PER_TOPIC_MAX, 1);
  integerAt(spec.replicationFactor, 'spec.replicationFactor', undefined, 1);
  stringMapAt(spec.config, 'spec.config');
  return value as TopicSpec;
}

/** Throws CORRUPT_STATE. */
export function parseTopicStatus(value: unknown): TopicStatus {
  storedAt(objectAt(value, 'status').topicId, 'status.topicId', toTopicId);
  return value as TopicStatus;
}
