/**
 * Brings the batches of all lanes to the brokers that lead them: one connection per broker, retries with back-off,
 * metadata asked anew where it turned out stale, batches failed when their delivery time is over. A lane moves, to
 * another broker or to the topic that has taken its name, only while nothing of it is in flight: its order is kept.
 */
import { type MillraceError, millraceError } from '@millrace/core/errors';
import { backoffMs } from './backoff.ts';
import type { BatchSealer } from './batchSealer.ts';
import type { DataConnector } from './dataConnector.ts';
import { type DataStream, PRODUCE_STREAM_PATH } from './dataStream.ts';
import type { DeliveryLedger } from './deliveryLedger.ts';
import type { Overtaken } from './inFlightWindow.ts';
import type { Logger } from './logger.ts';
import type { MetadataCache, PartitionMetadata, TopicMetadata } from './metadataCache.ts';
import type { PartitionLane } from './partitionLane.ts';
import { ProduceConnection, type ProduceConnectionOwner } from './produceConnection.ts';
import type { ProducerBatch } from './producerBatch.ts';
import type { ProducerSettings } from './producerOptions.ts';
import { type RetryDecision, retryDecision } from './retryDecision.ts';
import { TopicReplacedError } from './topicReplacedError.ts';
import { TopicWatch, type TopicWatchOwner } from './topicWatch.ts';

export interface LaneRouterContext {
  readonly settings: ProducerSettings;
  readonly metadata: MetadataCache;
  readonly connector: DataConnector;
  readonly logger: Logger;
  readonly ledger: DeliveryLedger;
  readonly sealer: BatchSealer;
  /** Places records: told after the lanes are. */
  readonly writers: TopicWatchOwner;
}

/** The broker answers when the delivery time is over; one that says nothing for so much longer is given up. */
const SILENCE_MS = 5_000;

/** Of a partition that its topic does not have. */
const NOBODY: PartitionMetadata = { leader: -1, leaderEpoch: -1 };

export class LaneRouter implements ProduceConnectionOwner, TopicWatchOwner {
  readonly #context: LaneRouterContext;
  readonly #watch: TopicWatch;
  /** Index = partition. */
  readonly #topics = new Map<string, PartitionLane[]>();
  readonly #connections = new Map<number, ProduceConnection>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #sweep: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(context: LaneRouterContext) {
    this.#context = context;
    this.#watch = new TopicWatch(context.metadata, this);
  }

  add(lane: PartitionLane): void {
    const lanes = this.#topics.get(lane.topic);
    if (lanes !== undefined) lanes.push(lane);
    else this.#topics.set(lane.topic, [lane]);
  }

  /** The topic's writers will learn what it is now, or why that cannot be told. */
  ask(topic: string): void {
    this.#watch.refresh(topic);
  }

  /** The lane has got the first record of an open batch. */
  opened(lane: PartitionLane): void {
    this.#startSweep();
    this.#watch.used(lane.topic);
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
    for (const lanes of this.#topics.values()) {
      for (const lane of lanes) this.#failQueued(lane, error);
    }
  }

  close(): void {
    this.#closed = true;
    this.#watch.close();
    clearInterval(this.#sweep);
    for (const timer of this.#timers) clearTimeout(timer);
    for (const connection of this.#connections.values()) connection.close();
  }

  async open(brokerId: number): Promise<DataStream> {
    const connection = await this.#context.connector.connect(brokerId);
    return connection.open(PRODUCE_STREAM_PATH);
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
      if (decision === 'refresh-then-retry') {
        lane.isStale = true;
        lane.isHinted = false;
        lane.hint = error.leader;
      }
      this.#failOvertaken(lane.window.refused(batch, error));
    }
    this.#sendAgain(lane);
  }

  unreachable(lanes: readonly PartitionLane[], error: MillraceError): void {
    this.#context.logger.warn(error.message, { code: error.code });
    for (const lane of lanes) {
      lane.lastError = error;
      lane.isHinted = false;
      this.#refresh(lane.topic);
    }
  }

  learned(metadata: TopicMetadata): void {
    for (const lane of this.#topics.get(metadata.name) ?? []) this.#follow(lane, metadata);
    this.#context.writers.learned(metadata);
  }

  notLearned(topic: string, error: MillraceError): void {
    const lanes = this.#topics.get(topic) ?? [];
    for (const lane of lanes) {
      lane.lastError = error;
      if (!error.retriable) this.#failQueued(lane, error);
    }
    this.#context.writers.notLearned(topic, error);
    if (error.retriable && lanes.some((lane) => lane.isStale && !lane.isIdle)) {
      this.#after(backoffMs(1, Math.random(), error.retryAfterMs), () => this.#refresh(topic));
    }
  }

  dormant(topic: string): void {
    this.#context.writers.dormant(topic);
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
    // A broker that names the leader knows better: there is nothing to wait for, unless it is wrong, too.
    const isFirstHint = lane.hint !== undefined && lane.refusals === 1;
    const delayMs = backoffMs(lane.refusals, Math.random(), lane.lastError?.retryAfterMs);
    lane.isResting = true;
    this.#after(isFirstHint ? 0 : delayMs, () => this.#rested(lane));
  }

  #rested(lane: PartitionLane): void {
    const { hint } = lane;
    lane.hint = undefined;
    if (hint === undefined) return this.#hinted(lane, undefined);
    this.#context.metadata.brokerAt(hint).then(
      (leader) => this.#hinted(lane, leader),
      () => this.#hinted(lane, undefined),
    );
  }

  #hinted(lane: PartitionLane, leader: number | undefined): void {
    lane.isResting = false;
    if (this.#closed) return;
    if (leader === undefined) {
      if (lane.isStale) this.#refresh(lane.topic);
      else this.due(lane);
      return;
    }
    this.#context.connector.endDetour(leader);
    this.#connections.get(leader)?.leaveDetour();
    lane.followHint(leader);
    this.flush(lane);
    // Other partitions may have moved with it.
    this.#refresh(lane.topic);
  }

  #reroute(lane: PartitionLane): void {
    lane.isStale = true;
    this.#refresh(lane.topic);
  }

  #refresh(topic: string): void {
    if (!this.#closed) this.#watch.refresh(topic);
  }

  #follow(lane: PartitionLane, metadata: TopicMetadata): void {
    // It could have batches overtaken; their answers bring it back here if it has to move.
    if (lane.window.length > 0) return;
    const { topicId: oldTopicId, leader: leaderBefore } = lane;
    const partition = metadata.partitions[lane.partition];
    // Partitions are only added: the answer is an old one.
    if (partition === undefined && metadata.topicId === oldTopicId) return;
    const replaced = new TopicReplacedError(lane.topic, oldTopicId, metadata.topicId);
    for (const batch of lane.follow(metadata.topicId, partition ?? NOBODY)) {
      this.#context.ledger.settle(batch, -1, unsent(batch, replaced));
    }
    if (partition === undefined) this.#failQueued(lane, gone(lane));
    if (!lane.isStale && lane.leader === leaderBefore) return;
    lane.isStale = lane.leader < 0;
    if (!lane.isStale) this.flush(lane);
    else if (!lane.isIdle) this.#refresh(lane.topic);
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
    for (const lanes of this.#topics.values()) {
      for (const lane of lanes) this.#expireLane(lane, bornBeforeMs);
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
