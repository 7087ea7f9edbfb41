/**
 * Tells the brokers what is committed: an image at registration, then deltas, those of 20 ms in one (contracts.md,
 * Metadata). Kept for later are only names, so a broker that does not read costs bounded memory: it gets the state as it
 * is by then. Idle partitions cost nothing.
 */
import type { BrokerId, TopicId } from '@millrace/core/ids';
import { topicConfigValues } from '@millrace/core/topicConfig';
import type {
  BrokerMetadata,
  MetadataDelta,
  MetadataImage,
  TopicDelta,
  TopicMetadata,
} from '../cluster/metadata.ts';
import type { Clock, TimerHandle } from '../io/clock.ts';
import type { StoredObject } from '../store/clusterStore.ts';
import type { Chunk } from './chunk.ts';
import { type ClusterModel, isDeleted, statusesOf, type TopicEntry } from './clusterModel.ts';
import type { OpenSession } from './member.ts';

const COALESCE_MS = 20;
/** Of one delta: what a broker takes in without a pause. What is more follows at once. */
const DELTA_PARTITIONS_MAX = 500;
/** Between images to one broker whose heartbeats say that it is behind. */
const IMAGE_INTERVAL_MS = 10_000;

class Changes {
  readonly brokers = new Set<BrokerId>();
  /** Index = partition of the topic. */
  readonly topics = new Map<TopicId, Set<number>>();
  readonly gone = new Set<TopicId>();

  get isEmpty(): boolean {
    return this.brokers.size + this.topics.size + this.gone.size === 0;
  }

  topic(topicId: TopicId): Set<number> {
    const known = this.topics.get(topicId);
    if (known !== undefined) return known;
    const partitions = new Set<number>();
    this.topics.set(topicId, partitions);
    return partitions;
  }

  /** Leaves some behind if there are many. What else has changed goes with the first. */
  take(partitionsMax: number): Changes {
    const taken = new Changes();
    for (const brokerId of this.brokers) taken.brokers.add(brokerId);
    for (const topicId of this.gone) taken.gone.add(topicId);
    this.brokers.clear();
    this.gone.clear();
    let left = partitionsMax;
    for (const [topicId, partitions] of this.topics) {
      if (left <= 0) break;
      const mine = taken.topic(topicId);
      // The lowest first: new partitions may not come before those that they follow.
      const inOrder =
        partitions.size > left ? [...partitions].toSorted((a, b) => a - b) : partitions;
      for (const partition of inOrder) {
        if (left <= 0) break;
        left -= 1;
        partitions.delete(partition);
        mine.add(partition);
      }
      if (partitions.size === 0) this.topics.delete(topicId);
    }
    return taken;
  }

  merge(other: Changes): void {
    for (const brokerId of other.brokers) this.brokers.add(brokerId);
    for (const topicId of other.gone) this.gone.add(topicId);
    for (const [topicId, partitions] of other.topics) {
      const mine = this.topic(topicId);
      for (const partition of partitions) mine.add(partition);
    }
  }
}

interface Subscriber {
  readonly session: OpenSession;
  seq: number;
  congested: boolean;
  /** What it has not been told yet. */
  behind: Changes;
  /** When its last heartbeat came; what was sent by then it should have applied by the next. */
  seqAtHeartbeat: number;
  imageMs: number;
}

export interface MetadataPublisherParts {
  readonly clock: Clock;
  readonly model: ClusterModel;
  readonly controllerId: BrokerId;
  readonly controllerEpoch: number;
  readonly featureLevel: () => number;
}

export class MetadataPublisher {
  readonly #parts: MetadataPublisherParts;
  readonly #subscribers = new Map<OpenSession, Subscriber>();
  /** Of the last sending to anybody: no subscriber is ahead of it, and none ever goes back. */
  #seq = 0;
  #changes = new Changes();
  #sentMs = -Infinity;
  #timer: TimerHandle | undefined;

  constructor(parts: MetadataPublisherParts) {
    this.#parts = parts;
  }

  close(): void {
    this.#timer?.cancel();
    this.#subscribers.clear();
  }

  /** Begins with an image. */
  add(session: OpenSession): void {
    const subscriber: Subscriber = {
      session,
      seq: 0,
      congested: false,
      behind: new Changes(),
      seqAtHeartbeat: 0,
      imageMs: -Infinity,
    };
    this.#subscribers.set(session, subscriber);
    this.#sendImage(subscriber);
  }

  remove(session: OpenSession): void {
    this.#subscribers.delete(session);
  }

  drained(session: OpenSession): void {
    const subscriber = this.#subscribers.get(session);
    if (subscriber === undefined) return;
    subscriber.congested = false;
    if (subscriber.behind.isEmpty) return;
    this.#seq += 1;
    const { behind } = subscriber;
    subscriber.behind = new Changes();
    this.#sendDelta(subscriber, this.#delta(behind));
  }

