import type { Offset } from '@millrace/core/ids';

/** The streams of a partition, as the partition tells them what happens. Called synchronously; must not throw. */
export interface PartitionLink {
  /** Leader: followers may have more. Follower: what was received is in the segments and in the journal. */
  written(): void;
  /** The durable end of this copy has moved. */
  durable(): void;
  highWatermarkMoved(): void;
  /** Role, leader, epoch or members have changed. */
  stateChanged(): void;
  /** Records that were appended are lost to a failed write. */
  cut(): void;
  /** Leader: what all followers that are connected have fetched; undefined: there are none. */
  readonly slowestFollower: Offset | undefined;
  /** Leader: a change of the ISR may be due. */
  isrDue(): void;
}
