import type { TimerHandle } from '../clock.ts';
import type { SimScheduler } from './simScheduler.ts';

/**
 * One simulated process (a boot): what it has scheduled dies with it. Its promises then stay pending
 * for ever, and its code never runs again.
 */
export class SimProcess {
  readonly scheduler: SimScheduler;
  #alive = true;
  #soonMs = 0;
  readonly #whenKilled: (() => void)[] = [];

  constructor(scheduler: SimScheduler) {
    this.scheduler = scheduler;
  }

  get alive(): boolean {
    return this.#alive;
  }

  after(delayMs: number, name: string, run: () => void): TimerHandle {
    return this.scheduler.after(delayMs, name, () => {
      if (this.#alive) run();
    });
  }

  /** In call order among themselves, anywhere among ends of IO. */
  soon(run: () => void): void {
    const { nowMs, random } = this.scheduler;
    this.#soonMs = Math.max(this.#soonMs, nowMs + random.float() * 0.02);
    this.after(this.#soonMs - nowMs, 'soon', run);
  }

  /** Calls back in `kill`, while the disk can still be changed. */
  onKill(callback: () => void): void {
    this.#whenKilled.push(callback);
  }

  /** kill -9. Idempotent. */
  kill(): void {
    if (!this.#alive) return;
    this.#alive = false;
    for (const callback of this.#whenKilled) callback();
  }
}
