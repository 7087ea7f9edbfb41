/**
 * Reads partitions of a topic into one bounded queue. Lost connections and moved leaders are survived, partitions that
 * are added are read, too; whatever would skip or repeat records is an error unless the user allowed it, and so is
 * another topic under the name (TopicReplacedError).
 *
 * Iterate it once: record by record, or by batches(). Leaving the loop closes it.
 */
import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { Admin } from './admin.ts';
import type { ConsumedRecord, ConsumedRecords } from './consumedRecord.ts';
import {
  type ConsumeOptions,
  type ConsumeSettings,
  consumeSettings,
  type EndPosition,
  type PartitionRange,
} from './consumeOptions.ts';
import type { DataConnector } from './dataConnector.ts';
import { decodeFetched } from './decodeFetched.ts';
import { FetchQueue } from './fetchQueue.ts';
import { FetchRouter } from './fetchRouter.ts';
import type { Logger } from './logger.ts';
import type { MetadataCache, TopicMetadata } from './metadataCache.ts';
import { type FetchedBatches, PartitionCursor } from './partitionCursor.ts';
import { RecordIterator } from './recordIterator.ts';

export interface ConsumptionContext {
  readonly admin: Admin;
  readonly metadata: MetadataCache;
  readonly connector: DataConnector;
  readonly logger: Logger;
  readonly onClosed: (consumption: Consumption) => void;
}

export class Consumption implements AsyncIterable<ConsumedRecord> {
  readonly #context: ConsumptionContext;
  readonly #settings: ConsumeSettings;
  readonly #queue: FetchQueue<FetchedBatches>;
  #router: FetchRouter | undefined;
  #growth: NodeJS.Timeout | undefined;
  /** Partitions of the topic as far as they are read; Infinity: those that are added are not wanted. */
  #partitions = Number.POSITIVE_INFINITY;
  #remaining = 0;
  #started = false;
  #closed = false;

  /** Throws INVALID_REQUEST where an option is out of its bounds. */
  constructor(context: ConsumptionContext, options: ConsumeOptions) {
    this.#context = context;
    this.#settings = consumeSettings(options);
    this.#queue = new FetchQueue({
      bytesMax: this.#settings.queueBytesMax,
      onFull: () => this.#router?.pause(),
      onRoom: () => this.#router?.resume(),
    });
  }

  /** Bytes that were fetched and not yet taken. */
  get bufferedBytes(): number {
    return this.#queue.bytes;
  }

  [Symbol.asyncIterator](): AsyncIterator<ConsumedRecord, void> {
    return new RecordIterator(this.batches());
  }

  /**
   * Some records of one partition at a time: the cheap form. They are decoded, and compressed batches decompressed, as
   * they are taken.
   */
  async *batches(): AsyncGenerator<ConsumedRecords, void> {
    if (this.#started) throw millraceError('INVALID_REQUEST', 'it is consumed already');
    this.#started = true;
    try {
      await this.#start();
      for (;;) {
        const fetched = await this.#queue.take();
        if (fetched === undefined) return;
        yield* decodeFetched(fetched, this.#settings);
      }
    } finally {
      this.close();
    }
  }

  /** Ends the iteration, after what it has in hand. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue.finish(undefined);
    clearInterval(this.#growth);
    this.#router?.close();
    this.#context.onClosed(this);
  }

  #completed(): void {
    this.#remaining -= 1;
    if (this.#remaining === 0) this.#queue.finish(undefined);
  }

  async #start(): Promise<void> {
    const { metadata: cache, connector, logger } = this.#context;
    const settings = this.#settings;
    // Asked now: a partition that an older answer lacks would be missed, or read from its start as one that was added.
    const metadata = await cache.current(settings.topic);
    const ranges: readonly PartitionRange[] =
      settings.ranges ?? metadata.partitions.map((_, partition) => ({ partition }));
    const ends = await this.#endOffsets(ranges, metadata);
    if (this.#closed) return;
    const cursors = ranges.map(
      ({ partition, from }) =>
        new PartitionCursor(partition, from ?? settings.from, ends.get(partition), settings.ending),
    );
    this.#remaining = cursors.length;
    this.#router = new FetchRouter({
      topicId: metadata.topicId,
      settings,
      metadata: cache,
      connector,
      logger,
      owner: {
        fetched: (batches) => this.#queue.push(batches),
        completed: () => this.#completed(),
        failed: (error) => this.#queue.finish(error),
        learned: (learned) => this.#grow(learned),
      },
    });
    const isOpenEnded = settings.ending === 'follow' && settings.to === undefined;
    if (settings.ranges === undefined && isOpenEnded) this.#watchGrowth(metadata);
    await this.#router.open(cursors, metadata);
  }

  #watchGrowth({ topicId, partitions }: TopicMetadata): void {
    const { metadata: cache, logger } = this.#context;
    this.#partitions = partitions.length;
    const ageMsMax = cache.maxAgeMs / 2;
    this.#growth = setInterval(() => {
      cache.recent(this.#settings.topic, ageMsMax).then(
        (metadata) => {
          // What another topic of the name means, the partitions find out where they are read.
          if (metadata.topicId === topicId) this.#grow(metadata);
        },
        (error: MillraceError) => logger.debug(error.message, { code: error.code }),
      );
    }, ageMsMax);
    this.#growth.unref();
  }

  /** Nobody has read the new ones: all that they have came while this was consuming. */
  #grow(metadata: TopicMetadata): void {
    if (this.#closed || this.#router === undefined) return;
    const added: PartitionCursor[] = [];
    for (; this.#partitions < metadata.partitions.length; this.#partitions++) {
      added.push(new PartitionCursor(this.#partitions, 'earliest', undefined, 'follow'));
    }
    if (added.length === 0) return;
    this.#remaining += added.length;
    void this.#router.open(added, metadata);
  }

  async #endOffsets(
    ranges: readonly PartitionRange[],
    metadata: TopicMetadata,
  ): Promise<Map<number, number>> {
    const ends = new Map<number, number>();
    const byTime = new Map<number, number[]>();
    for (const { partition, to } of ranges) {
      if (metadata.partitions[partition] === undefined) {
        throw millraceError(
          'UNKNOWN_PARTITION',
          `topic ${metadata.name} has partitions 0..${metadata.partitions.length - 1}, not ${partition}`,
        );
      }
      const end: EndPosition | undefined = to ?? this.#settings.to;
      if (end === undefined) continue;
      if ('offset' in end) ends.set(partition, end.offset);
      else byTime.set(end.timestampMs, [...(byTime.get(end.timestampMs) ?? []), partition]);
    }
    for (const [timestampMs, partitions] of byTime) {
      const options = { partitions };
      const found = await this.#context.admin.listOffsets(metadata, { timestampMs }, options);
      for (const { partition, offset, error } of found) {
        if (error !== undefined) throw error;
        ends.set(partition, offset);
      }
    }
    return ends;
  }
}
