import { isInternalTopicName } from '@millrace/core/topicName';
import type { TopicMetadata } from '../cluster/metadata.ts';
import type { Partition } from '../replication/partition.ts';
import { resolvedConfig } from './logConfigs.ts';
import { pick } from './topicAdmin.ts';
import type { Topic } from './topics.ts';

/** A topic as requests find it. `partitionOf`: this broker's copy, if it holds one. */
export function servedTopic(
  topic: TopicMetadata,
  partitionOf: (partition: number) => Partition | undefined,
): Topic {
  const { topicId, name, config, configSet, replicationFactor, partitions } = topic;
  return {
    topicId,
    name,
    internal: isInternalTopicName(name),
    config: resolvedConfig(config),
    configSet: pick(config, configSet),
    replicationFactor,
    statuses: partitions,
    partitions: partitions.map(({ p }) => partitionOf(p)),
  };
}
