/**
 * A member of a consumer group: the coordinator gives it partitions, it reads them from their leaders, and commits what was
 * processed. Each record is delivered at least once to the group: what was not committed when a partition moves, or this
 * process dies, is delivered again by the next owner.
 *
 *   const consumer = client.consumer({ group: 'billing', topics: ['orders'] });
 *   for await (const record of consumer) await bill(record);
 *
 * or, several partitions at once and with retries:
 *
 *   await consumer.run({ eachRecord: (record) => bill(record), concurrency: 8 });
 *
 * A record counts as processed when the next one is asked for, or the handler has resolved. Partitions that other members
 * come for are given up between two records; those that stay are not interrupted. It joins on first use and leaves when it
 * is closed, also by leaving the loop. Errors are MillraceError; FENCED_INSTANCE: another process has its instance id.
 */
import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { Admin } from '../admin.ts';
import type { ConsumedRecord, ConsumedRecords } from '../consumedRecord.ts';
import type { DataConnector } from '../dataConnector.ts';
import type { Logger } from '../logger.ts';
import type { MetadataCache } from '../metadataCache.ts';
import type { ServerAddress } from '../serverAddress.ts';
import type { OffsetQuery } from '../topicOffsets.ts';
import { Committer, type CommitTarget } from './committer.ts';
import {
  type ConsumerOptions,
  type ConsumerSettings,
  consumerSettings,
} from './consumerOptions.ts';
import { Deliveries } from './deliveries.ts';
import { Handlers, type RunOptions } from './handlers.ts';
import { Member } from './member.ts';
import { MemberLink } from './memberLink.ts';
import type { OwnedPartition } from './ownedPartition.ts';
import { OwnedTopics } from './ownedTopics.ts';
import { Ownership } from './ownership.ts';
import { RecordLoop } from './recordLoop.ts';
import { SharedConnections } from './sharedConnections.ts';
import { partitionName, type TopicPartition } from './topicPartition.ts';

export interface GroupConsumerContext {
  readonly admin: Admin;
  readonly metadata: MetadataCache;
  readonly connector: DataConnector;
  readonly servers: readonly ServerAddress[];
  readonly clientId: string;
  readonly logger: Logger;
  readonly onClosed: (consumer: GroupConsumer) => void;
}

export interface OffsetToCommit extends TopicPartition {
  /** Of the next record to process. */
  readonly offset: number;
  /** Kept with the offset, at most 4 KiB. */
  readonly metadata?: string | undefined;
}

export interface CloseOptions {
  /** `stay`: others get the partitions once the session is over. Default: `leave`, with an instance id `stay`. */
  readonly membership?: 'leave' | 'stay' | undefined;
}

const COMMIT_MS_MAX = 30_000;

export class GroupConsumer implements AsyncIterable<ConsumedRecord> {
  readonly #context: GroupConsumerContext;
  readonly #settings: ConsumerSettings;
  readonly #deliveries = new Deliveries();
  readonly #connections: SharedConnections;
  readonly #member: Member;
  readonly #ownership: Ownership;
  readonly #committer: Committer;
  #commitTimer: NodeJS.Timeout | undefined;
  /** What hands records out; a loop's record in hand counts in commit(). */
  #use: 'none' | 'records' | 'batches' | 'handlers' = 'none';
  #failure: MillraceError | undefined;
  #closing: Promise<void> | undefined;

