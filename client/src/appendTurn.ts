/**
 * How much is appended in one turn of the event loop: whoever appends without end must let it turn in between, or
 * neither timers nor sockets get to send what is there already.
 */

/** Some milliseconds of appending: the turn itself costs a hundredth of that. */
const TURN_RECORDS = 4096;
/** Asking the clock costs as much as a small record: one answer is good for so many that come together. */
const RECORDS_PER_CLOCK = 16;

export class AppendTurn {
  #left = TURN_RECORDS;
  #nowMs = 0;
  #armed = false;
  #waiting: (() => void)[] = [];

  /** Counts a record, which comes now: returns milliseconds since 1970, as of the last few records of the turn. */
  take(): number {
    if ((this.#left & (RECORDS_PER_CLOCK - 1)) === 0) this.#nowMs = Date.now();
    this.#left -= 1;
    if (!this.#armed) {
      this.#armed = true;
      setImmediate(this.#turned);
    }
    return this.#nowMs;
  }

  /** No more before the event loop has turned. */
  get isSpent(): boolean {
    return this.#left <= 0;
  }

  /** At once unless it is spent. */
  whenNext(callback: () => void): void {
    if (this.isSpent) this.#waiting.push(callback);
    else callback();
  }

  readonly #turned = (): void => {
    this.#armed = false;
    this.#left = TURN_RECORDS;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const callback of waiting) callback();
  };
}
