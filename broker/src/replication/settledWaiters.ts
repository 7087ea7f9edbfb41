import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { Clock, TimerHandle } from '../io/clock.ts';

interface Waiter {
  readonly timer: TimerHandle;
  resolve(): void;
  reject(error: MillraceError): void;
}

/** Requests that wait for the high watermark to reach the start of the leader epoch (safety.md, rule 4). */
export class SettledWaiters {
  readonly #waiters = new Set<Waiter>();

  /** Rejects with UNAVAILABLE after `timeoutMs`. */
  add(clock: Clock, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = clock.setTimer(timeoutMs, () => {
        this.#waiters.delete(waiter);
        const message = 'the new leader does not know yet what is committed';
        reject(millraceError('UNAVAILABLE', message, { outcome: 'not-applied' }));
      });
      const waiter = { timer, resolve, reject };
      this.#waiters.add(waiter);
    });
  }

  resolve(): void {
    this.#end((waiter) => waiter.resolve());
  }

  fail(error: MillraceError): void {
    this.#end((waiter) => waiter.reject(error));
  }

  #end(tell: (waiter: Waiter) => void): void {
    if (this.#waiters.size === 0) return;
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const waiter of waiters) {
      waiter.timer.cancel();
      tell(waiter);
    }
  }
}
