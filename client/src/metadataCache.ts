/**
 * Which topic id, partitions and leaders a topic name stands for, and where the brokers listen. One query at a time
 * per topic, however many ask; refreshes follow each other with a growing delay, so that a partition without a leader
 * does not become a storm of queries.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from './admin.ts';
import { backoffMs, RECONNECT_BACKOFF } from './backoff.ts';
import type { ClusterBroker } from './clusterDescription.ts';

export interface PartitionMetadata {
  /** Broker id; -1: nobody leads. */
  readonly leader: number;
  readonly leaderEpoch: number;
}

export interface TopicMetadata {
  readonly topicId: string;
  readonly name: string;
  /** Index = partition. */
  readonly partitions: readonly PartitionMetadata[];
  /** Largest batch that the topic takes. */
  readonly batchBytesMax: number;
}

interface Entry {
  known: TopicMetadata | undefined;
  query: Promise<TopicMetadata> | undefined;
  /** Monotonic time of the last answer. */
  answeredMs: number;
  /** Refreshes in a row that came shortly after the one before. */
  hurried: number;
}

const DEFAULT_BATCH_BYTES_MAX = 1024 * 1024;
/** A refresh this long after the last one counts as the first of a row again. */
const CALM_MS = 10_000;

export class MetadataCache {
  readonly #admin: Admin;
  readonly #topics = new Map<string, Entry>();
  #brokers = new Map<number, ClusterBroker>();

  constructor(admin: Admin) {
    this.#admin = admin;
  }

  /** Throws UNKNOWN_TOPIC and whatever else DescribeTopic answers. */
  async topic(name: string): Promise<TopicMetadata> {
    const entry = this.#entry(name);
    return entry.known ?? this.#query(name, entry, 0);
  }

  /** Asks anew, not at once if it was asked just now. A topic that is gone is forgotten. */
  async refresh(name: string): Promise<TopicMetadata> {
    const entry = this.#entry(name);
    const sinceMs = performance.now() - entry.answeredMs;
    entry.hurried = sinceMs > CALM_MS ? 0 : entry.hurried + 1;
    const pauseMs = backoffMs(entry.hurried, Math.random(), 0, RECONNECT_BACKOFF);
    return this.#query(name, entry, entry.hurried === 0 ? 0 : pauseMs - sinceMs);
  }

  async broker(brokerId: number): Promise<ClusterBroker | undefined> {
    if (!this.#brokers.has(brokerId)) await this.#refreshBrokers();
    return this.#brokers.get(brokerId);
  }

  /** The next look at any broker asks for their endpoints again. */
  forgetBrokers(): void {
    this.#brokers = new Map();
  }

  #entry(name: string): Entry {
    let entry = this.#topics.get(name);
    if (entry === undefined) {
      entry = {
        known: undefined,
        query: undefined,
        answeredMs: Number.NEGATIVE_INFINITY,
        hurried: 0,
      };
      this.#topics.set(name, entry);
    }
    return entry;
  }

  #query(name: string, entry: Entry, delayMs: number): Promise<TopicMetadata> {
    entry.query ??= this.#ask(name, entry, delayMs).finally(() => {
      entry.query = undefined;
      entry.answeredMs = performance.now();
    });
    return entry.query;
  }

  async #ask(name: string, entry: Entry, delayMs: number): Promise<TopicMetadata> {
    if (delayMs > 0) await sleep(delayMs);
    entry.known = undefined;
    const topic = await this.#admin.describeTopic(name);
    const limit = Number(topic.config.find(({ key }) => key === 'batchBytesMax')?.value);
    const partitions: PartitionMetadata[] = Array.from({ length: topic.partitions }, () => ({
      leader: -1,
      leaderEpoch: -1,
    }));
    for (const { partition, leader, leaderEpoch } of topic.partitionDetails) {
      if (partition < partitions.length) partitions[partition] = { leader, leaderEpoch };
    }
    entry.known = {
      topicId: topic.topicId,
      name: topic.name,
      partitions,
      batchBytesMax: limit > 0 ? limit : DEFAULT_BATCH_BYTES_MAX,
    };
    return entry.known;
  }

  async #refreshBrokers(): Promise<void> {
    const { brokers } = await this.#admin.describeCluster();
    this.#brokers = new Map(brokers.map((broker) => [broker.brokerId, broker]));
  }
}
