import type { Clock, TimerHandle } from '../../io/clock.ts';
import { forEachConcurrently } from '../concurrency.ts';

const gapMsMax = 10;

export interface CheckpointPaceOptions {
  readonly clock: Clock;
  /** Over how long an unhurried checkpoint spreads its syncs. */
  readonly spreadMs: number;
  /** How many syncs a hurried one has under way. */
  readonly atOnce: number;
}

/**
 * How fast a checkpoint syncs the logs. Each sync of a grown file makes the file system commit, and
 * appends wait a little for that: a thousand in a row would be felt in every acknowledgement of that
 * second. So they are spread, one at a time, until somebody waits for the checkpoint.
 */
export class CheckpointPace {
  readonly #options: CheckpointPaceOptions;
  #waitingFor = 0;
  #wake: (() => void) | undefined;

  constructor(options: CheckpointPaceOptions) {
    this.#options = options;
  }

  /** Hurries until `work` settles. */
  hurry(work: Promise<unknown>): void {
    this.#waitingFor += 1;
    this.#wake?.();
    const settled = (): void => {
      this.#waitingFor -= 1;
    };
    work.then(settled, settled);
  }

  async syncAll(logs: readonly { syncDirty(): Promise<void> }[]): Promise<void> {
    const { spreadMs, atOnce } = this.#options;
    const gapMs = Math.min(gapMsMax, spreadMs / logs.length);
    let synced = 0;
    for (const log of logs) {
      if (this.#waitingFor > 0) break;
      await log.syncDirty();
      synced += 1;
      if (synced < logs.length) await this.#pause(gapMs);
    }
    await forEachConcurrently(logs.slice(synced), atOnce, (log) => log.syncDirty());
  }

  #pause(ms: number): Promise<void> {
    if (this.#waitingFor > 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer: TimerHandle = this.#options.clock.setTimer(ms, resolve);
    this.#wake = () => {
      timer.cancel();
      resolve();
    };
    return promise;
  }
}
