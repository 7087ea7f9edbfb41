import type { Topic } from './topics.ts';

/** A topic as it is or, of a request that only validates, as it would be. */
export type TopicShape = Omit<Topic, 'partitions' | 'statuses'> & {
  readonly partitionCount: number;
};

export function describedShape(topic: Topic): TopicShape {
  return { ...topic, partitionCount: topic.partitions.length };
}
