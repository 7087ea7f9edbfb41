import type { Clock } from '../io/clock.ts';

/** A bucket that fills with time: `perSecond` on average, twice that at once. */
export class Admission {
  readonly #clock: Clock;
  readonly #perSecond: number;
  #left: number;
  #atMs: number;

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#left = 2 * perSecond;
    this.#atMs = clock.monotonicMs();
  }

  admit(): boolean {
    const nowMs = this.#clock.monotonicMs();
    const filled = this.#left + ((nowMs - this.#atMs) / 1000) * this.#perSecond;
    this.#left = Math.min(filled, 2 * this.#perSecond);
    this.#atMs = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
