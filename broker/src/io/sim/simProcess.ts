import type { TimerHandle } from '../clock.ts';
import type { SimScheduler } from './simScheduler.ts';

/**
 * One simulated process (a boot): what it has scheduled dies with it. Its promises then stay pending
 * for ever, and its code never runs again. Paused (SIGSTOP), nothing of it runs; then all that came due meanwhile runs
 * at once, in order.
 */
export class SimProcess {
  readonly scheduler: SimScheduler;
  #alive = true;
  #soonMs = 0;
  readonly #whenKilled: (() => void)[] = [];
  /** What came due while it was paused; undefined while it runs. */
  #held: (() => void)[] | undefined;

  constructor(scheduler: SimScheduler) {
    this.scheduler = scheduler;
  }

  get alive(): boolean {
    return this.#alive;
  }

  get paused(): boolean {
    return this.#held !== undefined;
  }

  after(delayMs: number, name: string, run: () => void): TimerHandle {
    let isCancelled = false;
    const fire = (): void => {
      if (!this.#alive || isCancelled) return;
      if (this.#held === undefined) run();
      else this.#held.push(fire);
    };
    const timer = this.scheduler.after(delayMs, name, fire);
    return {
      cancel: () => {
        isCancelled = true;
        timer.cancel();
      },
    };
  }

  pause(): void {
    this.#held ??= [];
  }

  resume(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const fire of held) this.scheduler.after(0, 'resumed', fire);
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
    this.#held = undefined;
    for (const callback of this.#whenKilled) callback();
  }
}
