/**
 * Reads partitions of a topic: one Fetch stream per leader into one bounded queue. Lost connections and moved leaders
 * are survived, going on behind the last record received; whatever would skip or repeat records is an error unless the
 * user allowed it.
 *
 * Iterate it once: record by record, or by batches(). Leaving the loop closes it.
 */
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import type { Admin } from './admin.ts';
import { backoffMs, RECONNECT_BACKOFF, RETRY_BACKOFF } from './backoff.ts';
import type { ConsumedRecord, ConsumedRecords } from './consumedRecord.ts';
import {
  type ConsumeOptions,
  type ConsumeSettings,
  consumeSettings,
  type EndPosition,
  type PartitionRange,
} from './consumeOptions.ts';
import type { DataConnector } from './dataConnector.ts';
import { FETCH_PATH } from './dataStream.ts';
import { decodeFetched } from './decodeFetched.ts';
import { FetchQueue } from './fetchQueue.ts';
import { FetchStream, type FetchStreamOwner } from './fetchStream.ts';
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
  readonly #streams = new Set<FetchStream>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #owner: FetchStreamOwner = {
    fetched: (batches) => this.#queue.push(batches),
    completed: () => this.#completed(),
    failed: (cursors, error) => this.#failed(cursors, error),
  };
  #remaining = 0;
  #started = false;
  #closed = false;

  /** Throws INVALID_REQUEST where an option is out of its bounds. */
  constructor(context: ConsumptionContext, options: ConsumeOptions) {
    this.#context = context;
    this.#settings = consumeSettings(options);
    this.#queue = new FetchQueue({
      bytesMax: this.#settings.queueBytesMax,
      onFull: () => this.#streams.forEach((stream) => stream.pause()),
      onRoom: () => this.#streams.forEach((stream) => stream.resume()),
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
    for (const timer of this.#timers) clearTimeout(timer);
    for (const stream of this.#streams) stream.close();
    this.#context.onClosed(this);
  }

  #completed(): void {
    this.#remaining -= 1;
    if (this.#remaining === 0) this.#queue.finish(undefined);
  }

  #failed(cursors: readonly PartitionCursor[], error: MillraceError): void {
    if (this.#closed) return;
    const nowMs = performance.now();
    let attempt = 0;
    for (const cursor of cursors) {
      const fatal = this.#fatal(cursor, error, nowMs);
      if (fatal !== undefined) return this.#queue.finish(fatal);
      attempt = Math.max(attempt, cursor.failures);
    }
    // A broker that is gone asks for nothing: its code's default is not its wish.
    const lost = error.code === 'UNAVAILABLE';
    const limits = lost ? RECONNECT_BACKOFF : RETRY_BACKOFF;
    const delayMs = backoffMs(attempt, Math.random(), lost ? 0 : error.retryAfterMs, limits);
    const partitions = cursors.map(({ partition }) => partition);
    this.#context.logger.debug(error.message, { code: error.code, partitions, delayMs });
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#reopen(cursors);
    }, delayMs);
    this.#timers.add(timer);
  }

  /** Why the consumption ends; undefined if the partition is tried again. */
  #fatal(cursor: PartitionCursor, error: MillraceError, nowMs: number): MillraceError | undefined {
    const { topic, onOutOfRange, unreachableMsMax } = this.#settings;
    if (cursor.failures === 0) cursor.failingSinceMs = nowMs;
    cursor.failures += 1;
    const where = `${topic} partition ${cursor.partition}`;
    const about = (why: string): MillraceError =>
      millraceError(error.code, `${where}: ${why}`, { outcome: error.outcome, cause: error });
    if (error.code === 'OFFSET_OUT_OF_RANGE' && onOutOfRange !== 'error') {
      this.#context.logger.warn(`${where}: ${error.message}, going on from ${onOutOfRange}`);
      cursor.restart(onOutOfRange);
      return undefined;
    }
    // Reading twice changes nothing, so that the outcome does not matter here; CANCELLED comes from a peer.
    if (!error.retriable && error.code !== 'CANCELLED') return about(error.message);
    if (nowMs - cursor.failingSinceMs < unreachableMsMax) return undefined;
    return about(
      `not readable for ${Math.round(nowMs - cursor.failingSinceMs)} ms: ${error.message}`,
    );
  }

  async #start(): Promise<void> {
    const metadata = await this.#context.metadata.topic(this.#settings.topic);
    const ranges: readonly PartitionRange[] =
      this.#settings.ranges ?? metadata.partitions.map((_, partition) => ({ partition }));
    const ends = await this.#endOffsets(ranges, metadata);
    const cursors = ranges.map(
      (range) =>
        new PartitionCursor(
          range.partition,
          range.from ?? this.#settings.from,
          ends.get(range.partition),
          this.#settings.ending,
        ),
    );
    this.#remaining = cursors.length;
    await this.#open(cursors, metadata);
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
      const found = await this.#context.admin.listOffsets(metadata.name, { timestampMs }, options);
      for (const { partition, offset, error } of found) {
        if (error !== undefined) throw error;
        ends.set(partition, offset);
      }
    }
    return ends;
  }

  async #reopen(cursors: readonly PartitionCursor[]): Promise<void> {
    let metadata: TopicMetadata;
    try {
      metadata = await this.#context.metadata.refresh(this.#settings.topic);
    } catch (thrown) {
      this.#failed(cursors, toMillraceError(thrown));
      return;
    }
    await this.#open(cursors, metadata);
  }

  /** Never throws: what goes wrong is a failure of the partitions that it concerns. */
  async #open(cursors: readonly PartitionCursor[], metadata: TopicMetadata): Promise<void> {
    const byLeader = new Map<number, PartitionCursor[]>();
    for (const cursor of cursors) {
      const leader = metadata.partitions[cursor.partition]?.leader ?? -1;
      const led = byLeader.get(leader);
      if (led === undefined) byLeader.set(leader, [cursor]);
      else led.push(cursor);
    }
    const opening = [...byLeader].map(([leader, led]) => this.#openOne(leader, led, metadata));
    await Promise.all(opening);
  }

  async #openOne(
    leader: number,
    cursors: readonly PartitionCursor[],
    metadata: TopicMetadata,
  ): Promise<void> {
    if (leader < 0) {
      this.#failed(cursors, millraceError('PARTITION_OFFLINE', 'nobody leads it'));
      return;
    }
    try {
      const stream = await this.#context.connector.open(leader, FETCH_PATH);
      if (this.#closed) return stream.close();
      const fetching = new FetchStream(stream, cursors, {
        topicId: metadata.topicId,
        ending: this.#settings.ending,
        messageBytesMax: this.#settings.messageBytesMax,
        owner: this.#owner,
        onClosed: (closed) => this.#streams.delete(closed),
      });
      this.#streams.add(fetching);
      if (this.#queue.isFull) fetching.pause();
    } catch (thrown) {
      this.#failed(cursors, toMillraceError(thrown));
    }
  }
}
