/**
 * Bytes that may be in memory at once: one budget for the broker, one below it for each connection, so that neither one
 * client nor all of them pin more than was granted.
 *
 * What arrives has arrived: `take` always succeeds, and `exhausted` tells the taker to stop reading until `whenFree`.
 */
export class ByteBudget {
  readonly limitBytes: number;
  readonly #parent: ByteBudget | undefined;
  #usedBytes = 0;
  #waiting: (() => void)[] = [];

  constructor(limitBytes: number, parent?: ByteBudget) {
    this.limitBytes = limitBytes;
    this.#parent = parent;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  get exhausted(): boolean {
    return this.#usedBytes >= this.limitBytes || (this.#parent?.exhausted ?? false);
  }

  take(bytes: number): void {
    this.#usedBytes += bytes;
    this.#parent?.take(bytes);
  }

  release(bytes: number): void {
    this.#usedBytes -= bytes;
    this.#parent?.release(bytes);
    if (this.#usedBytes >= this.limitBytes || this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }

  /** Calls `resume` once, when this budget and its parent have room; it may be gone again by the time it runs. */
  whenFree(resume: () => void): void {
    if (this.#usedBytes >= this.limitBytes) {
      this.#waiting.push(() => this.whenFree(resume));
    } else if (this.#parent?.exhausted === true) {
      this.#parent.whenFree(() => this.whenFree(resume));
    } else {
      resume();
    }
  }
}
