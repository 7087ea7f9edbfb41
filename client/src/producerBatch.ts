/**
 * Records of one partition that are sent, acknowledged and failed together. Open while a BatchBuilder takes records,
 * sealed once it is bytes, settled exactly once.
 */
import {
  type BatchBuilder,
  type BatchOptions,
  type ProducerStamp,
  stampProducer,
} from '@millrace/core/batchWriter';
import type { MillraceError } from '@millrace/core/errors';
import type { RecordHeaderInput } from '@millrace/core/record';
import type { BatchDelivery, DeliveryCallback } from './producerRecord.ts';

export type BatchFields = Omit<BatchOptions, 'baseOffset' | 'leaderEpoch'>;

/** The place of a batch among the sequences of its lane. */
export interface SequencePlace {
  /** Of the lane: places of other runs are void. */
  readonly run: number;
  readonly stamp: ProducerStamp;
}

export class ProducerBatch {
  readonly topic: string;
  readonly partition: number;
  /** Of the first record, on the monotonic clock; the delivery time-out runs from here. */
  readonly createdMs: number;
  recordCount = 0;
  /** What the byte budget holds for it. */
  heldBytes = 0;
  /** How often it was handed to a connection. */
  attempts = 0;
  /** When that was last, on the monotonic clock. */
  sentMs = 0;
  /** An attempt ended with outcome `unknown`: whatever comes later, it may be in the log. */
  inDoubt = false;
  /** It was refused as too large. */
  mustSplit = false;
  #place: SequencePlace | undefined;
  #builder: BatchBuilder | undefined;
  #bytes: Buffer | undefined;
  // Sparse in time: most producers that are in a hurry give none.
  #callbacks: (DeliveryCallback | undefined)[] | undefined;
  #waiters: (() => void)[] | undefined;

  constructor(topic: string, partition: number, createdMs: number, builder: BatchBuilder) {
    this.topic = topic;
    this.partition = partition;
    this.createdMs = createdMs;
    this.#builder = builder;
  }

  /** Of sealed bytes, or of the records so far. */
  get sizeBytes(): number {
    return this.#bytes?.length ?? this.#builder?.sizeBytes ?? 0;
  }

  /** The batch as it is sent; it must have been sealed. */
  get bytes(): Buffer {
    if (this.#bytes === undefined) throw new TypeError('the batch is not sealed');
    return this.#bytes;
  }

  /** False if nobody asked what becomes of its records. */
  get hasListener(): boolean {
    return this.#callbacks !== undefined;
  }

  /** Returns sizeBytes after it. */
  append(
    timestampMs: number,
    key: Uint8Array | string | null,
    value: Uint8Array | string | null,
    headers: readonly RecordHeaderInput[] | undefined,
    callback: DeliveryCallback | undefined,
  ): number {
    const builder = this.#builder;
    if (builder === undefined) throw new TypeError('the batch is sealed');
    builder.append(timestampMs, key, value, headers);
    this.recordCount += 1;
    if (callback !== undefined) this.#listen(callback);
    else this.#callbacks?.push(undefined);
    return builder.sizeBytes;
  }

  /**
   * Encodes it: into a copy of exact size, or in place where that wastes at most as much memory as it uses. Returns the
   * builder, empty, unless its buffer is the batch now.
   */
  seal(fields: BatchFields): BatchBuilder | undefined {
    const builder = this.#builder;
    if (builder === undefined) throw new TypeError('the batch is sealed already');
    this.#builder = undefined;
    if (fields.compression !== 'none' || builder.sizeBytes * 2 < builder.capacityBytes) {
      this.#bytes = builder.finish(fields);
      return builder;
    }
    this.#bytes = builder.detach(fields);
    return undefined;
  }

  /** Undefined: it has none yet. */
  get place(): SequencePlace | undefined {
    return this.#place;
  }

  /** Makes the sealed batch that of a producer, in place of what it was. */
  stamp(place: SequencePlace): void {
    // An earlier attempt may still lie in the queues of a connection.
    if (this.attempts > 0) this.#bytes = Buffer.from(this.bytes);
    stampProducer(this.bytes, place.stamp);
    this.#place = place;
  }

  /** Called when it is settled, after the callbacks of its records. */
  whenSettled(callback: () => void): void {
    this.#waiters ??= [];
    this.#waiters.push(callback);
  }

  /** Calls everybody back. `baseOffset` is -1 where there is none to report. */
  settle(baseOffset: number, error: MillraceError | undefined): BatchDelivery {
    const { topic, partition, recordCount } = this;
    const callbacks = this.#callbacks;
    const waiters = this.#waiters;
    this.#callbacks = undefined;
    this.#waiters = undefined;
    if (callbacks !== undefined) {
      for (let index = 0; index < callbacks.length; index++) {
        const offset = baseOffset < 0 ? -1 : baseOffset + index;
        const callback = callbacks[index];
        if (callback !== undefined) callBack(callback, error, { topic, partition, offset });
      }
    }
    if (waiters !== undefined) for (const waiter of waiters) waiter();
    return { topic, partition, baseOffset, recordCount, error };
  }

  /** Hands its listeners over to `parts`, which hold the same records in the same order. */
  divide(parts: readonly ProducerBatch[]): void {
    let from = 0;
    for (const part of parts) {
      part.attempts = this.attempts;
      part.#callbacks = this.#callbacks?.slice(from, from + part.recordCount);
      from += part.recordCount;
    }
    const waiters = this.#waiters ?? [];
    let left = parts.length;
    const partSettled = (): void => {
      left -= 1;
      if (left === 0) for (const waiter of waiters) waiter();
    };
    if (waiters.length > 0) for (const part of parts) part.whenSettled(partSettled);
  }

  #listen(callback: DeliveryCallback): void {
    const before = this.recordCount - 1;
    this.#callbacks ??= Array.from<DeliveryCallback | undefined>({ length: before });
    this.#callbacks.push(callback);
  }
}

/** What a callback throws is its caller's bug: it surfaces as such and does not keep others from being called. */
function callBack(
  callback: DeliveryCallback,
  error: MillraceError | undefined,
  delivery: { topic: string; partition: number; offset: number },
): void {
  try {
    callback(error, delivery);
  } catch (thrown) {
    process.nextTick(() => {
      throw thrown;
    });
  }
}
