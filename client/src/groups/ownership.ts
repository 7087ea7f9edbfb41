/**
 * The partitions that a member has: begins them, stops them for others, drops what is lost. Those that do not move are
 * never touched. The user's callbacks come one after the other, in the order of what they tell.
 */
import { type PartitionRef, partitionOf, topicOf } from '@millrace/core/assignors/partitionRef';
import { type MillraceError, toMillraceError } from '@millrace/core/errors';
import type { AssignedPartition__Output } from '@millrace/proto/generated/millrace/v1/AssignedPartition';
import type { TopicMetadata } from '../metadataCache.ts';
import type { OffsetQuery } from '../topicOffsets.ts';
import type { ConsumerSettings, PartitionsCallback } from './consumerOptions.ts';
import type { Deliveries } from './deliveries.ts';
import type { MemberOwner } from './member.ts';
import { OwnedPartition } from './ownedPartition.ts';
import { type OwnedTopics, startQuery } from './ownedTopics.ts';
import { PartitionFeed, type PartitionFeedContext } from './partitionFeed.ts';
import { partitionName, type TopicPartition } from './topicPartition.ts';

export interface OwnershipContext {
  readonly settings: ConsumerSettings;
  readonly topics: OwnedTopics;
  readonly deliveries: Deliveries;
  readonly feed: Omit<PartitionFeedContext, 'onFailed' | 'bytesMax' | 'onReady'>;
  readonly isInSession: () => boolean;
  /** What is processed of them, as far as the consumer commits by itself. Rejects if it can't. */
  readonly commit: (partitions: readonly OwnedPartition[]) => Promise<void>;
  readonly failed: (error: MillraceError) => void;
}

/** As assigned; the partition proper once the name of its topic is known. */
interface Holding {
  readonly ref: PartitionRef;
  readonly assigned: AssignedPartition__Output;
  topic: TopicMetadata | undefined;
  owned: OwnedPartition | undefined;
  isOver: boolean;
}

/** Two replies of the default size: a partition that is alone on its broker is not kept waiting for the next. */
const PARTITION_BYTES_MIN = 256 * 1024;

export class Ownership implements MemberOwner {
  readonly #context: OwnershipContext;
  readonly #holdings = new Map<PartitionRef, Holding>();
  /** In hand still when they were lost: the next records of the same partition wait for it. */
  readonly #late = new Map<PartitionRef, Promise<void>>();
  #callbacks: Promise<void> = Promise.resolve();

  constructor(context: OwnershipContext) {
    this.#context = context;
  }

  /** With those that are on their way to others, as long as commits count. */
  get all(): OwnedPartition[] {
    return [...this.#holdings.values()].flatMap(({ owned }) => owned ?? []);
  }

  get bufferedBytes(): number {
    return this.all.reduce((sum, { bufferedBytes }) => sum + bufferedBytes, 0);
  }

  find(wanted: TopicPartition): OwnedPartition | undefined {
    const name = partitionName(wanted);
    return this.all.find((owned) => partitionName(owned) === name);
  }

  assigned(added: ReadonlyMap<PartitionRef, AssignedPartition__Output>): void {
    const holdings = [...added].map(([ref, assigned]): Holding => {
      const holding = { ref, assigned, topic: undefined, owned: undefined, isOver: false };
      this.#holdings.set(ref, holding);
      return holding;
    });
    this.#begin(holdings).catch((error: unknown) => this.#context.failed(toMillraceError(error)));
  }

  async revoke(refs: readonly PartitionRef[]): Promise<void> {
    const holdings = refs.flatMap((ref) => this.#holdings.get(ref) ?? []);
    const stopped = this.#stop(holdings, 'stopping');
    await Promise.all(stopped.map((owned) => owned.idle()));
    await this.#tell(this.#context.settings.options.onRevoked, stopped);
    await this.#context.commit(stopped).catch((error: unknown) => {
      const { message, code } = toMillraceError(error);
      this.#context.feed.logger.warn(`not committed when it moved: ${message}`, { code });
    });
    for (const holding of holdings) this.#forget(holding);
  }

