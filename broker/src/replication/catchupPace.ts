import type { Clock } from '../io/clock.ts';

/** Unused allowance that is kept, so that a late timer does not slow the pace. */
const SAVED_MS = 250;
/** Asked for at once at least: less costs the leader a message for nothing. */
const STEP_MS = 25;

/**
 * How fast this broker asks for what its copies lack, all catch-up lanes together: a copy that is filled reads old data at
 * its leader and writes as fast as it gets them, in the way of what is produced meanwhile.
 */
export class CatchupPace {
  readonly #clock: Clock;
  readonly #bytesPerSecond: number;
  #allowed = 0;
  #sinceMs: number;

  constructor(clock: Clock, bytesPerSecond: number) {
    this.#clock = clock;
    this.#bytesPerSecond = bytesPerSecond;
    this.#sinceMs = clock.monotonicMs();
  }

  /** How many of so many bytes may be asked for now. */
  take(wanted: number): number {
    const nowMs = this.#clock.monotonicMs();
    const earned = ((nowMs - this.#sinceMs) / 1000) * this.#bytesPerSecond;
    const saved = (this.#bytesPerSecond * SAVED_MS) / 1000;
    this.#allowed = Math.min(saved, this.#allowed + earned);
    this.#sinceMs = nowMs;
    const step = (this.#bytesPerSecond * STEP_MS) / 1000;
    if (this.#allowed < Math.min(wanted, step)) return 0;
    const taken = Math.floor(Math.min(wanted, this.#allowed));
    this.#allowed -= taken;
    return taken;
  }

  /** When to ask again. */
  get waitMs(): number {
    return STEP_MS;
  }
}
