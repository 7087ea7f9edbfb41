import type { Clock, TimerHandle } from '../../io/clock.ts';
import type { LogRun } from './flushQueue.ts';
import type { PartitionLog } from '../partition/partitionLog.ts';

/** How long pages of `async` logs stay dirty (safety.md, rule 2). */
const syncMs = 1000;

export interface AsyncCommitOptions {
  readonly clock: Clock;
  readonly noteChanged: (log: PartitionLog) => void;
  /** Syncs these logs; handles its own errors. */
  readonly sync: (logs: readonly PartitionLog[]) => Promise<void>;
}

/** The way of `async` logs: no journal, the written end counts, a sync each second bounds what a crash takes. */
export class AsyncCommit {
  readonly #options: AsyncCommitOptions;
  readonly #dirty = new Set<PartitionLog>();
  #timer: TimerHandle | undefined;

  constructor(options: AsyncCommitOptions) {
    this.#options = options;
  }

  commit(runs: readonly LogRun[]): undefined {
    for (const { log, run } of runs) log.committed(run);
    const logs = new Set(runs.map(({ log }) => log));
    for (const log of logs) {
      log.markDurable(log.writtenEndOffset);
      this.#options.noteChanged(log);
      this.#dirty.add(log);
    }
    for (const log of logs) {
      log.announceWritten(log.writtenEndOffset);
      log.announceDurable();
    }
    this.#timer ??= this.#options.clock.setTimer(syncMs, () => {
      this.#timer = undefined;
      const dirty = Array.from(this.#dirty);
      this.#dirty.clear();
      void this.#options.sync(dirty);
    });
  }

  forget(log: PartitionLog): void {
    this.#dirty.delete(log);
  }

  close(): void {
    this.#timer?.cancel();
  }
}
