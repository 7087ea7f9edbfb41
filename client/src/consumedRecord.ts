import type { RecordHeader } from '@millrace/core/record';

/** Key, value and header values are views of what was received: copy what is small and is kept for long. */
export interface ConsumedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since 1970; -1 for none. */
  readonly timestampMs: number;
  readonly key: Buffer | null;
  /** Null is a tombstone in compacted topics. */
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
  /** Of the leader that appended it. */
  readonly leaderEpoch: number;
}

/** Records of one partition that arrived together; offsets rise, with gaps where the log has some. */
export interface ConsumedRecords {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly ConsumedRecord[];
  /** Where reading goes on. */
  readonly nextOffset: number;
  /** What consumers could see when this left the broker. */
  readonly highWatermark: number;
}
