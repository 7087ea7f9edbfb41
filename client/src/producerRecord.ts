/** What goes into a producer and what comes back for each record. */
import type { MillraceError } from '@millrace/core/errors';
import type { RecordHeaderInput } from '@millrace/core/record';

export interface ProducerRecord {
  readonly topic: string;
  /** A string is written as UTF-8. Absent or null: no key, any partition. */
  readonly key?: Uint8Array | string | null | undefined;
  /** A string is written as UTF-8. Null is a tombstone in compacted topics. */
  readonly value: Uint8Array | string | null;
  /** Order and duplicates are kept. */
  readonly headers?: readonly RecordHeaderInput[] | undefined;
  /** Default: by key, else sticky. */
  readonly partition?: number | undefined;
  /** Milliseconds since 1970; default now. */
  readonly timestampMs?: number | undefined;
}

export interface Delivery {
  readonly topic: string;
  readonly partition: number;
  /** -1 with acks `none` and for a record that failed. */
  readonly offset: number;
}

/**
 * Called once for each record, in the order of their offsets within a partition. With an error its `outcome` tells
 * whether the record may be in the log all the same.
 */
export type DeliveryCallback = (error: MillraceError | undefined, delivery: Delivery) => void;

/** One acknowledged or failed batch: what a producer of millions of records counts instead of callbacks. */
export interface BatchDelivery {
  readonly topic: string;
  /** -1 for records that failed before they had one: their topic is not known. */
  readonly partition: number;
  /** Of the first record, the others follow it; -1 with acks `none` and on errors. */
  readonly baseOffset: number;
  readonly recordCount: number;
  readonly error: MillraceError | undefined;
}
