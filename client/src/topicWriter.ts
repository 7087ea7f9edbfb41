/**
 * Places the records of one topic: picks the partition, fills its open batch, seals it when it is full. Records that
 * come before the topic's metadata, or name a partition that it did not have yet, are parked, in order, within the same
 * byte budget.
 */
import { BATCH_HEADER_BYTES } from '@millrace/core/batchHeader';
import { recordBytesBound } from '@millrace/core/batchWriter';
import { MillraceError, millraceError } from '@millrace/core/errors';
import { checkHeaderNames } from '@millrace/core/reservedHeader';
import type { BatchSealer } from './batchSealer.ts';
import type { ByteBudget } from './byteBudget.ts';
import type { DeliveryLedger } from './deliveryLedger.ts';
import type { LaneRouter } from './laneRouter.ts';
import type { TopicMetadata } from './metadataCache.ts';
import { PartitionLane } from './partitionLane.ts';
import { Partitioner } from './partitioner.ts';
import type { ProducerBatch } from './producerBatch.ts';
import type { ProducerSettings } from './producerOptions.ts';
import type { DeliveryCallback, ProducerRecord } from './producerRecord.ts';

export interface TopicWriterContext {
  readonly settings: ProducerSettings;
  readonly budget: ByteBudget;
  readonly ledger: DeliveryLedger;
  readonly sealer: BatchSealer;
  readonly router: LaneRouter;
}

interface Parked {
  /** Monotonic time: an older answer says nothing of it. */
  readonly sinceMs: number;
  readonly record: ProducerRecord;
  readonly timestampMs: number;
  readonly bytes: number;
  readonly callback: DeliveryCallback | undefined;
}

/** What a parked record takes in memory beyond its bytes. */
const PARKED_OVERHEAD_BYTES = 256;
/** A partition with this many sealed batches waiting is passed over by records without a key. */
const QUEUED_BATCHES_MAX = 4;

export class TopicWriter {
  readonly name: string;
  /** Index = partition; empty until the topic is known. A topic that was made anew may have fewer partitions. */
  lanes: readonly PartitionLane[] = [];
  readonly #context: TopicWriterContext;
  #topicId = '';
  /** Of the topic as it is known. */
  #partitions = 0;
  #parked: Parked[] = [];
  #whenResolved: (() => void)[] = [];
  #partitioner: Partitioner | undefined;
  #stickyBatch: ProducerBatch | undefined;
  #batchBytesMax = 0;
  #batchBytes = 0;

  constructor(name: string, context: TopicWriterContext) {
    this.name = name;
    this.#context = context;
  }

  /**
   * Throws INVALID_RECORD, RECORD_TOO_LARGE, UNKNOWN_PARTITION, INVALID_TIMESTAMP; a parked record is told of the last
   * three by its callback. `nowMs`: since 1970, the time of a record that has none.
   */
  append(record: ProducerRecord, callback: DeliveryCallback | undefined, nowMs: number): void {
    const { headers } = record;
    if (headers !== undefined) checkHeaderNames(headers);
    const partitioner = this.#partitioner;
    if (partitioner !== undefined && !this.#isAhead(record)) {
      this.#place(record, callback, partitioner, record.timestampMs ?? nowMs);
      return;
    }
    this.#park(record, callback, nowMs);
    // Who asks for the first time is the producer.
    if (this.lanes.length > 0) this.#context.router.ask(this.name);
  }

