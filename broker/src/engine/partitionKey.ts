import type { TopicId } from '@millrace/core/ids';

/** For maps of partitions of many topics. */
export function partitionKey(topicId: TopicId, partition: number): string {
  return `${topicId}/${partition}`;
}
