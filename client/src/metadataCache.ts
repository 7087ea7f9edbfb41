/**
 * Which topic id, partitions and leaders a topic name stands for, and where the brokers listen. One query at a time
 * per topic, however many ask; refreshes follow each other with a growing delay, so that a partition without a leader
 * does not become a storm of queries.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from './admin.ts';
import { backoffMs, RECONNECT_BACKOFF } from './backoff.ts';
import { advertises, type ClusterBroker } from './clusterDescription.ts';
import type { TopicDescription } from './topicDescription.ts';

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
  /** Monotonic time of the question: what was so then is in the answer. */
  readonly askedMs: number;
}

interface Entry {
  known: TopicMetadata | undefined;
  asking: Promise<TopicMetadata> | undefined;
  /** Begins once `asking` is over. */
  next: Promise<TopicMetadata> | undefined;
  paced: Promise<TopicMetadata> | undefined;
  /** Monotonic time of the last answer. */
  answeredMs: number;
  /** Refreshes in a row that came shortly after the one before. */
  hurried: number;
}

const DEFAULT_BATCH_BYTES_MAX = 1024 * 1024;
/** A refresh this long after the last one counts as the first of a row again. */
const CALM_MS = 10_000;

/** All that asks throws UNKNOWN_TOPIC and whatever else DescribeTopic answers. */
export class MetadataCache {
  /** How old what a producer or consumer goes by may get while it is in use, in milliseconds. */
  readonly maxAgeMs: number;
  readonly #admin: Admin;
  readonly #topics = new Map<string, Entry>();
  #brokers = new Map<number, ClusterBroker>();
  #askingBrokers: Promise<void> | undefined;

  constructor(admin: Admin, maxAgeMs: number) {
    this.#admin = admin;
    this.maxAgeMs = maxAgeMs;
  }

  /** What is known if it was asked for within `ageMsMax`. */
  recent(name: string, ageMsMax: number): Promise<TopicMetadata> {
    const entry = this.#entry(name);
    const { known } = entry;
    if (known !== undefined && known.askedMs >= performance.now() - ageMsMax) {
      return Promise.resolve(known);
    }
    return entry.asking ?? this.#ask(name, entry);
  }

  /** Asked from now on: an answer that is under way may be older than what the caller knows. */
  current(name: string): Promise<TopicMetadata> {
    const entry = this.#entry(name);
    if (entry.asking === undefined) return this.#ask(name, entry);
    entry.next ??= entry.asking
      .catch(() => undefined)
      .then(() => {
        entry.next = undefined;
        return entry.asking ?? this.#ask(name, entry);
      });
    return entry.next;
  }

  /** As current(), but not at once if it was asked just now: for whoever was refused and may be so again. */
  refresh(name: string): Promise<TopicMetadata> {
    const entry = this.#entry(name);
    const coming = entry.paced ?? entry.next;
    if (coming !== undefined) return coming;
    const sinceMs = performance.now() - entry.answeredMs;
    entry.hurried = sinceMs > CALM_MS ? 0 : entry.hurried + 1;
    const pauseMs = backoffMs(entry.hurried, Math.random(), 0, RECONNECT_BACKOFF) - sinceMs;
    if (entry.hurried === 0 || pauseMs <= 0) return this.current(name);
    entry.paced = sleep(pauseMs).then(() => {
      entry.paced = undefined;
      return this.current(name);
    });
    return entry.paced;
  }

  async broker(brokerId: number): Promise<ClusterBroker | undefined> {
    if (!this.#brokers.has(brokerId)) await this.#askBrokers();
    return this.#brokers.get(brokerId);
  }

  /** The id of the broker that advertises `address` (`host:port`) for any of its listeners. */
  async brokerAt(address: string): Promise<number | undefined> {
    const known = this.#brokerAt(address);
    if (known !== undefined) return known;
    await this.#askBrokers();
    return this.#brokerAt(address);
  }

  /** The next look at any broker asks for their endpoints again. */
  forgetBrokers(): void {
    this.#brokers = new Map();
  }

  #brokerAt(address: string): number | undefined {
    for (const broker of this.#brokers.values()) {
      if (advertises(broker, address)) return broker.brokerId;
    }
    return undefined;
  }

  #entry(name: string): Entry {
    let entry = this.#topics.get(name);
    if (entry === undefined) {
      entry = {
        known: undefined,
        asking: undefined,
        next: undefined,
        paced: undefined,
        answeredMs: Number.NEGATIVE_INFINITY,
        hurried: 0,
      };
      this.#topics.set(name, entry);
    }
    return entry;
  }

  #ask(name: string, entry: Entry): Promise<TopicMetadata> {
    const askedMs = performance.now();
    // Whatever the answer: a topic that is gone is forgotten.
    entry.known = undefined;
    entry.asking = this.#admin
      .describeTopic(name, { positions: false })
      .then((topic) => (entry.known = topicMetadata(topic, askedMs)))
      .finally(() => {
        entry.asking = undefined;
        entry.answeredMs = performance.now();
      });
    return entry.asking;
  }

  #askBrokers(): Promise<void> {
    this.#askingBrokers ??= this.#admin
      .describeCluster()
      .then(({ brokers }) => {
        this.#brokers = new Map(brokers.map((broker) => [broker.brokerId, broker]));
      })
      .finally(() => {
        this.#askingBrokers = undefined;
      });
    return this.#askingBrokers;
  }
}

function topicMetadata(topic: TopicDescription, askedMs: number): TopicMetadata {
  const limit = Number(topic.config.find(({ key }) => key === 'batchBytesMax')?.value);
  const partitions: PartitionMetadata[] = Array.from({ length: topic.partitions }, () => ({
    leader: -1,
    leaderEpoch: -1,
  }));
  for (const { partition, leader, leaderEpoch } of topic.partitionDetails) {
    if (partition < partitions.length) partitions[partition] = { leader, leaderEpoch };
  }
  return {
    topicId: topic.topicId,
    name: topic.name,
    partitions,
    batchBytesMax: limit > 0 ? limit : DEFAULT_BATCH_BYTES_MAX,
    askedMs,
  };
}
