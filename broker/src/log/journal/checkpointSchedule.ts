import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { TimerHandle } from '../../io/clock.ts';
import {
  type CheckpointedLog,
  type Checkpointer,
  CheckpointNotWritten,
  type CheckpointSource,
} from './checkpointer.ts';
import type { Journal } from './journal.ts';
import type { LogDirectoryOptions } from '../directory/logDirectoryOptions.ts';

export interface CheckpointScheduleOptions {
  readonly directory: LogDirectoryOptions;
  readonly checkpointer: Checkpointer;
  readonly source: CheckpointSource;
  readonly journal: Journal;
  /** A sync has failed, or the disk: the directory fails for good. What callers are told. */
  readonly fail: (error: unknown) => MillraceError;
}

/** When whole checkpoints are made: `checkpointMs` after the first change, and when asked for. */
export class CheckpointSchedule {
  readonly #options: CheckpointScheduleOptions;
  #timer: TimerHandle | undefined;
  #stopped = false;

  constructor(options: CheckpointScheduleOptions) {
    this.#options = options;
  }

  noteChanged(log: CheckpointedLog): void {
    this.#options.checkpointer.noteChanged(log);
    this.#arm();
  }

  /** Without waiting for it; its errors are handled here. Hurried if appends may soon wait for it. */
  soon(): void {
    if (this.#stopped) return;
    const { journal, directory } = this.#options;
    const isShort = journal.filledCount * 2 >= directory.config.journalFilesMax;
    this.#make(isShort ? 'hurried' : 'unhurried').catch(() => undefined);
  }

  /**
   * What is durable now is in segments and lines once this resolves, and journal files up to there are
   * free. DISK_FULL if that must be tried again; STORAGE_FAILED once the directory has failed.
   */
  now(): Promise<void> {
    return this.#make('hurried');
  }

  /** As `now`, and takes its time: appends are to feel as little of it as they can. */
  unhurried(): Promise<void> {
    return this.#make('unhurried');
  }

  /** No more by itself; `now` still works. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  async #make(urgency: 'hurried' | 'unhurried'): Promise<void> {
    const { directory, checkpointer, source, journal, fail } = this.#options;
    const { clock, observer, logger, rulesOff } = directory;
    this.#timer?.cancel();
    this.#timer = undefined;
    const startMs = clock.monotonicMs();
    if (rulesOff?.has('recycle-after-checkpoint') === true) journal.release(journal.syncedSequence);
    try {
      const sequence = await checkpointer.checkpoint(source, urgency);
      journal.release(sequence);
      source.checkpointed(sequence);
    } catch (error) {
      if (!(error instanceof CheckpointNotWritten && error.passes)) throw fail(error);
      logger.warn('the checkpoint could not be written', { cause: String(error.cause) });
      this.#arm();
      throw millraceError('DISK_FULL', error.message, { cause: error.cause });
    }
    observer?.checkpointed?.(clock.monotonicMs() - startMs);
  }

  #arm(): void {
    if (this.#stopped) return;
    const { clock, config } = this.#options.directory;
    this.#timer ??= clock.setTimer(config.checkpointMs, () => this.soon());
  }
}
