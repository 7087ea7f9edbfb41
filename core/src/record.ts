/** Records as they go into a batch (RecordInput) and come out of one (DecodedRecord). */

export interface RecordHeaderInput {
  readonly key: string;
  /** A string is written as UTF-8; null is not the same as empty. */
  readonly value: Uint8Array | string | null;
}

export interface RecordInput {
  /** A string is written as UTF-8. */
  readonly key: Uint8Array | string | null;
  /** Null is a tombstone in compacted topics. */
  readonly value: Uint8Array | string | null;
  /** Order and duplicates are kept. */
  readonly headers?: readonly RecordHeaderInput[];
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** Distance from the base offset; default: one more than the record before. Only compaction leaves gaps. */
  readonly offsetDelta?: number;
}

export interface RecordHeader {
  readonly key: string;
  readonly value: Buffer | null;
}

/** Buffers are views of the bytes that were decoded: copy what outlives them. */
export interface DecodedRecord {
  readonly offset: number;
  /** Milliseconds since 1970; -1 for none. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
}
