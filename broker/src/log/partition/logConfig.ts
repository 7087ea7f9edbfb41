/** What of a topic's configuration its logs act on: a part of the resolved topic configuration of core. */
export interface LogConfig {
  /** `fsync`: an end counts once the journal holds it; `async`: once it is written (safety.md, rule 2). */
  readonly durability: 'fsync' | 'async';
  readonly cleanupPolicy: string;
  /** Of one batch, header included. */
  readonly batchBytesMax: number;
  readonly segmentBytesMax: number;
  /** A segment older than this is rolled. */
  readonly segmentMsMax: number;
  /** Bytes of batches between two entries of an index. */
  readonly indexIntervalBytes: number;
  /** undefined: for ever. */
  readonly retentionMs: number | undefined;
  /** Share of bytes that are not compacted yet, 0 to 1, from which on a log is compacted; undefined: the default. */
  readonly minCleanableDirtyRatio?: number | undefined;
  /** Younger records are not compacted; undefined: the default. */
  readonly minCompactionLagMs?: number | undefined;
  /** For so long after it was compacted first a tombstone stays; undefined: the default. */
  readonly tombstoneRetentionMs?: number | undefined;
  /** Of one partition; undefined: no limit. */
  readonly retentionBytes: number | undefined;
}
