import type { PartitionRef } from '@millrace/core/assignors/partitionRef';
import { type MillraceError, millraceError } from '@millrace/core/errors';

export interface LeaderPosition {
  readonly logStart: number;
  /** The high watermark. */
  readonly end: number;
}

/** What leaders have answered. */
export class PositionsTold {
  readonly #positions = new Map<PartitionRef, LeaderPosition | MillraceError>();
  readonly #times = new Map<PartitionRef, Map<number, number>>();

  tell(ref: PartitionRef, position: LeaderPosition | MillraceError): void {
    this.#positions.set(ref, position);
  }

  /** Of the first record at or after `offset`, which is at or after the log start. */
  tellTime(ref: PartitionRef, offset: number, timestampMs: number): void {
    const times = this.#times.get(ref) ?? new Map<number, number>();
    times.set(offset, timestampMs);
    this.#times.set(ref, times);
  }

  position(ref: PartitionRef): LeaderPosition | MillraceError {
    return this.#positions.get(ref) ?? millraceError('UNAVAILABLE', 'its leader was not asked');
  }

  time(ref: PartitionRef, offset: number): number | undefined {
    return this.#times.get(ref)?.get(offset);
  }
}
