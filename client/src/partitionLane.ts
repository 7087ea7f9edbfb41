/**
 * The records of one partition on their way: an open batch, sealed ones in order, and those in flight. Pure state; who
 * sends and when is the connection's and the producer's business.
 */
import type { MillraceError } from '@millrace/core/errors';
import { Fifo } from './fifo.ts';
import { InFlightWindow } from './inFlightWindow.ts';
import { LaneSequences } from './laneSequences.ts';
import type { PartitionMetadata, TopicMetadata } from './metadataCache.ts';
import type { ProducerBatch } from './producerBatch.ts';

export class PartitionLane {
  readonly topic: string;
  readonly partition: number;
  topicId: string;
  /** Broker id; -1: nobody leads. */
  leader: number;
  /** Of the metadata that `leader` is from, or that was wrong before a broker named another one. */
  leaderEpoch: number;
  /** `leader` is what a broker said that is not the leader: metadata of the same epoch knows less. */
  isHinted = false;
  /** `host:port` of the leader as the last refusal named it, not yet followed. */
  hint: string | undefined;
  open: ProducerBatch | undefined;
  /** The open batch has waited long enough: it leaves as soon as it may, and grows until then. */
  openIsDue = false;
  /** Before compression. */
  lastBatchBytes = 0;
  readonly sealed = new Fifo<ProducerBatch>();
  readonly window: InFlightWindow<ProducerBatch, MillraceError>;
  /** Undefined without idempotence. */
  readonly sequences: LaneSequences | undefined;
  /** Nothing is sent for a while after a refusal. */
  isResting = false;
  /** Retries in a row. */
  refusals = 0;
  /** Why it is waiting, for the error of a record whose time runs out meanwhile. */
  lastError: MillraceError | undefined;
  /** What it knows of its leader is in doubt, or it waits for one. */
  isStale = false;
  /** It names another leader. Nothing is sent before what is in flight has its answer; then the lane goes there. */
  upcoming: TopicMetadata | undefined;

  constructor(
    topic: string,
    partition: number,
    topicId: string,
    metadata: PartitionMetadata,
    idempotence: 'on' | 'off',
  ) {
    this.topic = topic;
    this.partition = partition;
    this.topicId = topicId;
    this.leader = metadata.leader;
    this.leaderEpoch = metadata.leaderEpoch;
    const isOn = idempotence === 'on';
    this.sequences = isOn ? new LaneSequences() : undefined;
    this.window = new InFlightWindow((batch) => isOn && batch.inDoubt);
  }

  /** There is something to send now or at once after what is in flight. */
  get hasDue(): boolean {
    return this.sealed.length > 0 || (this.openIsDue && this.open !== undefined);
  }

  get isIdle(): boolean {
    return this.open === undefined && this.sealed.length === 0 && this.window.length === 0;
  }

  maySend(inFlightMax: number): boolean {
    if (this.window.isSettling || this.isResting || this.upcoming !== undefined) return false;
    return this.window.length < (this.sequences?.goesAlone === true ? 1 : inFlightMax);
  }

  /** Whether `metadata`, of the same topic, knows of a later leader than the one that its batches go to. */
  isPassedBy({ leader, leaderEpoch }: PartitionMetadata): boolean {
    return leader >= 0 && leader !== this.leader && leaderEpoch >= this.#leastEpoch;
  }

  /**
   * Takes leader and topic from metadata, with nothing in flight. An answer that is older than what is known of the
   * leader changes nothing. Returns the batches that must not follow to another topic: they may be in the old one.
   */
  follow(topicId: string, metadata: PartitionMetadata): ProducerBatch[] {
    if (this.window.length > 0) throw new TypeError('moved with batches in flight');
    const isReplaced = topicId !== this.topicId;
    const { leader, leaderEpoch } = metadata;
    if (!isReplaced && leaderEpoch < this.#leastEpoch) return [];
    this.topicId = topicId;
    this.leader = leader;
    this.leaderEpoch = leaderEpoch;
    this.isHinted = false;
    if (!isReplaced) return [];
    this.sequences?.restart();
    return this.takeDoubtful();
  }

  /** Out of the queue, those that may be in the log. */
  takeDoubtful(): ProducerBatch[] {
    const queued = this.sealed.takeAll();
    for (const batch of queued) if (!batch.inDoubt) this.sealed.push(batch);
    return queued.filter(({ inDoubt }) => inDoubt);
  }

  /** Goes to the broker that another one named. */
  followHint(leader: number): void {
    if (this.window.length > 0) throw new TypeError('moved with batches in flight');
    this.leader = leader;
    this.isHinted = true;
    this.isStale = false;
  }

  get #leastEpoch(): number {
    return this.isHinted ? this.leaderEpoch + 1 : this.leaderEpoch;
  }
}
