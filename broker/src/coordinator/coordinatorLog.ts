import type { MillraceError } from '@millrace/core/errors';
import type { Offset } from '@millrace/core/ids';
import type { LogCursor } from '../log/partition/logCursor.ts';
import type { Appended, AppendListener } from '../replication/acknowledgements.ts';

/** The internal partition under a coordinator, which is its only writer: what a Partition gives it, or a simulation. */
export interface CoordinatorLog {
  /** `<topic>/<partition>`, for messages. */
  readonly name: string;
  readonly startOffset: Offset;
  /** That it leads in now, or led in last. */
  readonly leaderEpoch: number;
  /** Why `append` would refuse now; undefined if it would not. */
  readonly refusal: MillraceError | undefined;
  /** Of one batch. */
  readonly batchBytesMax: number;
  /** Batches, with acks=all, in the current leader epoch; the buffer is the log's. Throws if nothing was appended. */
  append(batches: Buffer, listener: AppendListener): Appended;
  openCursor(offset: Offset): Pick<LogCursor, 'next'>;
}
