/**
 * Brings the batches of all lanes to the brokers that lead them: one connection per broker, retries with back-off,
 * metadata asked anew where it turned out stale, batches failed when their delivery time is over.
 */
import { MillraceError, millraceError } from '@millrace/core/errors';
import { backoffMs } from './backoff.ts';
import type { BatchSealer } from './batchSealer.ts';
import type { DataConnector } from './dataConnector.ts';
import { type DataStream, PRODUCE_STREAM_PATH } from './dataStream.ts';
import type { DeliveryLedger } from './deliveryLedger.ts';
import type { Overtaken } from './inFlightWindow.ts';
import type { Logger } from './logger.ts';
import type { MetadataCache, TopicMetadata } from './metadataCache.ts';
import type { PartitionLane } from './partitionLane.ts';
import { ProduceConnection, type ProduceConnectionOwner } from './produceConnection.ts';
import type { ProducerBatch } from './producerBatch.ts';
import type { ProducerSettings } from './producerOptions.ts';
import { type RetryDecision, retryDecision } from './retryDecision.ts';

export interface LaneRouterContext {
  readonly settings: ProducerSettings;
  readonly metadata: MetadataCache;
  readonly connector: DataConnector;
  readonly logger: Logger;
  readonly ledger: DeliveryLedger;
  readonly sealer: BatchSealer;
  /** The topic may have more partitions or other limits now. */
  readonly learned: (metadata: TopicMetadata) => void;
}

/** Partitions that were added are noticed after this at the latest. */
const METADATA_AGE_MS_MAX = 5 * 60_000;

/** The broker answers when the delivery time is over; one that says nothing for so much longer is given up. */
const SILENCE_MS = 5_000;

interface RoutedTopic {
  readonly lanes: PartitionLane[];
  refreshedMs: number;
}

