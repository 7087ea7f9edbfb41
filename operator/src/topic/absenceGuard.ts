/**
 * Whether so many Topics went at once that it is likelier a mistake than a wish [a deleted CRD takes every Topic]. Pure:
 * its clock is an argument, in monotonic milliseconds.
 */

export interface AbsenceGuardOptions {
  readonly windowMs: number;
  readonly holdMs: number;
  /** More than so many, */
  readonly countMin: number;
  /** and more than this share of all that there were. */
  readonly share: number;
}

export const ABSENCE_GUARD: AbsenceGuardOptions = {
  windowMs: 60_000,
  holdMs: 600_000,
  countMin: 5,
  share: 1 / 3,
};

export class AbsenceGuard {
  readonly #options: AbsenceGuardOptions;
  #gone: number[] = [];
  #heldUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: AbsenceGuardOptions = ABSENCE_GUARD) {
    this.#options = options;
  }

  /** A Topic went; `left`: how many there are now. */
  note(nowMs: number, left: number): void {
    const { windowMs, holdMs, countMin, share } = this.#options;
    this.#gone = [...this.#gone.filter((atMs) => nowMs - atMs < windowMs), nowMs];
    const gone = this.#gone.length;
    if (gone > countMin && gone > share * (gone + left)) this.#heldUntilMs = nowMs + holdMs;
  }

  /** Milliseconds for which no data is to be deleted; 0: none. */
  heldMs(nowMs: number): number {
    return Math.max(0, this.#heldUntilMs - nowMs);
  }
}
