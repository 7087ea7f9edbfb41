import type { Offset } from '@millrace/core/ids';

/** Batches that one write put into a segment, for the journal and the followers. */
export interface WrittenRun {
  readonly baseOffset: Offset;
  /** Exclusive. */
  readonly endOffset: Offset;
  readonly segmentBase: Offset;
  /** Byte position in the segment; 0: the run begins a segment, whose base is `baseOffset`. */
  readonly position: number;
  /** Whole batches each. Never changed again: the tail cache and the readers share them. */
  readonly buffers: readonly Buffer[];
  readonly bytes: number;
  /** Of the last batch. */
  readonly leaderEpoch: number;
}
