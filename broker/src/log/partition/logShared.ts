import type { Offset } from '@millrace/core/ids';
import type { Clock } from '../../io/clock.ts';
import type { Storage } from '../../io/storage.ts';
import type { LogPosition } from './logPosition.ts';
import type { OpenFiles } from '../segment/openFiles.ts';
import type { RulesOff } from '../logRules.ts';
import type { PartitionLog } from './partitionLog.ts';
import type { TailCache } from '../tail/tailCache.ts';

/** What the directory lends to each of its logs. */
export interface LogShared {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly tailCache: TailCache;
  readonly openFiles: OpenFiles;
  readonly rulesOff: RulesOff;
  /** Per log. */
  readonly producersMax: number;
  /** No run, so no journal frame, holds more batch bytes, but for a single batch that is larger. */
  readonly runBytesMax: number;
  /** The log has queued its first bytes since its last flush. Called once until then. */
  scheduleFlush(log: PartitionLog): void;
  /**
   * Resolves once the truncation is a durable journal frame, and so is everything before it; for an
   * `async` log at once. The log cuts its segments after it (safety.md, rule 8).
   */
  journalTruncation(log: PartitionLog, to: LogPosition): Promise<void>;
  /**
   * The cut that journalTruncation announced is made, or has failed. Resolves once the log may be written past it: for
   * an `async` log when a line says where it ends now [what is torn past the cut would lie below the old line].
   */
  truncated(log: PartitionLog): Promise<void>;
  /** The log ends at `end` for good: what compaction had noted past it is forgotten, if the disk permits. Never rejects. */
  cut(log: PartitionLog, end: Offset): Promise<void>;
}
