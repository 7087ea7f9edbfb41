import type { SimScheduler } from '../../../src/io/sim/simScheduler.ts';

const linesMax = 4000;

/** What happened in one seed, for people: virtual time, boot, event. */
export class Transcript {
  readonly #scheduler: SimScheduler;
  readonly #lines: string[] = [];
  boot = 0;

  constructor(scheduler: SimScheduler) {
    this.#scheduler = scheduler;
  }

  note(event: string): void {
    this.#lines.push(
      `${this.#scheduler.nowMs.toFixed(3).padStart(10)} ms  boot ${this.boot}  ${event}`,
    );
    if (this.#lines.length > 2 * linesMax) this.#lines.splice(0, linesMax);
  }

  last(count: number): string[] {
    return this.#lines.slice(-count);
  }
}
