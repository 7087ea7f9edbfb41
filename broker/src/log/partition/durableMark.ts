import assert from 'node:assert';
import type { Offset } from '@millrace/core/ids';
import type { LogPosition } from './logPosition.ts';

/** Up to where one log is durable, and where in the files that is: runs are remembered until they are. */
export class DurableMark {
  #durable: LogPosition;
  #ends: LogPosition[] = [];
  #head = 0;

  constructor(durable: LogPosition) {
    this.#durable = durable;
  }

  get position(): LogPosition {
    return this.#durable;
  }

  /** A run was written up to `end`. */
  written(end: LogPosition): void {
    this.#ends.push(end);
  }

  /** All below `end`, the end of a run, is durable. */
  advance(end: Offset): void {
    let next = this.#ends[this.#head];
    while (next !== undefined && next.offset <= end) {
      this.#durable = next;
      this.#head += 1;
      next = this.#ends[this.#head];
    }
    assert(this.#durable.offset >= end, `durable end ${end} is not the end of a run`);
    if (this.#head === this.#ends.length || this.#head > 1024) {
      this.#ends = this.#ends.slice(this.#head);
      this.#head = 0;
    }
  }

  /** The log ends at `to` now. */
  cut(to: LogPosition): void {
    this.#ends = this.#ends.slice(this.#head).filter((end) => end.offset < to.offset);
    this.#head = 0;
    if (this.#durable.offset >= to.offset) this.#durable = to;
    else this.#ends.push(to);
  }

  /** Recovery has rewritten the log up to `end`. */
  reset(end: LogPosition): void {
    this.#durable = end;
    this.#ends = [];
    this.#head = 0;
  }
}
