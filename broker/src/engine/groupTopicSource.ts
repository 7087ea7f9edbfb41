import type { TopicId } from '@millrace/core/ids';
import type { GroupTopic, TopicSource } from '../groups/groupTopics.ts';
import type { Topic, Topics } from './topics.ts';

/** The topics of this broker's metadata as groups see them. */
export class GroupTopicSource implements TopicSource {
  readonly #topics: Topics;

  constructor(topics: Topics) {
    this.#topics = topics;
  }

  get isLoaded(): boolean {
    return this.#topics.isLoaded;
  }

  byName(name: string): GroupTopic | undefined {
    return seen(this.#topics.byName(name));
  }

  byId(topicId: TopicId): GroupTopic | undefined {
    return seen(this.#topics.byId(topicId));
  }

  *all(): Iterable<GroupTopic> {
    for (const topic of this.#topics.all()) {
      const one = seen(topic);
      if (one !== undefined) yield one;
    }
  }
}

function seen(topic: Topic | undefined): GroupTopic | undefined {
  if (topic === undefined) return undefined;
  const { topicId, name, internal, statuses } = topic;
  return { topicId, name, internal, partitions: statuses.length };
}