  /** A broker that stays behind what it was sent has missed something: it gets an image. */
  heartbeat(session: OpenSession, metadataSeq: number): void {
    const subscriber = this.#subscribers.get(session);
    if (subscriber === undefined) return;
    const { seqAtHeartbeat, imageMs, congested } = subscriber;
    subscriber.seqAtHeartbeat = subscriber.seq;
    if (metadataSeq >= seqAtHeartbeat || congested) return;
    if (this.#parts.clock.monotonicMs() - imageMs < IMAGE_INTERVAL_MS) return;
    this.#sendImage(subscriber);
  }

  brokerChanged(brokerId: BrokerId): void {
    this.#changes.brokers.add(brokerId);
    this.#plan();
  }

  /** Also without partitions: something else of the topic changed. */
  partitionsChanged(chunk: Chunk, indexes: readonly number[]): void {
    const partitions = this.#changes.topic(chunk.topicId);
    for (const index of indexes) partitions.add(chunk.first + index);
    this.#plan();
  }

  topicGone(topicId: TopicId): void {
    this.#changes.gone.add(topicId);
    this.#changes.topics.delete(topicId);
    this.#plan();
  }

  #plan(): void {
    if (this.#timer !== undefined) return;
    const { clock } = this.#parts;
    const delayMs = this.#sentMs + COALESCE_MS - clock.monotonicMs();
    this.#timer = clock.setTimer(Math.max(0, delayMs), () => {
      this.#timer = undefined;
      this.#flush();
    });
  }

  #flush(): void {
    const changes = this.#changes.take(DELTA_PARTITIONS_MAX);
    if (this.#changes.isEmpty) this.#sentMs = this.#parts.clock.monotonicMs();
    else this.#plan();
    this.#seq += 1;
    let delta: Omit<MetadataDelta, 'seq'> | undefined;
    for (const subscriber of this.#subscribers.values()) {
      if (subscriber.congested) {
        subscriber.behind.merge(changes);
        continue;
      }
      delta ??= this.#delta(changes);
      this.#sendDelta(subscriber, delta);
    }
  }

  #sendDelta(subscriber: Subscriber, delta: Omit<MetadataDelta, 'seq'>): void {
    subscriber.seq += 1;
    const { seq } = subscriber;
    subscriber.congested = !subscriber.session.send({ kind: 'delta', delta: { ...delta, seq } });
  }

  #sendImage(subscriber: Subscriber): void {
    const { clock, model, controllerEpoch, controllerId, featureLevel } = this.#parts;
    this.#seq += 1;
    subscriber.seq = this.#seq;
    subscriber.behind = new Changes();
    subscriber.imageMs = clock.monotonicMs();
    const image: MetadataImage = {
      controllerEpoch,
      controllerId,
      seq: subscriber.seq,
      featureLevel: featureLevel(),
      brokers: [...model.brokers.keys()].flatMap((brokerId) => this.#broker(brokerId) ?? []),
      topics: [...model.topics.values()].map(topicMetadata),
    };
    subscriber.congested = !subscriber.session.send({ kind: 'image', image });
  }

  #delta(changes: Changes): Omit<MetadataDelta, 'seq'> {
    const { model, controllerEpoch, featureLevel } = this.#parts;
    const topics: TopicDelta[] = [];
    for (const [topicId, partitions] of changes.topics) {
      const entry = model.topics.get(topicId);
      if (entry === undefined) continue;
      topics.push({
        ...topicShape(entry),
        partitions: [...partitions].flatMap((partition) => {
          const found = model.find(topicId, partition);
          return found === undefined ? [] : [found.chunk.shownAt(found.index)];
        }),
      });
    }
    return {
      controllerEpoch,
      featureLevel: featureLevel(),
      brokers: [...changes.brokers].flatMap((brokerId) => this.#broker(brokerId) ?? []),
      topics,
      topicsGone: [...changes.gone].filter((topicId) => !model.topics.has(topicId)),
    };
  }

  #broker(brokerId: BrokerId): BrokerMetadata | undefined {
    const object = this.#parts.model.brokers.get(brokerId);
    return object === undefined ? undefined : brokerMetadata(brokerId, object);
  }
}

function brokerMetadata(
  brokerId: BrokerId,
  { spec, status }: StoredObject<'Broker'>,
): BrokerMetadata | undefined {
  return status === undefined ? undefined : { brokerId, ...status, ...spec };
}

export function topicMetadata(entry: TopicEntry): TopicMetadata {
  return { ...topicShape(entry), partitions: statusesOf(entry) };
}

function topicShape(entry: TopicEntry): Omit<TopicMetadata, 'partitions'> {
  const { topicId, name, topic, chunks } = entry;
  const spec = chunks[0]?.object.spec;
  const replicationFactor = topic?.spec.replicationFactor ?? spec?.replicas[0]?.length ?? 1;
  const config = spec?.config ?? {};
  return {
    topicId,
    name,
    replicationFactor,
    config,
    configSet: Object.keys(topic?.spec.config ?? changedKeys(config, replicationFactor)),
    deleted: isDeleted(entry),
  };
}

/** What a topic that the operator made was given, as far as it is not what it would have anyway. */
function changedKeys(
  config: Readonly<Record<string, string>>,
  replicationFactor: number,
): Record<string, string> {
  const defaults = topicConfigValues({}, { replicationFactor });
  return Object.fromEntries(
    Object.entries(config).filter(([key, value]) => defaults[key] !== value),
  );
}