export class LaneRouter implements ProduceConnectionOwner {
  readonly #context: LaneRouterContext;
  readonly #topics = new Map<string, RoutedTopic>();
  readonly #connections = new Map<number, ProduceConnection>();
  readonly #refreshing = new Map<string, Promise<void>>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #sweep: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(context: LaneRouterContext) {
    this.#context = context;
  }

  add(lane: PartitionLane): void {
    const topic = this.#topics.get(lane.topic);
    if (topic !== undefined) topic.lanes.push(lane);
    else this.#topics.set(lane.topic, { lanes: [lane], refreshedMs: performance.now() });
  }

  /** The lane has got the first record of an open batch. */
  opened(lane: PartitionLane): void {
    this.#startSweep();
    if (lane.leader < 0) this.#reroute(lane);
    else this.#connection(lane.leader).linger(lane);
  }

  /** The lane has a batch that waits for nothing any more. */
  due(lane: PartitionLane): void {
    if (lane.leader < 0) this.#reroute(lane);
    else this.#connection(lane.leader).due(lane);
  }

  flush(lane: PartitionLane): void {
    if (lane.open !== undefined) lane.openIsDue = true;
    if (lane.hasDue) this.due(lane);
  }

  /** Everything that is not acknowledged fails now; nothing is sent again. */
  abandon(error: MillraceError): void {
    this.#closed = true;
    for (const connection of this.#connections.values()) connection.abort(error);
    for (const { lanes } of this.#topics.values()) {
      for (const lane of lanes) this.#failQueued(lane, error);
    }
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#sweep);
    for (const timer of this.#timers) clearTimeout(timer);
    for (const connection of this.#connections.values()) connection.close();
  }

  open(brokerId: number): Promise<DataStream> {
    return this.#context.connector.open(brokerId, PRODUCE_STREAM_PATH);
  }

  nextBatch(lane: PartitionLane): ProducerBatch | undefined {
    if (lane.sealed.length === 0 && lane.openIsDue) this.#context.sealer.seal(lane);
    return lane.sealed.shift();
  }

  acknowledged(lane: PartitionLane, batch: ProducerBatch, baseOffset: number): void {
    const { ledger, sealer } = this.#context;
    lane.refusals = 0;
    lane.lastError = undefined;
    this.#failOvertaken(lane.window.acknowledged(batch));
    ledger.settle(batch, baseOffset, undefined);
    sealer.recycle(batch);
    this.#sendAgain(lane);
  }

  refused(lane: PartitionLane, batch: ProducerBatch, error: MillraceError): void {
    if (error.outcome === 'unknown') batch.inDoubt = true;
    const decision = this.#decide(batch, error);
    if (decision === 'fail') {
      lane.window.failed(batch);
      this.#context.ledger.settle(batch, -1, error);
    } else {
      lane.lastError = error;
      lane.isStale ||= decision === 'refresh-then-retry';
      this.#failOvertaken(lane.window.refused(batch, error));
    }
    this.#sendAgain(lane);
  }

  unreachable(lanes: readonly PartitionLane[], error: MillraceError): void {
    this.#context.logger.warn(error.message, { code: error.code });
    for (const lane of lanes) {
      lane.lastError = error;
      this.#refresh(lane.topic);
    }
  }

  /** Sending them again would put them behind later records. */
  #failOvertaken(overtaken: readonly Overtaken<ProducerBatch, MillraceError>[]): void {
    for (const { batch, error } of overtaken) this.#context.ledger.settle(batch, -1, error);
  }

  #decide(batch: ProducerBatch, error: MillraceError): RetryDecision {
    if (this.#closed) return 'fail';
    const { settings } = this.#context;
    if (performance.now() >= batch.createdMs + settings.deliveryTimeoutMs) return 'fail';
    if (error.code === 'RECORD_TOO_LARGE' && error.outcome === 'not-applied') {
      batch.mustSplit = batch.recordCount > 1;
      return batch.mustSplit ? 'refresh-then-retry' : 'fail';
    }
    return retryDecision(error, settings);
  }

  /** Once every batch in flight has its answer, those that were refused go back to the front and wait a little. */
  #sendAgain(lane: PartitionLane): void {
    const refused = lane.window.takeRefused();
    if (refused.length === 0) return;
    const { sealer } = this.#context;
    lane.sealed.unshiftAll(
      refused.flatMap((batch) => (batch.mustSplit ? sealer.split(batch) : [batch])),
    );
    lane.refusals += 1;
    const delayMs = backoffMs(lane.refusals, Math.random(), lane.lastError?.retryAfterMs);
    lane.notBeforeMs = performance.now() + delayMs;
    this.#after(delayMs, () => {
      // Not left to the clock: a timer may fire early by a fraction.
      lane.notBeforeMs = 0;
      if (lane.isStale) this.#reroute(lane);
      else this.due(lane);
    });
  }

  #reroute(lane: PartitionLane): void {
    lane.isStale = true;
    this.#refresh(lane.topic);
  }

  #refresh(topic: string): void {
    if (this.#closed || this.#refreshing.has(topic)) return;
    const refresh = this.#context.metadata.refresh(topic).then(
      (metadata) => this.#apply(topic, metadata),
      (error: unknown) => this.#withoutMetadata(topic, error),
    );
    this.#refreshing.set(topic, refresh);
  }

  #apply(topic: string, metadata: TopicMetadata): void {
    this.#refreshing.delete(topic);
    const routed = this.#topics.get(topic);
    if (routed !== undefined) routed.refreshedMs = performance.now();
    this.#context.learned(metadata);
    for (const lane of routed?.lanes ?? []) {
      // A lane that moved with batches in flight could have them overtaken.
      if (lane.window.length > 0) continue;
      const leaderBefore = lane.leader;
      const partition = metadata.partitions[lane.partition];
      lane.topicId = metadata.topicId;
      lane.leader = partition?.leader ?? -1;
      if (partition === undefined) this.#failQueued(lane, gone(lane));
      if (!lane.isStale && lane.leader === leaderBefore) continue;
      lane.isStale = lane.leader < 0;
      if (lane.isStale && !lane.isIdle) this.#refresh(topic);
      else this.flush(lane);
    }
  }

  #withoutMetadata(topic: string, thrown: unknown): void {
    this.#refreshing.delete(topic);
    const error =
      thrown instanceof MillraceError ? thrown : millraceError('INTERNAL', String(thrown));
    const lanes = this.#topics.get(topic)?.lanes ?? [];
    for (const lane of lanes) {
      lane.lastError = error;
      if (!error.retriable) this.#failQueued(lane, error);
    }
    if (error.retriable && lanes.some((lane) => !lane.isIdle)) {
      this.#after(backoffMs(1, Math.random(), error.retryAfterMs), () => this.#refresh(topic));
    }
  }

  #failQueued(lane: PartitionLane, cause: MillraceError): void {
    const { ledger } = this.#context;
    const batches = lane.sealed.takeAll();
    if (lane.open !== undefined) batches.push(lane.open);
    lane.open = undefined;
    lane.openIsDue = false;
    for (const batch of batches) ledger.settle(batch, -1, unsent(batch, cause));
  }

  #connection(brokerId: number): ProduceConnection {
    let connection = this.#connections.get(brokerId);
    if (connection === undefined) {
      connection = new ProduceConnection(brokerId, this.#context.settings, this);
      this.#connections.set(brokerId, connection);
    }
    return connection;
  }

  #after(delayMs: number, callback: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#closed) callback();
    }, delayMs);
    this.#timers.add(timer);
  }

  #startSweep(): void {
    const { deliveryTimeoutMs } = this.#context.settings;
    const periodMs = Math.min(1_000, Math.max(10, deliveryTimeoutMs / 4));
    this.#sweep ??= setInterval(() => this.#expire(), periodMs);
  }

  #expire(): void {
    const { ledger, settings } = this.#context;
    if (ledger.outstanding === 0) {
      clearInterval(this.#sweep);
      this.#sweep = undefined;
      return;
    }
    const bornBeforeMs = performance.now() - settings.deliveryTimeoutMs;
    const staleFromMs = performance.now() - METADATA_AGE_MS_MAX;
    for (const [name, { lanes, refreshedMs }] of this.#topics) {
      for (const lane of lanes) this.#expireLane(lane, bornBeforeMs);
      if (refreshedMs < staleFromMs) this.#refresh(name);
    }
  }

  #expireLane(lane: PartitionLane, bornBeforeMs: number): void {
    const silent = lane.window.oldest();
    if (silent !== undefined && silent.createdMs <= bornBeforeMs - SILENCE_MS) {
      const message = 'the broker does not answer';
      this.#connections.get(lane.leader)?.abort(millraceError('DEADLINE_EXCEEDED', message));
    }
    for (;;) {
      const late = lane.sealed.peek() ?? lane.open;
      if (late === undefined || late.createdMs > bornBeforeMs) return;
      if (lane.sealed.shift() === undefined) {
        lane.open = undefined;
        lane.openIsDue = false;
      }
      this.#context.ledger.settle(late, -1, expired(late, lane, this.#context.settings));
    }
  }
}

function unsent(batch: ProducerBatch, cause: MillraceError): MillraceError {
  const outcome = batch.inDoubt ? 'unknown' : 'not-applied';
  return millraceError(cause.code, cause.message, { outcome, cause });
}

function expired(
  batch: ProducerBatch,
  lane: PartitionLane,
  settings: ProducerSettings,
): MillraceError {
  const why = lane.lastError === undefined ? '' : `: ${lane.lastError.message}`;
  return millraceError(
    'DEADLINE_EXCEEDED',
    `not delivered within ${settings.deliveryTimeoutMs} ms${why}`,
    { outcome: batch.inDoubt ? 'unknown' : 'not-applied', cause: lane.lastError },
  );
}

function gone(lane: PartitionLane): MillraceError {
  return millraceError(
    'UNKNOWN_PARTITION',
    `topic ${lane.topic} has no partition ${lane.partition} any more`,
  );
}
