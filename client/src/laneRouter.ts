/**
 * Brings the batches of all lanes to the brokers that lead them: one connection per broker, retries with back-off,
 * metadata asked anew where it turned out stale. A lane moves, to another broker or to the topic that has taken its name,
 * only while nothing of it is in flight: its order is kept.
 */
import { type MillraceError, millraceError } from '@millrace/core/errors';
import { backoffMs } from './backoff.ts';
import { afterAll, verdictOn, withoutAttempt } from './batchVerdict.ts';
import type { BatchSealer } from './batchSealer.ts';
import type { DataConnector } from './dataConnector.ts';
import type { DeliveryLedger } from './deliveryLedger.ts';
import { DeliverySweep, type DeliverySweepOwner } from './deliverySweep.ts';
import type { Overtaken } from './inFlightWindow.ts';
import { LaneIdentities, type LaneIdentitiesOwner } from './laneIdentities.ts';
import type { LaneSequences } from './laneSequences.ts';
import type { Logger } from './logger.ts';
import type { MetadataCache, PartitionMetadata, TopicMetadata } from './metadataCache.ts';
import type { PartitionLane } from './partitionLane.ts';
import type { ProduceConnectionOwner } from './produceConnection.ts';
import { ProduceConnections } from './produceConnections.ts';
import type { ProducerBatch } from './producerBatch.ts';
import type { ProducerIdentity } from './producerIdentity.ts';
import type { ProducerSettings } from './producerOptions.ts';
import { TopicReplacedError } from './topicReplacedError.ts';
import { TopicWatch, type TopicWatchOwner } from './topicWatch.ts';

export interface LaneRouterContext {
  readonly settings: ProducerSettings;
  readonly metadata: MetadataCache;
  readonly connector: DataConnector;
  readonly logger: Logger;
  readonly ledger: DeliveryLedger;
  readonly sealer: BatchSealer;
  readonly identity: ProducerIdentity;
  /** Nothing more can be sent, ever. */
  readonly fenced: (error: MillraceError) => void;
  /** Places records: told after the lanes are. */
  readonly writers: TopicWatchOwner;
}

/** Of a partition that its topic does not have. */
const NOBODY: PartitionMetadata = { leader: -1, leaderEpoch: -1 };

