/** What the output formats need of a fetched record; the SDK's records are assignable to it. */
export interface PrintedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since 1970. */
  readonly timestampMs: number;
  readonly key: Buffer | null;
  /** null: a tombstone. */
  readonly value: Buffer | null;
  readonly headers: readonly PrintedHeader[];
}

export interface PrintedHeader {
  readonly key: string;
  readonly value: Buffer | null;
}
