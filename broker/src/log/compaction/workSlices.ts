import { millraceError } from '@millrace/core/errors';
import type { Clock } from '../../io/clock.ts';

/** Of one turn of the event loop (safety.md, pitfall 10). */
const SLICE_MS = 2;
/** A turn of others that takes longer says that they have much to do: they get twice as long again. */
const BUSY_MS = 1;
const YIELD_MS_MAX = 25;
/** Unused allowance that is kept, so that a late timer does not slow the pace. */
const SAVED_MS = 100;
const WAIT_MS = 10;

/**
 * Work on the event loop beside what serves: in slices of a few milliseconds, so many bytes a second, and less where the
 * loop has much to do.
 */
export class WorkSlices {
  readonly #clock: Clock;
  /** Asked at each slice: a limit may change. 0: none. */
  readonly #bytesPerSecondMax: () => number;
  #beganMs: number;
  #allowed = 0;
  #sinceMs: number;
  #isStopped = false;

  constructor(clock: Clock, bytesPerSecondMax: () => number) {
    this.#clock = clock;
    this.#bytesPerSecondMax = bytesPerSecondMax;
    this.#beganMs = clock.monotonicMs();
    this.#sinceMs = this.#beganMs;
  }

  /** Whoever rests now, or later, gets an error. */
  stop(): void {
    this.#isStopped = true;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  get isOver(): boolean {
    return this.#clock.monotonicMs() - this.#beganMs >= SLICE_MS;
  }

  /** Lets others have a turn. Rejects with SHUTTING_DOWN once it is stopped. */
  async rest(): Promise<void> {
    this.assertRuns();
    const endedMs = this.#clock.monotonicMs();
    await new Promise<void>((resolve) => {
      this.#clock.soon(resolve);
    });
    const othersMs = this.#clock.monotonicMs() - endedMs;
    if (othersMs > BUSY_MS) await this.#wait(Math.min(YIELD_MS_MAX, othersMs * 2));
    this.assertRuns();
    this.#beganMs = this.#clock.monotonicMs();
  }

  /** Bytes are about to be read or written: resolves when they may be. Rejects as `rest`. */
  async spend(bytes: number): Promise<void> {
    this.assertRuns();
    const perSecond = this.#bytesPerSecondMax();
    if (perSecond > 0) {
      this.#earn(perSecond);
      while (this.#allowed <= 0) {
        await this.#wait(WAIT_MS);
        this.assertRuns();
        this.#earn(perSecond);
      }
      this.#allowed -= bytes;
    }
    if (this.isOver) await this.rest();
  }

  assertRuns(): void {
    if (this.#isStopped) throw millraceError('SHUTTING_DOWN', 'compaction stops');
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.setTimer(ms, resolve);
    });
  }

  #earn(perSecond: number): void {
    const nowMs = this.#clock.monotonicMs();
    const earned = ((nowMs - this.#sinceMs) / 1000) * perSecond;
    this.#allowed = Math.min((perSecond * SAVED_MS) / 1000, this.#allowed + earned);
    this.#sinceMs = nowMs;
  }
}
