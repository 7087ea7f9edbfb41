import type { Offset } from '@millrace/core/ids';

export interface EpochStart {
  readonly epoch: number;
  /** Offset of the first batch of this epoch. */
  readonly startOffset: Offset;
}

/** At which offset each leader epoch begins in one log; both rise. Derived from the batches (safety.md, rule 29). */
export class Epochs {
  #starts: EpochStart[];
  #changes = 0;

  constructor(starts: readonly EpochStart[] = []) {
    this.#starts = [...starts];
  }

  /** -1 for none. */
  get last(): number {
    return this.#starts.at(-1)?.epoch ?? -1;
  }

  /** Rises with each change: whether a file of them is up to date. */
  get changes(): number {
    return this.#changes;
  }

  get starts(): readonly EpochStart[] {
    return this.#starts;
  }

  /**
   * A batch of `epoch` begins at `baseOffset`, which is past all others. The first epoch begins where the log does: what
   * lay between is gone by compaction.
   */
  note(epoch: number, baseOffset: Offset, logStart = baseOffset): void {
    if (epoch === this.last) return;
    if (epoch < this.last) throw new RangeError(`epoch ${epoch} after ${this.last}`);
    const isFirst = this.#starts.length === 0;
    const startOffset = isFirst ? (Math.min(baseOffset, logStart) as Offset) : baseOffset;
    // Retention took every batch of the last one.
    if (this.#starts.at(-1)?.startOffset === startOffset) this.#starts.pop();
    this.#starts.push({ epoch, startOffset });
    this.#changes += 1;
  }

  /** The epoch of the batch that holds `offset`; -1 before the first. */
  at(offset: Offset): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle]?.startOffset ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return this.#starts[low - 1]?.epoch ?? -1;
  }

  /**
   * The greatest epoch at or below `epoch` and where it ends, exclusive, in a log that ends at `logEnd`.
   * Epoch -1 if there is none: then nothing of `epoch` or before is in the log, which begins at the end offset.
   */
  endOf(epoch: number, logEnd: Offset): { epoch: number; endOffset: Offset } {
    const next = this.#starts.findIndex((start) => start.epoch > epoch);
    const endOffset = this.#starts[next]?.startOffset ?? logEnd;
    const found = next === -1 ? this.#starts.at(-1) : this.#starts[next - 1];
    return { epoch: found?.epoch ?? -1, endOffset };
  }

  /** The log ends at `endOffset` now. */
  cut(endOffset: Offset): void {
    this.#keep(this.#starts.filter((start) => start.startOffset < endOffset));
  }

  /** The log begins at `logStart` now. The last epoch stays known although nothing may be left of it. */
  trim(logStart: Offset): void {
    const kept = this.#starts.flatMap((start, index) => {
      const endOffset = this.#starts[index + 1]?.startOffset ?? Number.POSITIVE_INFINITY;
      if (endOffset <= logStart) return [];
      return start.startOffset < logStart ? [{ ...start, startOffset: logStart }] : [start];
    });
    if (kept.some((start, index) => start !== this.#starts[index])) this.#keep(kept);
  }

  #keep(kept: EpochStart[]): void {
    if (kept.length === this.#starts.length && kept[0] === this.#starts[0]) return;
    this.#starts = kept;
    this.#changes += 1;
  }
}
