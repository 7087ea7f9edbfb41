/** What a topic looks like to those who ask for it, existing or only validated. Pure. */
import { millraceError } from '@millrace/core/errors';
import type { TopicId } from '@millrace/core/ids';
import type { TopicSpec } from '@millrace/core/resources/topic';
import { resolveTopicConfig } from '@millrace/core/topicConfig';
import type { CreateTopic } from './topicRequests.ts';
import type { Topic } from './topics.ts';

/** A topic as it is or, with `validateOnly`, as it would be. */
export type TopicShape = Omit<Topic, 'partitions'> & { readonly partitionCount: number };

/** Throws TOPIC_EXISTS unless the topic is what is asked for. */
export function sameShape(topic: Topic, request: CreateTopic): TopicShape {
  const wanted = resolveTopicConfig(request.config);
  const sameConfig = JSON.stringify(wanted) === JSON.stringify(topic.config);
  const samePartitions = request.partitions === 0 || request.partitions === topic.partitions.length;
  if (sameConfig && samePartitions) return describedShape(topic);
  throw millraceError(
    'TOPIC_EXISTS',
    `topic ${topic.name} exists with ${topic.partitions.length} partitions and other settings`,
  );
}

export function describedShape(topic: Topic): TopicShape {
  return { ...topic, partitionCount: topic.partitions.length };
}

export function shapeOf(topicId: TopicId, spec: TopicSpec): TopicShape {
  return {
    topicId,
    name: spec.topicName,
    internal: false,
    config: resolveTopicConfig(spec.config),
    configSet: spec.config,
    replicationFactor: spec.replicationFactor,
    partitionCount: spec.partitions,
  };
}
