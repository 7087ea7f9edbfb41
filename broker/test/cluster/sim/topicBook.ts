import type { TopicId } from '@millrace/core/ids';
import type { Random } from '../../../src/io/random.ts';
import { partitionKey } from './clusterWorld.ts';
import type { PartitionKey } from './history.ts';

export interface BookedTopic {
  readonly topicId: TopicId;
  readonly name: string;
  partitions: number;
  isDeleted: boolean;
}

export interface BookedPartition {
  readonly topicId: TopicId;
  readonly partition: number;
  readonly key: PartitionKey;
}

/** The topics that clients know of: created, as the cluster said. */
export class TopicBook {
  readonly #topics: BookedTopic[] = [];

  add(topic: BookedTopic): void {
    if (!this.#topics.some(({ topicId }) => topicId === topic.topicId)) this.#topics.push(topic);
  }

  /** Not deleted, nor asked to be. */
  get live(): readonly BookedTopic[] {
    return this.#topics.filter(({ isDeleted }) => !isDeleted);
  }

  isDeleted(topicId: string): boolean {
    return this.#topics.some((topic) => topic.topicId === topicId && topic.isDeleted);
  }

  anyPartition(random: Random): BookedPartition | undefined {
    const topic = this.live[random.int(Math.max(1, this.live.length))];
    if (topic === undefined) return undefined;
    const partition = random.int(topic.partitions);
    const { topicId } = topic;
    return { topicId, partition, key: partitionKey(topicId, partition) };
  }
}
