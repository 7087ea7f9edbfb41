/** All that is known of one partition at the end of a run: what the checkers judge. */
import type { CopyLog } from './copyLog.ts';
import type { ReadLog } from './readLog.ts';
import type { SendLog } from './sendLog.ts';

export interface PartitionHistory {
  readonly partition: number;
  readonly sends: readonly SendLog[];
  /** Read while the faults happened. */
  readonly reads: readonly ReadLog[];
  /** Those of `reads` that began at offset 0 and went on until they had seen the end of `final`. */
  readonly followers: readonly ReadLog[];
  /** The whole log, read after all was well again and nobody wrote any more. */
  readonly final: ReadLog;
  /** After `final`. */
  readonly highWatermark: number;
  /** What lies in the directories of the brokers, after they stopped. */
  readonly copies: readonly CopyLog[];
}
