import type { Clock } from '../../io/clock.ts';
import { AsyncCommit } from './asyncCommit.ts';
import type { BypassLimits } from './extentPlan.ts';
import { FlushQueue } from './flushQueue.ts';
import { GroupCommit } from './groupCommit.ts';
import type { Journal } from './journal.ts';
import type { LogPosition } from '../partition/logPosition.ts';
import type { RulesOff } from '../logRules.ts';
import type { PartitionLog } from '../partition/partitionLog.ts';
import type { WritePace } from './writePace.ts';

export interface FlushQueuesOptions {
  readonly clock: Clock;
  readonly pace: WritePace;
  readonly journal: Journal;
  readonly rulesOff: RulesOff;
  readonly limits: BypassLimits;
  /** See GroupCommit. */
  readonly replayBytesMax: number;
  readonly syncConcurrency: number;
  readonly wantCheckpoint: () => void;
  readonly noteChanged: (log: PartitionLog) => void;
  /** Syncs these `async` logs; handles its own errors. */
  readonly syncAsync: (logs: readonly PartitionLog[]) => Promise<void>;
  readonly onFailed: (error: unknown) => void;
}

const nothing = (): undefined => undefined;

/** The two ways of a log to durability, by its configuration; `async` logs never wait for the journal. */
export class FlushQueues {
  /** Of the `fsync` logs, and what a checkpoint may name. */
  readonly commit: GroupCommit;
  readonly #asyncCommit: AsyncCommit;
  readonly #fsync: FlushQueue;
  readonly #async: FlushQueue;
  /** Of logs that are held, or about to be. */
  readonly #resumed = new Map<PartitionLog, PromiseWithResolvers<void>>();

  constructor(options: FlushQueuesOptions) {
    const { clock, pace, noteChanged, syncAsync, onFailed } = options;
    const commit = new GroupCommit(options);
    const asyncCommit = new AsyncCommit({ clock, noteChanged, sync: syncAsync });
    this.commit = commit;
    this.#asyncCommit = asyncCommit;
    this.#fsync = new FlushQueue({
      clock,
      pace,
      commit: (runs) => commit.commit(runs),
      whenCommitted: () => commit.whenCommitted(),
      onFailed,
    });
    this.#async = new FlushQueue({
      clock,
      pace,
      commit: (runs) => asyncCommit.commit(runs),
      whenCommitted: nothing,
      onFailed,
    });
  }

  get pendingBytes(): number {
    return this.#fsync.pendingBytes + this.#async.pendingBytes + this.commit.pendingBytes;
  }

  schedule(log: PartitionLog): void {
    this.#of(log).schedule(log);
  }

  /** A durable frame of the journal, after all that is queued now. */
  truncation(log: PartitionLog, to: LogPosition): Promise<void> {
    return this.#fsync.afterQueued(() => this.commit.truncation(log, to));
  }

  /** Resolves once what these logs have queued is committed; what comes later stays queued. */
  async hold(logs: readonly PartitionLog[]): Promise<void> {
    for (const log of logs) this.#resumed.set(log, Promise.withResolvers());
    for (const queue of new Set(logs.map((log) => this.#of(log)))) {
      await queue.afterQueued(() => {
        for (const log of logs) if (this.#of(log) === queue) queue.hold(log);
        return undefined;
      });
    }
  }

  /** Resolves while the log is not held: its way to durability does not change before the caller's next await. */
  async whenResumed(log: PartitionLog): Promise<void> {
    await this.#resumed.get(log)?.promise;
  }

  /** Held no more, and flushed as its configuration says now. */
  resume(log: PartitionLog): void {
    this.#release(log);
    this.#fsync.forget(log);
    this.#async.forget(log);
    if (log.queuedBytes > 0) this.schedule(log);
  }

  /** Of a log that is closed. */
  forget(log: PartitionLog): void {
    this.#release(log);
    this.#fsync.forget(log);
    this.#async.forget(log);
    this.#asyncCommit.forget(log);
  }

  /** Commits what is queued, and then nothing more. */
  async finish(): Promise<void> {
    await this.#fsync.afterQueued(nothing);
    await this.#async.afterQueued(nothing);
    this.stop();
  }

  stop(): void {
    for (const log of this.#resumed.keys()) this.#release(log);
    this.#fsync.stop();
    this.#async.stop();
    this.commit.stop();
    this.#asyncCommit.close();
  }

  #release(log: PartitionLog): void {
    this.#resumed.get(log)?.resolve();
    this.#resumed.delete(log);
  }

  #of(log: PartitionLog): FlushQueue {
    return log.config.durability === 'fsync' ? this.#fsync : this.#async;
  }
}
