import type { MillraceError } from '@millrace/core/errors';
import { type Checkpointer, CheckpointNotWritten } from '../journal/checkpointer.ts';
import { CheckpointSchedule } from '../journal/checkpointSchedule.ts';
import { forEachConcurrently } from '../concurrency.ts';
import type { DirectoryFailure } from './directoryFailure.ts';
import { noBypass } from '../journal/extentPlan.ts';
import { FlushQueues } from '../journal/flushQueues.ts';
import type { Journal, JournalEvents } from '../journal/journal.ts';
import type { LogDirectoryOptions } from './logDirectoryOptions.ts';
import type { LentWrites } from '../partition/logLending.ts';
import type { LogPosition } from '../partition/logPosition.ts';
import { allRules, type RulesOff } from '../logRules.ts';
import type { PartitionLog } from '../partition/partitionLog.ts';
import type { WritePace } from '../journal/writePace.ts';

export interface DirectoryWritesParts {
  readonly directory: LogDirectoryOptions;
  readonly pace: WritePace;
  readonly journal: Journal;
  readonly checkpointer: Checkpointer;
  /** Whether the copy is not deleted. */
  readonly isHere: (log: PartitionLog) => boolean;
  readonly failure: DirectoryFailure;
}

/**
 * What the logs of a directory write, on its way to durability and into their lines: queues, journal, checkpoints
 * (safety.md, rules 2, 8).
 */
export class DirectoryWrites implements LentWrites {
  readonly queues: FlushQueues;
  readonly checkpoints: CheckpointSchedule;
  readonly #parts: DirectoryWritesParts;
  readonly #rulesOff: RulesOff;

  constructor(parts: DirectoryWritesParts) {
    const { directory, pace, journal, checkpointer, failure } = parts;
    const { clock, config, rulesOff = allRules } = directory;
    this.#parts = parts;
    this.#rulesOff = rulesOff;
    const fail = (error: unknown): MillraceError => failure.fail(error);
    this.queues = new FlushQueues({
      clock,
      pace,
      journal,
      rulesOff,
      limits: directory.bypass ?? noBypass,
      replayBytesMax: config.journalFileBytes * config.journalFilesMax,
      syncConcurrency: config.syncConcurrency,
      wantCheckpoint: () => this.checkpoints.soon(),
      noteChanged: (log) => this.checkpoints.noteChanged(log),
      syncAsync: (logs) => this.#syncAsync(logs),
      onFailed: (error) => void fail(error),
    });
    const source = this.queues.commit;
    this.checkpoints = new CheckpointSchedule({ directory, checkpointer, source, journal, fail });
    journal.listen(this.#journalEvents());
  }

  /** What is durable now is in segments and lines once this resolves, and journal files up to there are free. */
  async checkpoint(): Promise<void> {
    this.#parts.failure.assertNone();
    await this.checkpoints.now();
  }

  stop(): void {
    this.checkpoints.stop();
    this.queues.stop();
  }

  scheduleFlush(log: PartitionLog): void {
    this.queues.schedule(log);
  }

  async journalTruncation(log: PartitionLog, to: LogPosition): Promise<void> {
    // Between one way to durability and the other a cut would be in neither the journal nor the line.
    await this.queues.whenResumed(log);
    if (log.failure !== undefined) throw log.failure;
    if (log.config.durability === 'fsync') return await this.queues.truncation(log, to);
    if (!this.#rulesOff.has('async-line-lowered')) await this.#lowerLine(log, to);
  }

  async truncated(log: PartitionLog): Promise<void> {
    this.checkpoints.noteChanged(log);
    this.queues.commit.truncated();
    // Also the sync of the cut, before anything is written past it (rule 8).
    if (log.config.durability === 'async') await this.checkpoint();
  }

  #journalEvents(): JournalEvents {
    const { failure, directory } = this.#parts;
    const { observer, clock } = directory;
    return {
      onSynced: (sequence, durationMs) => {
        observer?.synced?.(durationMs);
        this.queues.commit.synced(sequence);
      },
      onFileFilled: () => this.checkpoints.soon(),
      onFull: (state) => {
        const sinceMs = state === 'waiting' ? clock.monotonicMs() : undefined;
        observer?.journalFull?.(sinceMs);
        this.checkpoints.soon();
      },
      onWritten: (bytes) => observer?.journalWritten?.(bytes),
      onFailed: (error) => void failure.fail(error),
    };
  }

  async #syncAsync(logs: readonly PartitionLog[]): Promise<void> {
    const { directory, checkpointer, isHere, failure } = this.#parts;
    try {
      await checkpointer.between(() =>
        forEachConcurrently(logs, directory.config.syncConcurrency, async (log) => {
          if (isHere(log)) await log.syncDirty();
        }),
      );
    } catch (error) {
      // The next checkpoint tries again.
      if (error instanceof CheckpointNotWritten && error.passes) return;
      failure.fail(error);
    }
  }

  /**
   * What an `async` log is about to cut must not lie below its line [the log is short of it then, or holds what was
   * torn past the cut and no boot checks]. No checkpoint raises the line again before the cut is made.
   */
  #lowerLine(log: PartitionLog, to: LogPosition): Promise<void> {
    const { commit } = this.queues;
    const { checkpointer, isHere } = this.#parts;
    return checkpointer.between(async () => {
      if (!isHere(log)) return;
      commit.truncating();
      try {
        if (to.offset < log.checkpointedEnd) {
          await checkpointer.setLines([log.checkpointLine(to)]);
        }
      } catch (error) {
        commit.truncated();
        throw error;
      }
    });
  }
}
