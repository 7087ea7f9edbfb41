/**
 * Reads partitions of one topic from the brokers that lead them: one connection per broker. Lost connections and moved
 * leaders are survived, going on behind the last record received. What is read is the topic of one id: another one
 * under its name is an error.
 */
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import { backoffMs, RECONNECT_BACKOFF, RETRY_BACKOFF } from './backoff.ts';
import type { ConsumeSettings } from './consumeOptions.ts';
import type { DataConnection } from './dataConnection.ts';
import type { DataConnector } from './dataConnector.ts';
import { FETCH_PATH } from './dataStream.ts';
import { FetchStream } from './fetchStream.ts';
import type { Logger } from './logger.ts';
import type { MetadataCache, TopicMetadata } from './metadataCache.ts';
import type { FetchedBatches, PartitionCursor } from './partitionCursor.ts';
import { TopicReplacedError } from './topicReplacedError.ts';

export interface FetchRouterOwner {
  fetched(batches: FetchedBatches): void;
  completed(cursor: PartitionCursor): void;
  /** Nothing more will be read that matters. */
  failed(error: MillraceError): void;
  /** The topic was asked for again. */
  learned(metadata: TopicMetadata): void;
}

export interface FetchRouterContext {
  readonly topicId: string;
  readonly settings: ConsumeSettings;
  readonly metadata: MetadataCache;
  readonly connector: Pick<DataConnector, 'connect' | 'endDetour'>;
  readonly logger: Logger;
  readonly owner: FetchRouterOwner;
}

export class FetchRouter {
  readonly #context: FetchRouterContext;
  readonly #streams = new Set<FetchStream>();
  readonly #connections = new Map<number, Promise<DataConnection>>();
  /** What waits for its next attempt, by why: partitions that fail alike are read by one stream again. */
  readonly #waiting = new Map<string, PartitionCursor[]>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #paused = false;
  #closed = false;

  constructor(context: FetchRouterContext) {
    this.#context = context;
  }

  /** Never throws: what goes wrong is a failure of the partitions that it concerns. */
  async open(cursors: readonly PartitionCursor[], metadata: TopicMetadata): Promise<void> {
    const byLeader = Map.groupBy(
      cursors,
      ({ partition }) => metadata.partitions[partition]?.leader ?? -1,
    );
    await this.#openEach(byLeader);
  }

