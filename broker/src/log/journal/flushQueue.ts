import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { Clock } from '../../io/clock.ts';
import type { PartitionLog } from '../partition/partitionLog.ts';
import type { WritePace } from './writePace.ts';
import type { WrittenRun } from './writtenRun.ts';

/** What one tick writes before it lets others run: about 5 ms of page cache, journal and CRC. */
const tickBytesMax = 4 << 20;

export interface LogRun {
  readonly log: PartitionLog;
  readonly run: WrittenRun;
}

export interface FlushQueueOptions {
  readonly clock: Clock;
  readonly pace: WritePace;
  /**
   * Takes what a tick has written into segments, in order, and tells the logs once their buffers are
   * not needed. The next tick waits for the promise, if there is one; what is queued meanwhile stays
   * in its log.
   */
  readonly commit: (runs: readonly LogRun[]) => Promise<void> | undefined;
  /** Undefined if all that `commit` took is committed, else a promise of that. */
  readonly whenCommitted: () => Promise<void> | undefined;
  /** Of commit or of the queue's own work: nothing is flushed any more. */
  readonly onFailed: (error: unknown) => void;
}

interface Job {
  readonly run: () => Promise<void> | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes what the logs have queued into their segments, once per tick for all of them, and hands it on
 * as one group. A log is flushed by one call at a time, and its runs are committed in their order.
 */
export class FlushQueue {
  readonly #options: FlushQueueOptions;
  #scheduled = new Set<PartitionLog>();
  readonly #held = new Set<PartitionLog>();
  readonly #jobs: Job[] = [];
  #armed = false;
  #busy = false;
  #stopped = false;

  constructor(options: FlushQueueOptions) {
    this.#options = options;
  }

  /** Bytes queued in logs. */
  get pendingBytes(): number {
    let bytes = 0;
    for (const log of this.#scheduled) bytes += log.queuedBytes;
    return bytes;
  }

  schedule(log: PartitionLog): void {
    this.#scheduled.add(log);
    this.#arm('turn-end');
  }

  /** What the log queues stays in it until `forget`. */
  hold(log: PartitionLog): void {
    this.#held.add(log);
  }

  /** Forgets a log, held or not: it is closed, or goes to another queue. */
  forget(log: PartitionLog): void {
    this.#scheduled.delete(log);
    this.#held.delete(log);
  }

  /**
   * Runs `job` after all that is queued now was committed, and before anything later is flushed. Rejects
   * with SHUTTING_DOWN if the queue stops before.
   */
  afterQueued(run: () => Promise<void> | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (this.#stopped) return Promise.reject(stoppedError());
    this.#jobs.push({ run, resolve, reject });
    this.#arm();
    return promise;
  }

  stop(): void {
    this.#stopped = true;
    this.#scheduled.clear();
    for (const { reject } of this.#jobs.splice(0)) reject(stoppedError());
  }

  /** What a tick has left waits for the next turn: others may run first. */
  #arm(when: 'turn-end' | 'next-turn' = 'next-turn'): void {
    if (this.#armed || this.#busy || this.#stopped) return;
    this.#armed = true;
    const tick = (): void => {
      this.#armed = false;
      this.#tick();
    };
    const { clock } = this.#options;
    if (when === 'turn-end') clock.atTurnEnd(tick);
    else clock.soon(tick);
  }

  #tick(): void {
    if (this.#busy || this.#stopped) return;
    let done: Promise<void> | undefined;
    try {
      done = this.#options.pace.isSlow ? this.#slowCycle() : this.#cycle();
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (done === undefined) {
      this.#armIfWork();
      return;
    }
    this.#busy = true;
    done.then(
      () => {
        this.#busy = false;
        this.#armIfWork();
      },
      (error: unknown) => this.#fail(error),
    );
  }

  #armIfWork(): void {
    for (const log of this.#scheduled) {
      if (!this.#held.has(log)) return this.#arm();
    }
    if (this.#jobs.length > 0) this.#arm();
  }

  /** Synchronous but for a commit that has to wait. */
  #cycle(): Promise<void> | undefined {
    const runs: LogRun[] = [];
    let bytes = 0;
    for (const log of Array.from(this.#scheduled)) {
      if (this.#held.has(log)) continue;
      if (bytes >= tickBytesMax) break;
      this.#scheduled.delete(log);
      const startMs = this.#options.pace.start();
      for (const run of log.flush(tickBytesMax - bytes)) {
        runs.push({ log, run });
        bytes += run.bytes;
      }
      this.#options.pace.end(startMs);
      // Behind the others: no log keeps them waiting.
      if (log.queuedBytes > 0) this.#scheduled.add(log);
    }
    return this.#commit(runs);
  }

  async #slowCycle(): Promise<void> {
    const runs: LogRun[] = [];
    let bytes = 0;
    // Appends go on during the writes and may schedule a log again.
    for (const log of Array.from(this.#scheduled)) {
      if (this.#held.has(log)) continue;
      if (bytes >= tickBytesMax) break;
      this.#scheduled.delete(log);
      const startMs = this.#options.pace.start();
      for (const run of await log.flushSlow(tickBytesMax - bytes)) {
        runs.push({ log, run });
        bytes += run.bytes;
      }
      this.#options.pace.end(startMs);
      if (log.queuedBytes > 0) this.#scheduled.add(log);
      if (this.#stopped) return;
    }
    await this.#commit(runs);
  }

  #commit(runs: readonly LogRun[]): Promise<void> | undefined {
    const done = runs.length === 0 ? undefined : this.#options.commit(runs);
    return done === undefined ? this.#runJobs() : done.then(() => this.#runJobs());
  }

  /** Jobs wait until nothing is queued or under way that was queued before them. */
  #runJobs(): Promise<void> | undefined {
    if (this.#jobs.length === 0 || this.#hasFlushable()) return undefined;
    const done = this.#options.whenCommitted();
    return done === undefined ? this.#runNow() : done.then(() => this.#runNow());
  }

  #runNow(): Promise<void> | undefined {
    return this.#jobs
      .splice(0)
      .reduce<Promise<void> | undefined>(
        (before, job) => (before === undefined ? runJob(job) : before.then(() => runJob(job))),
        undefined,
      );
  }

  #hasFlushable(): boolean {
    for (const log of this.#scheduled) if (!this.#held.has(log)) return true;
    return false;
  }

  #fail(error: unknown): void {
    this.stop();
    this.#options.onFailed(error);
  }
}

/** Its error is the queue's too: the journal has failed. */
function runJob({ run, resolve, reject }: Job): Promise<void> | undefined {
  const done = run();
  if (done === undefined) {
    resolve();
    return undefined;
  }
  return done.then(resolve, (error: unknown) => {
    reject(error);
    throw error;
  });
}

function stoppedError(): MillraceError {
  return millraceError('SHUTTING_DOWN', 'the log takes no more writes');
}
