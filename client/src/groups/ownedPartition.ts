/**
 * One partition while this member has it: how far it was processed and committed, what of it waits, whether it may be
 * delivered. Records leave it as one Portion at a time, so that their order is kept whoever works on them.
 */
import type { PartitionRef } from '@millrace/core/assignors/partitionRef';
import type { ConsumedRecords } from '../consumedRecord.ts';
import { decodeFetched } from '../decodeFetched.ts';
import type { PartitionFeed } from './partitionFeed.ts';
import { Portion } from './portion.ts';
import type { TopicPartition } from './topicPartition.ts';

export class OwnedPartition implements TopicPartition {
  readonly ref: PartitionRef;
  readonly topic: string;
  readonly partition: number;
  /** As the coordinator knows it; undefined: nothing is. */
  committed: number | undefined;
  /** The position went back, and the commits are to follow it. */
  isRewound = false;
  /** Not delivered as long as the user wants so. */
  isPaused = false;
  /** Before it nothing is delivered, monotonic milliseconds: its records failed. */
  retryAtMs = 0;
  /** Failures in a row. */
  failures = 0;
  /** `stopping`: nothing is delivered any more, commits still count; `lost`: they do not. */
  #state: 'owned' | 'stopping' | 'lost' = 'owned';
  #position: number | undefined;
  #leaderEpoch: number | undefined;
  #feed: PartitionFeed | undefined;
  #parts: AsyncGenerator<ConsumedRecords, void> | undefined;
  #rest: ConsumedRecords | undefined;
  #portion: Portion | undefined;
  #isTaken = false;
  #idle: (() => void)[] = [];
  /** Rises with each seek: what was in hand before says nothing about the position any more. */
  #generation = 0;
  readonly #lost = new AbortController();
  readonly #isInSession: () => boolean;

  constructor(
    ref: PartitionRef,
    { topic, partition }: TopicPartition,
    committed: number | undefined,
    isInSession: () => boolean,
  ) {
    this.ref = ref;
    this.topic = topic;
    this.partition = partition;
    this.committed = committed;
    this.#position = committed;
    this.#isInSession = isInSession;
  }

  /** Offset of the next record to process: everything below was. Undefined: not known yet. */
  get position(): number | undefined {
    return this.#position;
  }

  /** Of the last record processed. */
  get leaderEpoch(): number | undefined {
    return this.#leaderEpoch;
  }

  get isOwned(): boolean {
    return this.#state === 'owned';
  }

  get mayCommit(): boolean {
    return this.#state !== 'lost';
  }

  get generation(): number {
    return this.#generation;
  }

  get isStarted(): boolean {
    return this.#feed !== undefined;
  }

  get bufferedBytes(): number {
    return this.#feed?.bytes ?? 0;
  }

  /** Aborted when others may have it while its records are in hand. */
  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  /** What was in hand is to be finished, and what comes next may be delivered. */
  get isDeliverable(): boolean {
    return this.#state === 'owned' && !this.isPaused && this.#isInSession();
  }

  /** Something of it would be ready but for the delay, which may be over since it was looked at. */
  get waitsForRetry(): boolean {
    return this.retryAtMs > 0 && !this.#isTaken && this.isDeliverable && this.#hasMore;
  }

  get isReady(): boolean {
    if (this.#isTaken || !this.isDeliverable || performance.now() < this.retryAtMs) return false;
    return this.#hasMore;
  }

  get #hasMore(): boolean {
    return this.#rest !== undefined || this.#parts !== undefined || this.#feed?.isEmpty === false;
  }

  /** What of the records in hand is processed. */
  get inHand(): Portion | undefined {
    return this.#portion;
  }

  /** Goes on from `offset`: what is in hand is not counted, what waits is dropped. `feed`: of what comes from there on. */
  begin(offset: number, feed: PartitionFeed): void {
    this.#drop();
    this.#position = offset;
    this.isRewound = offset < (this.committed ?? 0);
    this.#feed = feed;
  }

  /** Nothing is delivered until it begins somewhere else. */
  abandonPosition(): void {
    this.#drop();
    this.#position = undefined;
    this.#leaderEpoch = undefined;
    this.retryAtMs = 0;
    this.failures = 0;
  }

  /** Some records; undefined: there are none after all. One at a time, until released. Throws what decodeFetched does. */
  async take(): Promise<Portion | undefined> {
    this.#isTaken = true;
    this.retryAtMs = 0;
    const generation = this.#generation;
    let records: ConsumedRecords | undefined;
    try {
      records = await this.#next();
    } catch (error) {
      this.#release();
      if (generation === this.#generation) throw error;
      return undefined;
    }
    if (records !== undefined && generation === this.#generation) {
      if (this.isDeliverable) return (this.#portion = new Portion(this, records));
      this.#rest = records;
    }
    this.#release();
    return undefined;
  }

  /** By the portion in hand. `rest`: what was not processed. */
  finished(portion: Portion, rest: ConsumedRecords | undefined): void {
    if (portion !== this.#portion) return;
    this.#portion = undefined;
    if (portion.generation === this.#generation && this.isOwned) this.#rest = rest;
    this.#release();
  }

  /** By the portion in hand. */
  processed(portion: Portion, nextOffset: number, leaderEpoch: number): void {
    if (portion.generation !== this.#generation) return;
    // The log had not the offset any more that was asked for.
    if (nextOffset < (this.#position ?? 0)) this.isRewound = true;
    this.#position = nextOffset;
    this.#leaderEpoch = leaderEpoch;
    this.failures = 0;
  }

  /** The user says so: as committed as if all below had been processed. */
  passed(offset: number): void {
    this.committed = offset;
    if (this.#position === undefined || this.#position <= offset) {
      this.#position = offset;
      this.isRewound = false;
    }
  }

  /** Resolves once nothing of it is in hand. */
  idle(): Promise<void> {
    if (!this.#isTaken) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  stop(how: 'stopping' | 'lost'): void {
    if (this.#state !== 'lost') this.#state = how;
    this.#feed?.close();
    this.#feed = undefined;
    this.#parts = undefined;
    this.#rest = undefined;
    if (how === 'lost') this.#lost.abort();
  }

  #drop(): void {
    this.#generation += 1;
    this.#feed?.close();
    this.#feed = undefined;
    this.#parts = undefined;
    this.#rest = undefined;
  }

  async #next(): Promise<ConsumedRecords | undefined> {
    const rest = this.#rest;
    this.#rest = undefined;
    if (rest !== undefined) return rest;
    for (;;) {
      const feed = this.#feed;
      if (feed === undefined) return undefined;
      if (this.#parts === undefined) {
        const fetched = feed.take();
        if (fetched === undefined) return undefined;
        this.#parts = decodeFetched(fetched, feed.settings);
      }
      const parts = this.#parts;
      const part = await parts.next();
      if (part.done !== true) return part.value;
      if (this.#parts === parts) this.#parts = undefined;
    }
  }

  #release(): void {
    this.#isTaken = false;
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }
}
