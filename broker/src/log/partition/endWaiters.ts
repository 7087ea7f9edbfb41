import type { Offset } from '@millrace/core/ids';

interface Waiter {
  readonly end: Offset;
  resolve(): void;
  reject(error: Error): void;
}

/** Promises for the durable end to reach an offset. */
export class EndWaiters {
  #waiters: Waiter[] = [];

  add(end: Offset): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ end, resolve, reject });
    });
  }

  reached(end: Offset): void {
    if (this.#waiters.length === 0) return;
    const reached = this.#waiters.filter((waiter) => waiter.end <= end);
    if (reached.length === 0) return;
    this.#waiters = this.#waiters.filter((waiter) => waiter.end > end);
    for (const waiter of reached) waiter.resolve();
  }

  /** Rejects those that wait for more than `from`. */
  failAbove(from: number, error: Error): void {
    const failed = this.#waiters.filter((waiter) => waiter.end > from);
    this.#waiters = this.#waiters.filter((waiter) => waiter.end <= from);
    for (const waiter of failed) waiter.reject(error);
  }
}