  pause(): void {
    this.#paused = true;
    for (const stream of this.#streams) stream.pause();
  }

  resume(): void {
    this.#paused = false;
    for (const stream of this.#streams) stream.resume();
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const stream of this.#streams) stream.close();
  }

  async #openEach(byLeader: ReadonlyMap<number, readonly PartitionCursor[]>): Promise<void> {
    await Promise.all([...byLeader].map(([leader, led]) => this.#openOne(leader, led)));
  }

  async #openOne(leader: number, cursors: readonly PartitionCursor[]): Promise<void> {
    if (leader < 0) {
      this.#retry(cursors, millraceError('PARTITION_OFFLINE', 'nobody leads it'));
      return;
    }
    const { topicId, settings, owner } = this.#context;
    try {
      const connection = await this.#connect(leader);
      if (this.#closed) return;
      const stream = new FetchStream(connection.open(FETCH_PATH), cursors, {
        topicId,
        ending: settings.ending,
        messageBytesMax: settings.messageBytesMax,
        owner: {
          fetched: (batches) => owner.fetched(batches),
          completed: (cursor) => owner.completed(cursor),
          failed: (failed, error) => this.#retry(failed, error),
        },
        onClosed: (closed) => this.#streams.delete(closed),
      });
      this.#streams.add(stream);
      if (this.#paused) stream.pause();
    } catch (thrown) {
      this.#retry(cursors, toMillraceError(thrown));
    }
  }

  /** The connection that there is, as long as it is good for another call. */
  async #connect(brokerId: number): Promise<DataConnection> {
    const known = this.#connections.get(brokerId);
    const connection = await known?.catch(() => undefined);
    if (connection?.isUsable === true) return connection;
    let connecting = this.#connections.get(brokerId);
    if (connecting === undefined || connecting === known) {
      connecting = this.#context.connector.connect(brokerId);
      this.#connections.set(brokerId, connecting);
    }
    const opened = await connecting;
    // It has no call yet that would take it along.
    if (this.#closed) opened.closeUnused();
    return opened;
  }

  #retry(cursors: readonly PartitionCursor[], error: MillraceError): void {
    if (this.#closed) return;
    const nowMs = performance.now();
    let attempt = 0;
    for (const cursor of cursors) {
      const fatal = this.#fatal(cursor, error, nowMs);
      if (fatal !== undefined) return this.#context.owner.failed(fatal);
      cursor.hint = error.leader;
      attempt = Math.max(attempt, cursor.failures);
    }
    const key = `${error.code} ${attempt}`;
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) {
      waiting.push(...cursors);
      return;
    }
    const together = [...cursors];
    this.#waiting.set(key, together);
    const delayMs = retryDelayMs(error, attempt);
    this.#context.logger.debug(error.message, {
      code: error.code,
      partitions: cursors.map(({ partition }) => partition),
      delayMs,
    });
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#waiting.delete(key);
      void this.#reopen(together, error);
    }, delayMs);
    this.#timers.add(timer);
  }

  /** Why all ends; undefined if the partition is tried again. */
  #fatal(cursor: PartitionCursor, error: MillraceError, nowMs: number): MillraceError | undefined {
    const { topic, onOutOfRange, unreachableMsMax } = this.#context.settings;
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
    const mayPass = error.retriable || error.code === 'CANCELLED' || isUnknown(error);
    if (!mayPass) return about(error.message);
    if (nowMs - cursor.failingSinceMs < unreachableMsMax) return undefined;
    return about(
      `not readable for ${Math.round(nowMs - cursor.failingSinceMs)} ms: ${error.message}`,
    );
  }

  /** Where a broker has named the leader, goes there; asks for it else. */
  async #reopen(cursors: readonly PartitionCursor[], error: MillraceError): Promise<void> {
    const byLeader = new Map<number, PartitionCursor[]>();
    const lost: PartitionCursor[] = [];
    for (const cursor of cursors) {
      const leader = await this.#hinted(cursor);
      const led = leader === undefined ? lost : byLeader.get(leader);
      if (led !== undefined) led.push(cursor);
      else if (leader !== undefined) byLeader.set(leader, [cursor]);
    }
    if (this.#closed) return;
    await Promise.all([
      this.#openEach(byLeader),
      lost.length === 0 ? undefined : this.#openLost(lost, error),
    ]);
  }

  async #hinted(cursor: PartitionCursor): Promise<number | undefined> {
    const { hint } = cursor;
    cursor.hint = undefined;
    if (hint === undefined) return undefined;
    const { metadata, connector } = this.#context;
    const leader = await metadata.brokerAt(hint).catch(() => undefined);
    if (leader === undefined) return undefined;
    connector.endDetour(leader);
    const connection = await this.#connections.get(leader)?.catch(() => undefined);
    // Whoever was asked in its place did not pass it on.
    if (connection?.way === 'detour') this.#connections.delete(leader);
    return leader;
  }

  async #openLost(cursors: readonly PartitionCursor[], error: MillraceError): Promise<void> {
    const { settings, topicId, owner } = this.#context;
    let metadata: TopicMetadata;
    try {
      metadata = await this.#context.metadata.refresh(settings.topic);
    } catch (thrown) {
      const unanswered = toMillraceError(thrown);
      if (unanswered.code === 'UNKNOWN_TOPIC') owner.failed(unanswered);
      else this.#retry(cursors, unanswered);
      return;
    }
    if (this.#closed) return;
    // Metadata alone is no proof: whoever answered may be behind. A leader is asked for the id, if there is one.
    const isLed = cursors.every(
      ({ partition }) => (metadata.partitions[partition]?.leader ?? -1) >= 0,
    );
    if (metadata.topicId !== topicId && (isUnknown(error) || !isLed)) {
      owner.failed(new TopicReplacedError(settings.topic, topicId, metadata.topicId));
      return;
    }
    if (metadata.topicId === topicId) owner.learned(metadata);
    await this.open(cursors, metadata);
  }
}

/** The topic is gone, or the broker has not heard of it yet: the metadata tells which. */
function isUnknown({ code }: MillraceError): boolean {
  return code === 'UNKNOWN_TOPIC' || code === 'UNKNOWN_PARTITION';
}

function retryDelayMs(error: MillraceError, attempt: number): number {
  // A broker that names the leader knows better: there is nothing to wait for, unless that one is wrong, too.
  if (error.leader !== undefined && attempt === 1) return 0;
  // A broker that is gone asks for nothing: its code's default is not its wish.
  const lost = error.code === 'UNAVAILABLE';
  const limits = lost ? RECONNECT_BACKOFF : RETRY_BACKOFF;
  return backoffMs(attempt, Math.random(), lost ? 0 : error.retryAfterMs, limits);
}