export class LaneRouter
  implements ProduceConnectionOwner, TopicWatchOwner, DeliverySweepOwner, LaneIdentitiesOwner
{
  readonly #context: LaneRouterContext;
  readonly #watch: TopicWatch;
  /** Index = partition. */
  readonly #topics = new Map<string, PartitionLane[]>();
  readonly #connections: ProduceConnections;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #sweep: DeliverySweep;
  readonly #identities: LaneIdentities;
  #closed = false;

  constructor(context: LaneRouterContext) {
    this.#context = context;
    this.#watch = new TopicWatch(context.metadata, this);
    this.#sweep = new DeliverySweep(context.settings, this);
    this.#identities = new LaneIdentities(context.identity, this);
    this.#connections = new ProduceConnections(context.settings, context.connector, this);
  }

  get outstanding(): number {
    return this.#context.ledger.outstanding;
  }

  *lanes(): Iterable<PartitionLane> {
    for (const lanes of this.#topics.values()) yield* lanes;
  }

  /** Records come soon. */
  prepare(): void {
    if (this.#context.settings.idempotence === 'on') this.#identities.prepare();
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
    this.#sweep.start();
    this.#watch.used(lane.topic);
    if (lane.leader < 0) this.#reroute(lane);
    else this.#connections.to(lane.leader).linger(lane);
  }

  /** The lane has a batch that waits for nothing any more. */
  due(lane: PartitionLane): void {
    if (lane.leader < 0) this.#reroute(lane);
    else this.#connections.to(lane.leader).due(lane);
  }

  flush(lane: PartitionLane): void {
    if (lane.open !== undefined) lane.openIsDue = true;
    if (lane.hasDue) this.due(lane);
  }

  /** Everything that is not acknowledged fails now; nothing is sent again. */
  abandon(error: MillraceError): void {
    this.#closed = true;
    this.#connections.abort(error);
    for (const lane of this.lanes()) this.failQueued(lane, error);
  }

  close(): void {
    this.#closed = true;
    this.#watch.close();
    this.#sweep.stop();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#connections.close();
  }

  nextBatch(lane: PartitionLane): ProducerBatch | undefined {
    if (lane.sequences !== undefined && !this.#mayStamp(lane, lane.sequences)) return undefined;
    if (lane.sealed.length === 0 && lane.openIsDue) this.#context.sealer.seal(lane);
    const batch = lane.sealed.peek();
    if (batch !== undefined) lane.sequences?.stamp(batch);
    return lane.sealed.shift();
  }

  acknowledged(lane: PartitionLane, batch: ProducerBatch, baseOffset: number): void {
    const { ledger, sealer } = this.#context;
    lane.refusals = 0;
    lane.lastError = undefined;
    lane.sequences?.confirm();
    this.#failOvertaken(lane, lane.window.acknowledged(batch));
    ledger.settle(batch, baseOffset, undefined);
    sealer.recycle(batch);
    this.#sendAgain(lane);
  }

  refused(lane: PartitionLane, batch: ProducerBatch, error: MillraceError): void {
    if (error.outcome === 'unknown') batch.inDoubt = true;
    const { settings } = this.#context;
    const decision = this.#closed ? 'fail' : verdictOn(batch, error, lane, settings);
    if (decision === 'fail') {
      lane.window.failed(batch);
      this.#fail(lane, batch, afterAll(batch, error));
      if (error.code === 'PRODUCER_FENCED') this.#context.fenced(error);
    } else {
      lane.lastError = error;
      if (decision === 'refresh-then-retry') {
        lane.isStale = true;
        lane.isHinted = false;
        lane.hint = error.leader;
      }
      this.#failOvertaken(lane, lane.window.refused(batch, error));
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
      if (!error.retriable) this.failQueued(lane, error);
    }
    this.#context.writers.notLearned(topic, error);
    if (error.retriable && lanes.some((lane) => lane.isStale && !lane.isIdle)) {
      this.after(backoffMs(1, Math.random(), error.retryAfterMs), () => this.#refresh(topic));
    }
  }

  dormant(topic: string): void {
    this.#context.writers.dormant(topic);
  }

  expired(lane: PartitionLane, batch: ProducerBatch, error: MillraceError): void {
    this.#fail(lane, batch, withoutAttempt(batch, error));
  }

  suspect(lane: PartitionLane): void {
    this.#refresh(lane.topic);
  }

  giveUp(lane: PartitionLane, error: MillraceError): void {
    this.#connections.giveUp(lane, error);
  }

  hangUp(lane: PartitionLane, quietMs: number, error: MillraceError): void {
    this.#connections.hangUp(lane, quietMs, error);
  }

  failQueued(lane: PartitionLane, cause: MillraceError): void {
    const batches = lane.sealed.takeAll();
    if (lane.open !== undefined) batches.push(lane.open);
    lane.open = undefined;
    lane.openIsDue = false;
    for (const batch of batches) this.#fail(lane, batch, withoutAttempt(batch, cause));
  }

  after(delayMs: number, callback: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#closed) callback();
    }, delayMs);
    this.#timers.add(timer);
  }

  /** Sending them again would put them behind later records. */
  #failOvertaken(
    lane: PartitionLane,
    overtaken: readonly Overtaken<ProducerBatch, MillraceError>[],
  ): void {
    for (const { batch, error } of overtaken) this.#fail(lane, batch, afterAll(batch, error));
  }

  #fail(lane: PartitionLane, batch: ProducerBatch, error: MillraceError): void {
    lane.sequences?.lose(batch);
    this.#context.ledger.settle(batch, -1, error);
  }

  /** Whether the lane's next batch has a place in the log, or can be given one now. */
  #mayStamp(lane: PartitionLane, sequences: LaneSequences): boolean {
    if (sequences.isBroken) {
      const hopeless = sequences.isDead ? lane.takeDoubtful() : [];
      for (const batch of hopeless) this.#fail(lane, batch, gapBefore(lane));
      // What may be in the log is asked for first, by its old place.
      if (!lane.sealed.some((batch) => batch.inDoubt)) sequences.renew();
    }
    return sequences.producerId !== undefined || this.#identities.identify(lane, sequences);
  }

  /** Once every batch in flight has its answer, those that were refused go back to the front and wait a little. */
  #sendAgain(lane: PartitionLane): void {
    const refused = lane.window.takeRefused();
    if (refused.length === 0) return this.#goOver(lane);
    const { sealer } = this.#context;
    lane.sealed.unshiftAll(
      refused.flatMap((batch) => (batch.mustSplit ? sealer.split(batch) : [batch])),
    );
    lane.refusals += 1;
    // A broker that names the leader knows better: there is nothing to wait for, unless it is wrong, too.
    const isFirstHint = lane.hint !== undefined && lane.refusals === 1;
    const delayMs = backoffMs(lane.refusals, Math.random(), lane.lastError?.retryAfterMs);
    lane.isResting = true;
    this.after(isFirstHint ? 0 : delayMs, () => this.#rested(lane));
    this.#goOver(lane);
  }

  /** The last in flight has its answer: now it may go where metadata said meanwhile. */
  #goOver(lane: PartitionLane): void {
    const { upcoming } = lane;
    if (upcoming === undefined || lane.window.length > 0) return;
    lane.upcoming = undefined;
    this.#follow(lane, upcoming);
    if (lane.hasDue) this.due(lane);
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
    this.#connections.named(leader);
    lane.upcoming = undefined;
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
    const { topicId: oldTopicId, leader: leaderBefore } = lane;
    const partition = metadata.partitions[lane.partition];
    if (lane.window.length > 0) {
      // It could have batches overtaken: their answers bring it back here. To go on means that there is no end of them.
      const isSame = metadata.topicId === oldTopicId;
      if (isSame && partition !== undefined) {
        lane.upcoming = lane.isPassedBy(partition) ? metadata : undefined;
        if (lane.upcoming !== undefined) this.#sweep.passed(lane);
      }
      return;
    }
    // Partitions are only added: the answer is an old one.
    if (partition === undefined && metadata.topicId === oldTopicId) return;
    const replaced = new TopicReplacedError(lane.topic, oldTopicId, metadata.topicId);
    for (const batch of lane.follow(metadata.topicId, partition ?? NOBODY)) {
      this.#fail(lane, batch, withoutAttempt(batch, replaced));
    }
    if (partition === undefined) this.failQueued(lane, gone(lane));
    if (lane.leader !== leaderBefore) this.#connections.leadsAnew(lane.leader);
    if (!lane.isStale && lane.leader === leaderBefore) return;
    lane.isStale = lane.leader < 0;
    if (!lane.isStale) this.flush(lane);
    else if (!lane.isIdle) this.#refresh(lane.topic);
  }
}

function gapBefore(lane: PartitionLane): MillraceError {
  const what = `${lane.topic}/${lane.partition}: the leader lacks what was acknowledged before it`;
  return millraceError('OUT_OF_ORDER_SEQUENCE', what, { outcome: 'unknown' });
}

function gone(lane: PartitionLane): MillraceError {
  return millraceError(
    'UNKNOWN_PARTITION',
    `topic ${lane.topic} has no partition ${lane.partition} any more`,
  );
}
