/** How far a group is behind in one partition, at one moment. Pure: offsets and ages come from whoever has them. */

export interface PartitionPosition {
  /** Of the next record to process; undefined: nothing is committed. */
  readonly committed: number | undefined;
  /** Records below it are gone: nobody can lag behind on them. */
  readonly logStart: number;
  /** Exclusive: what readers may see. */
  readonly end: number;
}

/** Where the group goes on, or would begin: what is not committed counts from the earliest record. */
export function nextOffset({ committed, logStart }: PartitionPosition): number {
  return committed === undefined || committed < logStart ? logStart : committed;
}

/** In records: offsets that compaction has emptied count, too. */
export function lagRecords(position: PartitionPosition): number {
  return Math.max(0, position.end - nextOffset(position));
}

/** Durations and a monotonic clock: wall clocks of producers and coordinators have no place in a verdict's window. */
export interface LagSample {
  /** When it was taken, monotonic. */
  readonly atMs: number;
  /** Undefined: nothing is committed. */
  readonly committed: number | undefined;
  readonly end: number;
  readonly records: number;
  /** Age of the first record that is not committed; 0 without one, undefined where it can't be told. */
  readonly lagMs: number | undefined;
  /** Since the last commit, by whichever coordinator took it; undefined: there was none. */
  readonly commitAgeMs: number | undefined;
  /** A member has the partition. */
  readonly isOwned: boolean;
}
