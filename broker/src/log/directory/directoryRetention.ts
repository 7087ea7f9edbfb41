import type { Offset } from '@millrace/core/ids';
import type { RulesOff } from '../logRules.ts';
import type { PartitionLog } from '../partition/partitionLog.ts';

export interface DirectoryRetentionParts {
  /** A whole checkpoint with a line of this log. */
  readonly checkpoint: (log: PartitionLog) => Promise<void>;
  /** The log changed; the next checkpoint takes a line of it. */
  readonly noteChanged: (log: PartitionLog) => void;
  /** The directory has failed or closes. */
  readonly isOver: () => boolean;
  readonly rulesOff: RulesOff;
}

/** Where the logs of a directory begin: each moves its start, then a line says so, then files go (safety.md, rule 24). */
export class DirectoryRetention {
  readonly #parts: DirectoryRetentionParts;

  constructor(parts: DirectoryRetentionParts) {
    this.#parts = parts;
  }

  /** Drops whole segments below the high watermark that retention no longer wants; resolves with the log start. */
  async enforce(log: PartitionLog): Promise<Offset> {
    if (this.#parts.isOver()) return log.logStartOffset;
    if (await log.retention.expire()) await this.#removeExpired(log);
    return log.logStartOffset;
  }

  /** Follower: the log begins where its leader's does, once it may. Resolves with the log start. */
  async follow(log: PartitionLog, logStart: Offset): Promise<Offset> {
    if (this.#parts.isOver()) return log.logStartOffset;
    // Nothing past the line may go.
    const isLineOld = logStart > log.checkpointedEnd && logStart <= log.highWatermark;
    if (isLineOld) await this.#parts.checkpoint(log);
    const isRaised = log.retention.raiseLogStart(logStart);
    // Another call may have raised it, and its line may not be durable yet.
    const { checkpointedStart } = log.retention;
    const isDue = checkpointedStart < logStart && logStart <= log.logStartOffset;
    if (isRaised || isDue) await this.#removeExpired(log);
    return log.logStartOffset;
  }

  /** The log begins at `offset`, at or below the high watermark, or at the batch that holds it. Resolves with the log start. */
  async deleteRecords(log: PartitionLog, offset: Offset): Promise<Offset> {
    return await this.follow(log, await log.retention.batchStart(offset));
  }

  async #removeExpired(log: PartitionLog): Promise<void> {
    const { checkpoint, noteChanged, rulesOff } = this.#parts;
    if (rulesOff.has('unlink-after-line')) noteChanged(log);
    else await checkpoint(log);
    log.retention.removeExpired();
  }
}
