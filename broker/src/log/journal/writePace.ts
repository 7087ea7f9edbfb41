import type { Clock } from '../../io/clock.ts';

/** A write of a tick into the page cache takes microseconds; the kernel throttles a process with too many dirty pages. */
const slowMs = 5;
/** Through the pool, whose threads may have to wait for a processor. */
const pooledSlowMs = 20;
/** A slow write counts this much, a fast one takes one away, one through the pool that was not throttled half of it. */
const strike = 8;
const strikesMax = 2 * strike;

/**
 * Whether writes go to the page cache at once or through the thread pool (architecture.md, Storage):
 * the pool costs ten times the processor, a throttled write would stop the event loop.
 *
 * A throttled process is slow at every write; one slow write among many is a process that had to wait for a processor,
 * for which the pool would only be one more queue: it takes two within eight.
 */
export class WritePace {
  readonly #clock: Clock;
  #strikes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isSlow(): boolean {
    return this.#strikes > strike;
  }

  start(): number {
    return this.#clock.monotonicMs();
  }

  /** A write begun at `startMs` has ended, by the way that `isSlow` told. */
  end(startMs: number): void {
    const tookMs = this.#clock.monotonicMs() - startMs;
    const { isSlow } = this;
    if (tookMs > (isSlow ? pooledSlowMs : slowMs)) {
      this.#strikes = Math.min(strikesMax, this.#strikes + strike);
    } else this.#strikes = Math.max(0, this.#strikes - (isSlow ? strike / 2 : 1));
  }
}
