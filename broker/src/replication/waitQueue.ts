/** Waiters for an offset to be reached, in the order of their offsets, which is the order of appends. */
import type { Offset } from '@millrace/core/ids';

export interface OffsetWaiter {
  /** Where what it waits for begins. */
  readonly start: Offset;
  /** Exclusive end that must be reached. */
  readonly end: Offset;
  reached(): void;
  /** `kept`: from its start on, some of what it waits for is in the log and may be reached yet. */
  failed(error: Error, kept: 'nothing' | 'a part'): void;
}

export class WaitQueue {
  #waiters: OffsetWaiter[] = [];
  #head = 0;

  get size(): number {
    return this.#waiters.length - this.#head;
  }

  /** `waiter.end` is at or above that of the last one added. */
  add(waiter: OffsetWaiter): void {
    this.#waiters.push(waiter);
  }

  /** As add, of an end that may be below those of others. */
  insert(waiter: OffsetWaiter): void {
    let at = this.#waiters.length;
    while (at > this.#head && (this.#waiters[at - 1]?.end ?? 0) > waiter.end) at--;
    this.#waiters.splice(at, 0, waiter);
  }

  /** Releases, in order, those whose end is at or below `end`. */
  advance(end: Offset): void {
    for (;;) {
      const waiter = this.#waiters[this.#head];
      if (waiter === undefined || waiter.end > end) break;
      this.#head++;
      waiter.reached();
    }
    if (this.#head > 1024 && this.#head * 2 > this.#waiters.length) {
      this.#waiters = this.#waiters.slice(this.#head);
      this.#head = 0;
    } else if (this.#head === this.#waiters.length) {
      this.#waiters = [];
      this.#head = 0;
    }
  }

  /** Fails those that wait for more than `from`, in order. */
  failAbove(from: Offset, error: Error): void {
    let keep = this.#head;
    while (keep < this.#waiters.length && (this.#waiters[keep]?.end ?? 0) <= from) keep++;
    const failed = this.#waiters.splice(keep);
    for (const waiter of failed) waiter.failed(error, waiter.start < from ? 'a part' : 'nothing');
  }
}