  /** Resolves once no record is parked, whether placed or failed. */
  resolved(): Promise<void> {
    if (this.#parked.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenResolved.push(resolve));
  }

  /** The topic is known, or has changed: partitions are only added, unless another topic has its name now. */
  resolve(metadata: TopicMetadata): void {
    const { topicId, partitions } = metadata;
    const lanes = [...this.lanes];
    for (const [partition, known] of partitions.entries()) {
      if (partition < lanes.length) continue;
      const { idempotence } = this.#context.settings;
      const lane = new PartitionLane(this.name, partition, topicId, known, idempotence);
      this.#context.router.add(lane);
      lanes.push(lane);
    }
    const before = this.#partitions;
    const isSame = topicId === this.#topicId;
    this.#partitions = isSame ? Math.max(before, partitions.length) : partitions.length;
    this.lanes = lanes;
    this.#topicId = topicId;
    this.#batchBytesMax = metadata.batchBytesMax;
    this.#batchBytes = Math.min(metadata.batchBytesMax, this.#context.settings.batchBytes);
    if (this.#partitions !== before) this.#partitioner = undefined;
    this.#placeParked((parked) => parked.sinceMs <= metadata.askedMs);
  }

  /** The topic could not be asked for: what is known of it must do, where that is enough. */
  unresolved(error: MillraceError): void {
    const { code, message, retryAfterMs } = error;
    const details = { outcome: 'not-applied', retryAfterMs, cause: error } as const;
    const unsent = millraceError(code, message, details);
    if (!error.retriable || this.lanes.length === 0) return this.reject(unsent);
    const ahead = this.#parked.filter(({ record }) => this.#isAhead(record));
    this.#placeParked(() => false);
    this.#unpark(ahead);
    this.#failUnplaced(ahead, unsent);
  }

  /** Nothing came for so long that what is known may be old: the next record waits until the topic was asked for. */
  doze(): void {
    this.#partitioner = undefined;
  }

  /** The topic cannot be known: fails what is parked. */
  reject(error: MillraceError): void {
    const parked = this.#parked;
    this.#unpark(parked);
    this.#failUnplaced(parked, error);
  }

  /** It names a partition that the topic did not have when it was asked for. */
  #isAhead({ partition }: ProducerRecord): boolean {
    return (
      partition !== undefined && partition >= this.#partitions && Number.isSafeInteger(partition)
    );
  }

  /** `isAnswered`: whether the last answer is about this record even if it is ahead of it. */
  #placeParked(isAnswered: (parked: Parked) => boolean): void {
    this.#partitioner ??= new Partitioner(this.#partitions, Math.random());
    const partitioner = this.#partitioner;
    const placeable = this.#parked.filter(
      (parked) => !this.#isAhead(parked.record) || isAnswered(parked),
    );
    this.#unpark(placeable);
    for (const parked of placeable) {
      try {
        this.#place(parked.record, parked.callback, partitioner, parked.timestampMs);
      } catch (error) {
        if (!(error instanceof MillraceError)) throw error;
        this.#failUnplaced([parked], error);
      }
    }
  }

  #park(record: ProducerRecord, callback: DeliveryCallback | undefined, nowMs: number): void {
    const encodedBytes = recordBytesBound(record.key ?? null, record.value, record.headers);
    const bytes = encodedBytes + PARKED_OVERHEAD_BYTES;
    this.#context.budget.take(bytes);
    // The caller may reuse its buffers at once.
    const owned = {
      ...record,
      key: copied(record.key ?? null),
      value: copied(record.value),
    };
    const timestampMs = record.timestampMs ?? nowMs;
    this.#parked.push({ sinceMs: performance.now(), record: owned, timestampMs, bytes, callback });
  }

  /** These leave; whoever waits for all is told when none is left. */
  #unpark(leaving: readonly Parked[]): void {
    if (leaving.length === 0) return;
    const gone = new Set(leaving);
    this.#parked = this.#parked.filter((parked) => !gone.has(parked));
    const waiting = this.#parked.length === 0 ? this.#whenResolved : [];
    if (this.#parked.length === 0) this.#whenResolved = [];
    const bytes = leaving.reduce((sum, { bytes }) => sum + bytes, 0);
    // The records are placed before those who wait for room get to run.
    queueMicrotask(() => {
      this.#context.budget.release(bytes);
      for (const resolve of waiting) resolve();
    });
  }

  #failUnplaced(failed: readonly Parked[], error: MillraceError): void {
    if (failed.length === 0) return;
    let heardCount = 0;
    for (const { callback } of failed) {
      if (callback === undefined) continue;
      heardCount += 1;
      callback(error, { topic: this.name, partition: -1, offset: -1 });
    }
    const unplaced = { topic: this.name, recordCount: failed.length, heardCount };
    this.#context.ledger.failUnplaced(unplaced, error);
  }

  #place(
    record: ProducerRecord,
    callback: DeliveryCallback | undefined,
    partitioner: Partitioner,
    timestampMs: number,
  ): void {
    const { value, headers, partition } = record;
    const key = record.key ?? null;
    if (!Number.isSafeInteger(timestampMs) || timestampMs < 0) {
      throw millraceError('INVALID_TIMESTAMP', `timestampMs ${timestampMs}`);
    }
    const bytes = recordBytesBound(key, value, headers);
    this.#checkSize(bytes);
    let lane = this.#laneOf(partition, key, partitioner);
    while (lane.open !== undefined && lane.open.sizeBytes + bytes > this.#batchBytes) {
      this.#seal(lane);
      // A complete batch moves the sticky partition on, perhaps to one that is nearly full itself.
      lane = this.#laneOf(partition, key, partitioner);
    }
    const open = lane.open ?? this.#openBatch(lane);
    const sizeBytes = open.append(timestampMs, key, value, headers, callback);
    this.#context.ledger.hold(open, sizeBytes);
    if (partition === undefined && key === null) this.#stickyBatch = open;
    if (sizeBytes >= this.#batchBytes) this.#seal(lane);
  }

  #checkSize(recordBytes: number): void {
    const bytes = BATCH_HEADER_BYTES + recordBytes;
    if (bytes <= this.#batchBytesMax || this.#context.settings.compression !== 'none') return;
    throw millraceError(
      'RECORD_TOO_LARGE',
      `a record of ${bytes} bytes, batchBytesMax of topic ${this.name} is ${this.#batchBytesMax}`,
    );
  }

  #laneOf(
    partition: number | undefined,
    key: Uint8Array | string | null,
    partitioner: Partitioner,
  ): PartitionLane {
    const chosen = partition ?? this.#partitionFor(key, partitioner);
    const lane = chosen < this.#partitions ? this.lanes[chosen] : undefined;
    if (lane !== undefined) return lane;
    throw millraceError(
      'UNKNOWN_PARTITION',
      `topic ${this.name} has partitions 0..${this.#partitions - 1}, not ${chosen}`,
    );
  }

  #partitionFor(key: Uint8Array | string | null, partitioner: Partitioner): number {
    if (key !== null) return partitioner.forKey(typeof key === 'string' ? Buffer.from(key) : key);
    const lane = this.lanes[partitioner.sticky];
    if (this.#stickyBatch !== undefined && lane?.open !== this.#stickyBatch) {
      this.#stickyBatch = undefined;
      partitioner.batchCompleted(partitioner.sticky, (candidate) => this.#isFree(candidate));
    }
    return partitioner.sticky;
  }

  #isFree(partition: number): boolean {
    const lane = this.lanes[partition];
    return lane !== undefined && lane.leader >= 0 && lane.sealed.length < QUEUED_BATCHES_MAX;
  }

  #openBatch(lane: PartitionLane): ProducerBatch {
    const open = this.#context.sealer.open(lane, performance.now());
    this.#context.router.opened(lane);
    return open;
  }

  #seal(lane: PartitionLane): void {
    this.#context.sealer.seal(lane);
    this.#context.router.due(lane);
  }
}

function copied(bytes: Uint8Array | string | null): Uint8Array | string | null {
  return bytes === null || typeof bytes === 'string' ? bytes : Buffer.from(bytes);
}
