/** What one reader was shown of one partition, in the order in which it was shown. */
import type { ValueName } from './valueName.ts';

export interface ShownRecord {
  readonly offset: number;
  readonly value: ValueName;
}

/** Records that came together, and the high watermark that came with them. */
export interface Poll {
  readonly highWatermark: number;
  /** Of its first record in `offsets` and `values`. */
  readonly from: number;
}

export class ReadLog {
  readonly reader: string;
  /** Where it began to read. */
  readonly startOffset: number;
  readonly #offsets: number[] = [];
  readonly #values: ValueName[] = [];
  readonly #polls: Poll[] = [];

  constructor(reader: string, startOffset = 0) {
    this.reader = reader;
    this.startOffset = startOffset;
  }

  poll(highWatermark: number, records: Iterable<ShownRecord>): void {
    this.#polls.push({ highWatermark, from: this.#offsets.length });
    for (const { offset, value } of records) {
      this.#offsets.push(offset);
      this.#values.push(value);
    }
  }

  get offsets(): readonly number[] {
    return this.#offsets;
  }

  /** Index as in `offsets`. */
  get values(): readonly ValueName[] {
    return this.#values;
  }

  get polls(): readonly Poll[] {
    return this.#polls;
  }

  /** Where it goes on. */
  get nextOffset(): number {
    const last = this.#offsets.at(-1);
    return last === undefined ? this.startOffset : last + 1;
  }
}
