import type { Clock } from '../io/clock.ts';

const SLICE_MS = 8;

/** Work that takes longer than a slice of the event loop rests between slices, and leaves it to others. */
export class Pace {
  readonly #clock: Clock;
  #sinceMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sinceMs = clock.monotonicMs();
  }

  get isDue(): boolean {
    return this.#clock.monotonicMs() - this.#sinceMs >= SLICE_MS;
  }

  async rest(): Promise<void> {
    await new Promise<void>((resolve) => this.#clock.setTimer(0, resolve));
    this.#sinceMs = this.#clock.monotonicMs();
  }
}
