/** The final log of a partition, to be asked by offset and by value. */
import type { PartitionHistory } from '../history/partitionHistory.ts';
import type { ValueName } from '../history/valueName.ts';

export class FinalLog {
  readonly #byOffset = new Map<number, ValueName>();
  readonly #offsets = new Map<ValueName, number>();

  constructor({ final }: PartitionHistory) {
    for (const [index, offset] of final.offsets.entries()) {
      const value = final.values[index];
      if (value === undefined) continue;
      this.#byOffset.set(offset, value);
      this.#offsets.set(value, offset);
    }
  }

  has(offset: number): boolean {
    return this.#byOffset.has(offset);
  }

  /** Undefined: it is not in the log. */
  offsetOf(value: ValueName): number | undefined {
    return this.#offsets.get(value);
  }

  /** The first offset in from..before-1 that it has. */
  firstIn(from: number, before: number): number | undefined {
    for (let offset = from; offset < before; offset++) {
      if (this.#byOffset.has(offset)) return offset;
    }
    return undefined;
  }
}
