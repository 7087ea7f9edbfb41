import { murmur2 } from '@millrace/core/murmur2';
import type { TopicId } from '@millrace/core/ids';
import { TopicPattern } from '@millrace/core/topicPattern';

export interface GroupTopic {
  readonly topicId: TopicId;
  readonly name: string;
  /** Never matched by a pattern. */
  readonly internal: boolean;
  readonly partitions: number;
}

/** The topics of the cluster, as far as this broker has heard. */
export interface TopicSource {
  readonly isLoaded: boolean;
  byName(name: string): GroupTopic | undefined;
  byId(topicId: TopicId): GroupTopic | undefined;
  all(): Iterable<GroupTopic>;
}

export interface Subscription {
  readonly topics: readonly string[];
  /** Empty: none. */
  readonly pattern: string;
}

export interface ResolvedSubscription {
  readonly topicIds: ReadonlySet<TopicId>;
  /** Equal for equal sets. */
  readonly digest: number;
}

/** Of distinct subscriptions; more are resolved each time. */
const RESOLVED_MAX = 4096;

/** What subscriptions mean, each worked out once until topics change. */
export class GroupTopics {
  readonly #source: TopicSource;
  readonly #resolved = new Map<string, ResolvedSubscription>();

  constructor(source: TopicSource) {
    this.#source = source;
  }

  get isLoaded(): boolean {
    return this.#source.isLoaded;
  }

  byName(name: string): GroupTopic | undefined {
    return this.#source.byName(name);
  }

  byId(topicId: TopicId): GroupTopic | undefined {
    return this.#source.byId(topicId);
  }

  changed(): void {
    this.#resolved.clear();
  }

  /** Topics that do not exist yet are left out; they come with `changed`. */
  resolve(subscription: Subscription): ResolvedSubscription {
    const key = JSON.stringify([subscription.pattern, ...subscription.topics]);
    const known = this.#resolved.get(key);
    if (known !== undefined) return known;
    const topicIds = this.#topicIds(subscription);
    const digest = murmur2(Buffer.from([...topicIds].sort().join()));
    const resolved = { topicIds, digest };
    if (this.#resolved.size >= RESOLVED_MAX) this.#resolved.clear();
    this.#resolved.set(key, resolved);
    return resolved;
  }

  #topicIds({ topics, pattern }: Subscription): Set<TopicId> {
    const ids = new Set<TopicId>();
    for (const name of topics) {
      const topic = this.#source.byName(name);
      if (topic !== undefined) ids.add(topic.topicId);
    }
    if (pattern === '') return ids;
    const compiled = new TopicPattern(pattern);
    for (const { topicId, name, internal } of this.#source.all()) {
      if (!internal && compiled.matches(name)) ids.add(topicId);
    }
    return ids;
  }
}
