import type { Offset } from '@millrace/core/ids';

/** A batch boundary: its offset, and where it lies in the files. Position 0: a segment that is not written yet. */
export interface LogPosition {
  readonly offset: Offset;
  readonly segmentBase: Offset;
  /** Bytes from the start of the segment. */
  readonly position: number;
}
