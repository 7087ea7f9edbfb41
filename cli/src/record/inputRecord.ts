/** A record read from a line or an envelope, before the options that apply to all records. */
export interface InputRecord {
  /** Absent: the input says nothing about a key, so that a fixed key applies; null: it has none. */
  readonly key?: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly InputHeader[];
  /** Absent: the partitioner decides. */
  readonly partition?: number;
  /** Milliseconds since 1970. Absent: the time of sending. */
  readonly timestampMs?: number | undefined;
}

export interface InputHeader {
  readonly key: string;
  readonly value: Buffer | null;
}
