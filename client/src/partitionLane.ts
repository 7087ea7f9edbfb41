/**
 * The records of one partition on their way: an open batch, sealed ones in order, and those in flight. Pure state; who
 * sends and when is the connection's and the producer's business.
 */
import type { MillraceError } from '@millrace/core/errors';
import { Fifo } from './fifo.ts';
import { InFlightWindow } from './inFlightWindow.ts';
import type { ProducerBatch } from './producerBatch.ts';

export class PartitionLane {
  readonly topic: string;
  readonly partition: number;
  topicId: string;
  /** Broker id; -1: nobody leads. */
  leader: number;
  open: ProducerBatch | undefined;
  /** The open batch has waited long enough: it leaves as soon as it may, and grows until then. */
  openIsDue = false;
  /** Before compression. */
  lastBatchBytes = 0;
  readonly sealed = new Fifo<ProducerBatch>();
  readonly window = new InFlightWindow<ProducerBatch, MillraceError>();
  /** Monotonic time before which nothing is sent after a refusal. */
  notBeforeMs = 0;
  /** Retries in a row. */
  refusals = 0;
  /** Why it is waiting, for the error of a record whose time runs out meanwhile. */
  lastError: MillraceError | undefined;
  /** What it knows of its leader is in doubt, or it waits for one. */
  isStale = false;

  constructor(topic: string, partition: number, topicId: string, leader: number) {
    this.topic = topic;
    this.partition = partition;
    this.topicId = topicId;
    this.leader = leader;
  }

  /** There is something to send now or at once after what is in flight. */
  get hasDue(): boolean {
    return this.sealed.length > 0 || (this.openIsDue && this.open !== undefined);
  }

  get isIdle(): boolean {
    return this.open === undefined && this.sealed.length === 0 && this.window.length === 0;
  }

  maySend(nowMs: number, inFlightMax: number): boolean {
    return !this.window.isSettling && this.window.length < inFlightMax && nowMs >= this.notBeforeMs;
  }
}
