import type { Admin } from '@millrace/client/admin';
import type { TopicIdPartition } from '@millrace/client/groupDescription';
import type { TopicSummary } from '@millrace/client/topicDescription';

/** Names at the edge: groups know topics by their ids. */
export class TopicNames {
  readonly #byId = new Map<string, TopicSummary>();
  readonly #byName = new Map<string, TopicSummary>();

  static async ask(admin: Admin): Promise<TopicNames> {
    const names = new TopicNames();
    for (const topic of await admin.listTopics()) {
      names.#byId.set(topic.topicId, topic);
      names.#byName.set(topic.name, topic);
    }
    return names;
  }

  byName(name: string): TopicSummary | undefined {
    return this.#byName.get(name);
  }

  /** The id of a topic that is gone. */
  nameOf(topicId: string): string {
    return this.#byId.get(topicId)?.name ?? topicId;
  }

  /** `orders:0,1 payments:3`. */
  text(partitions: readonly TopicIdPartition[]): string {
    const topics = new Map<string, number[]>();
    for (const { topicId, partition } of partitions) {
      const name = this.nameOf(topicId);
      topics.set(name, [...(topics.get(name) ?? []), partition]);
    }
    const parts = [...topics].map(([name, numbers]) => {
      return `${name}:${numbers.sort((left, right) => left - right).join(',')}`;
    });
    return parts.length === 0 ? '-' : parts.sort().join(' ');
  }
}
