import type { Offset } from '@millrace/core/ids';

/** Where a log was cut so far: readers that waited meanwhile look whether it concerns them. */
export class CutHistory {
  readonly #cuts: Offset[] = [];

  get count(): number {
    return this.#cuts.length;
  }

  add(offset: Offset): void {
    this.#cuts.push(offset);
  }

  /** Nothing was cut, but bytes lie elsewhere now. */
  moved(): void {
    this.#cuts.push(Number.POSITIVE_INFINITY as Offset);
  }

  /** The lowest offset to which the log was cut after the first `count` cuts; Infinity for none. */
  lowestSince(count: number): number {
    let lowest = Number.POSITIVE_INFINITY;
    for (let index = count; index < this.#cuts.length; index++) {
      lowest = Math.min(lowest, this.#cuts[index] ?? lowest);
    }
    return lowest;
  }
}
