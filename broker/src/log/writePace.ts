import type { Clock } from '../io/clock.ts';

/** A write of a tick into the page cache takes microseconds; the kernel throttles a process with too many dirty pages. */
const slowMs = 5;

/**
 * Whether writes go to the page cache at once or through the thread pool (architecture.md, Storage):
 * the pool costs ten times the processor, a throttled write would stop the event loop.
 */
export class WritePace {
  readonly #clock: Clock;
  #slow = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isSlow(): boolean {
    return this.#slow;
  }

  start(): number {
    return this.#clock.monotonicMs();
  }

  /** A write begun at `startMs` has ended, by either way. */
  end(startMs: number): void {
    this.#slow = this.#clock.monotonicMs() - startMs > slowMs;
  }
}