  /** Throws INVALID_REQUEST where an option is out of its bounds. */
  constructor(context: GroupConsumerContext, options: ConsumerOptions) {
    const { admin, metadata, connector, servers, clientId, logger } = context;
    this.#context = context;
    this.#settings = consumerSettings(options);
    this.#connections = new SharedConnections(connector);
    this.#ownership = new Ownership({
      settings: this.#settings,
      topics: new OwnedTopics({ admin, metadata, logger }),
      deliveries: this.#deliveries,
      feed: { options, metadata, connections: this.#connections, logger },
      isInSession: () => this.#member.isInSession,
      commit: (partitions) => this.#commitProcessed(partitions),
      failed: (error) => this.#fail(error),
    });
    this.#member = new Member({
      group: options.group,
      instanceId: options.instanceId ?? '',
      join: {
        topics: [...(options.topics ?? [])],
        pattern: options.pattern ?? '',
        assignor: options.assignor ?? '',
        sessionTimeoutMs: options.sessionTimeoutMs ?? 0,
        rebalanceTimeoutMs: options.rebalanceTimeoutMs ?? 0,
        clientId,
      },
      link: new MemberLink({ connector, servers, logger }),
      owner: this.#ownership,
      logger,
    });
    this.#committer = new Committer({
      send: (offsets, direction) => this.#member.commit(offsets, direction),
      disowned: (owned, error) => this.#ownership.lost([owned.ref], error),
      logger,
    });
  }

  /** Chosen by this process, another one each time that it joins. */
  get memberId(): string {
    return this.#member.memberId;
  }

  /** What it works on now. */
  get assignment(): TopicPartition[] {
    return this.#ownership.all
      .filter(({ isOwned }) => isOwned)
      .map(({ topic, partition }) => ({ topic, partition }));
  }

  /** Bytes that were fetched and not yet taken. */
  get bufferedBytes(): number {
    return this.#ownership.bufferedBytes;
  }

  /** Where processing goes on, and what is committed; undefined: not known yet, nothing is. */
  position(of: TopicPartition): { position: number | undefined; committed: number | undefined } {
    const { position, committed } = this.#owned(of);
    return { position, committed };
  }

  /** Iterate it once. Leaving the loop closes it; the record in hand then comes again, to whoever is next. */
  [Symbol.asyncIterator](): AsyncIterableIterator<ConsumedRecord, void> {
    this.#begin('records');
    return new RecordLoop(this.#deliveries, () => this.close());
  }

  /** Some records of one partition at a time, as a whole processed when the next are asked for: the cheap form. */
  async *batches(): AsyncGenerator<ConsumedRecords, void> {
    this.#begin('batches');
    try {
      for (;;) {
        const portion = await this.#deliveries.take();
        if (portion === undefined) return;
        try {
          if (portion.owned.isDeliverable) {
            yield portion.all;
            portion.handledWhole();
          }
        } finally {
          portion.release();
        }
      }
    } finally {
      await this.close();
    }
  }

  /**
   * Hands records to a handler until the consumer is closed or stopped. A handler that throws has not processed its record:
   * it gets it again, after a growing delay, before any later one of the partition; see RunOptions.onError. Rejects with
   * what ended it; it is closed then.
   */
  async run(options: RunOptions): Promise<void> {
    const handlers = new Handlers(options, this.#deliveries, this.#context.logger);
    this.#begin('handlers');
    try {
      await handlers.run();
    } catch (error) {
      await this.close().catch(() => {});
      throw this.#failure ?? error;
    }
    await this.close();
  }

  /**
   * Commits what was processed; in a loop, what is in hand, too. With a record: everything of its partition up to it and
   * with it; with offsets: these, also if they lie further back. Resolves once it is kept by as many brokers as protect
   * records. Rejects with NOT_OWNER for a partition that this member does not have, DEADLINE_EXCEEDED or what the
   * coordinator says after 30 s.
   */
  async commit(what?: ConsumedRecord | readonly OffsetToCommit[]): Promise<void> {
    const deadlineMs = performance.now() + COMMIT_MS_MAX;
    const targets = what === undefined ? this.#processed() : this.#targets(what);
    await this.#committer.commit(() => targets, deadlineMs);
    const gone = targets.find(({ owned }) => !owned.mayCommit);
    if (gone !== undefined && what !== undefined) throw notOwned(gone.owned);
  }

  /** Nothing of these is delivered, what is in hand apart; the session goes on. Default: all that it has now. */
  pause(partitions?: readonly TopicPartition[]): void {
    for (const owned of this.#some(partitions)) owned.isPaused = true;
  }

  /** Default: all. */
  resume(partitions?: readonly TopicPartition[]): void {
    for (const owned of this.#some(partitions)) owned.isPaused = false;
    this.#deliveries.serve();
  }

  /** What comes next of a partition is what lies there; a record in hand is not counted. Committed with the next commit. */
  async seek(
    of: TopicPartition,
    to: { readonly offset: number } | 'earliest' | 'latest' | { readonly timestampMs: number },
  ): Promise<void> {
    const query: OffsetQuery | { readonly offset: number } = to;
    const value = typeof to === 'string' ? 0 : 'offset' in to ? to.offset : to.timestampMs;
    if (!Number.isSafeInteger(value) || value < 0) {
      throw millraceError('INVALID_REQUEST', `${JSON.stringify(to)} is not an integer from 0`);
    }
    await this.#ownership.seek(this.#owned(of), query);
  }

  /** Ends the loop or run() after what is in hand, which then closes it: for signal handlers, and from within a handler. */
  stop(): void {
    this.#deliveries.finish(undefined);
    for (const owned of this.#ownership.all) owned.isPaused = true;
  }

  /**
   * Waits for what is in hand, closeTimeoutMs at most, commits, and leaves: others have its partitions within the time of a
   * call. Within a loop break, within a handler stop(): here they would wait for themselves.
   */
  close(options: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(options);
    return this.#closing;
  }

  #begin(use: 'records' | 'batches' | 'handlers'): void {
    if (this.#use !== 'none' || this.#closing !== undefined) {
      throw millraceError('INVALID_REQUEST', 'it is consumed already, or closed');
    }
    this.#use = use;
    this.#member.start();
    if (this.#settings.commit === 'manual') return;
    this.#commitTimer = setInterval(() => {
      // What a slow coordinator has not answered yet the next one would only repeat.
      if (this.#committer.isBusy) return;
      this.#commitProcessed(this.#ownership.all).catch((error: MillraceError) => {
        this.#context.logger.warn(`commit: ${error.message}`, { code: error.code });
      });
    }, this.#settings.commitIntervalMs);
  }

  async #close({ membership }: CloseOptions): Promise<void> {
    this.#deliveries.finish(undefined);
    clearInterval(this.#commitTimer);
    const { closeTimeoutMs, options } = this.#settings;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, closeTimeoutMs);
    });
    await Promise.race([this.#ownership.revokeAll(), timeout]);
    clearTimeout(timer);
    await this.#member.leave(membership ?? (options.instanceId === undefined ? 'leave' : 'stay'));
    this.#connections.close();
    this.#context.onClosed(this);
  }

  #fail(error: MillraceError): void {
    this.#failure ??= error;
    this.#deliveries.finish(error);
  }

  async #commitProcessed(partitions: readonly OwnedPartition[]): Promise<void> {
    if (this.#settings.commit === 'manual') return;
    const deadlineMs = performance.now() + COMMIT_MS_MAX;
    await this.#committer.commit(() => partitions.flatMap(processedOf), deadlineMs);
  }

  /** For commit() of the user. */
  #processed(): CommitTarget[] {
    const { all } = this.#ownership;
    for (const { inHand } of all) {
      if (this.#use === 'records') inHand?.handledTaken();
      if (this.#use === 'batches') inHand?.handledWhole();
    }
    return all.flatMap(processedOf);
  }

  #targets(what: ConsumedRecord | readonly OffsetToCommit[]): CommitTarget[] {
    if ('length' in what) {
      return what.map(({ offset, metadata, ...of }) => ({
        owned: this.#owned(of),
        offset,
        metadata,
      }));
    }
    const { offset, leaderEpoch } = what;
    return [{ owned: this.#owned(what), offset: offset + 1, leaderEpoch }];
  }

  #some(partitions: readonly TopicPartition[] | undefined): OwnedPartition[] {
    return partitions?.map((one) => this.#owned(one)) ?? this.#ownership.all;
  }

  #owned(wanted: TopicPartition): OwnedPartition {
    const owned = this.#ownership.find(wanted);
    if (owned === undefined) throw notOwned(wanted);
    return owned;
  }
}

function processedOf(owned: OwnedPartition): CommitTarget[] {
  const { position, leaderEpoch, committed = 0, isRewound } = owned;
  // The user has committed further on.
  if (position === undefined || (position < committed && !isRewound)) return [];
  return [{ owned, offset: position, leaderEpoch }];
}

function notOwned(partition: TopicPartition): MillraceError {
  return millraceError('NOT_OWNER', `${partitionName(partition)} is not assigned to this member`);
}