  lost(refs: readonly PartitionRef[], error: MillraceError): void {
    const holdings = refs.flatMap((ref) => this.#holdings.get(ref) ?? []);
    const stopped = this.#stop(holdings, 'lost');
    for (const holding of holdings) this.#forget(holding);
    for (const owned of stopped) this.#keepLate(owned);
    const { feed, settings } = this.#context;
    feed.logger.warn(`lost ${stopped.map(partitionName).join(', ')}: ${error.message}`);
    void this.#tell(settings.options.onLost, stopped);
  }

  failed(error: MillraceError): void {
    this.#context.failed(error);
  }

  /** All of them, as if they went to others. */
  async revokeAll(): Promise<void> {
    await this.revoke([...this.#holdings.keys()]);
  }

  /** Drops what it has of it, and goes on from there. What is in hand is not counted. */
  async seek(owned: OwnedPartition, to: OffsetQuery | { readonly offset: number }): Promise<void> {
    const holding = this.#holdings.get(owned.ref);
    if (holding?.topic === undefined || !owned.isOwned) return;
    owned.abandonPosition();
    await this.#start(holding, holding.topic, owned, to);
  }

  async #begin(holdings: readonly Holding[]): Promise<void> {
    const { settings, topics, isInSession } = this.#context;
    await Promise.all(
      holdings.map(async (holding) => {
        const { ref, assigned } = holding;
        const topic = await topics.of(topicOf(ref), () => !holding.isOver);
        // A handler that was not done when the partition was lost: order is kept even so.
        await this.#late.get(ref);
        if (topic === undefined || holding.isOver) return;
        const named = { topic: topic.name, partition: partitionOf(ref) };
        holding.topic = topic;
        holding.owned = new OwnedPartition(ref, named, assigned.committed?.offset, isInSession);
      }),
    );
    const begun = holdings.filter(({ owned, isOver }) => owned !== undefined && !isOver);
    await this.#tell(
      settings.options.onAssigned,
      begun.flatMap(({ owned }) => owned ?? []),
    );
    for (const holding of begun) {
      const { owned, topic, assigned } = holding;
      if (owned === undefined || topic === undefined || holding.isOver) continue;
      this.#context.deliveries.add(owned);
      // Sought already, by the callback.
      if (owned.generation > 0) continue;
      const from =
        owned.committed === undefined
          ? startQuery(assigned.start, settings.from, Date.now())
          : { offset: owned.committed };
      void this.#start(holding, topic, owned, from);
    }
  }

  async #start(
    holding: Holding,
    topic: TopicMetadata,
    owned: OwnedPartition,
    from: OffsetQuery | { readonly offset: number },
  ): Promise<void> {
    const { topics, feed, deliveries, settings } = this.#context;
    const { generation } = owned;
    const isWanted = (): boolean => !holding.isOver && owned.generation === generation;
    const offset =
      typeof from === 'object' && 'offset' in from
        ? from.offset
        : await topics.offset(topic.topicId, owned.partition, from, isWanted);
    if (offset === undefined || !isWanted()) return;
    const bytesMax = (): number =>
      Math.max(PARTITION_BYTES_MIN, settings.bufferBytesMax / Math.max(1, this.#holdings.size));
    const context = {
      ...feed,
      bytesMax,
      onReady: () => deliveries.serve(),
      onFailed: (error: MillraceError) => this.#unreadable(owned, error),
    };
    owned.begin(offset, new PartitionFeed(context, topic, owned.partition, offset));
  }

  /** A topic that is gone the coordinator takes away by itself. */
  #unreadable(owned: OwnedPartition, error: MillraceError): void {
    if (error.code !== 'UNKNOWN_TOPIC') this.#context.failed(error);
    else this.#context.feed.logger.warn(`${partitionName(owned)}: ${error.message}`);
  }

  #stop(holdings: readonly Holding[], how: 'stopping' | 'lost'): OwnedPartition[] {
    for (const holding of holdings) holding.isOver = true;
    const stopped = holdings.flatMap(({ owned }) => owned ?? []);
    for (const owned of stopped) {
      owned.stop(how);
      this.#context.deliveries.remove(owned);
    }
    return stopped;
  }

  /** What has taken its place stays. */
  #forget(holding: Holding): void {
    if (this.#holdings.get(holding.ref) === holding) this.#holdings.delete(holding.ref);
  }

  #keepLate(owned: OwnedPartition): void {
    const late = owned.idle().then(() => {
      if (this.#late.get(owned.ref) === late) this.#late.delete(owned.ref);
    });
    this.#late.set(owned.ref, late);
  }

  #tell(
    callback: PartitionsCallback | undefined,
    partitions: readonly OwnedPartition[],
  ): Promise<void> {
    if (callback === undefined || partitions.length === 0) return Promise.resolve();
    const told = partitions.map(({ topic, partition }) => ({ topic, partition }));
    this.#callbacks = this.#callbacks
      .then(() => callback(told))
      .catch((error: unknown) => this.#context.failed(toMillraceError(error)));
    return this.#callbacks;
  }
}
