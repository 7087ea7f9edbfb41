/** Time that passes only when a test says so. */
import type { Clock, TimerHandle } from '../../src/io/clock.ts';

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

export class ManualClock implements Clock {
  #nowMs = 1000;
  #timers: Timer[] = [];
  #soon: (() => void)[] = [];

  get armed(): number {
    return this.#timers.length;
  }

  wallMs(): number {
    return Math.floor(this.#nowMs);
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  setTimer(delayMs: number, callback: () => void): TimerHandle {
    const timer = { dueMs: this.#nowMs + Math.max(0, delayMs), callback };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  atTurnEnd(callback: () => void): void {
    this.soon(callback);
  }

  soon(callback: () => void): void {
    this.#soon.push(callback);
  }

  /** What was put off to the end of the tick. */
  tick(): void {
    for (;;) {
      const callbacks = this.#soon;
      if (callbacks.length === 0) return;
      this.#soon = [];
      for (const callback of callbacks) callback();
    }
  }

  pass(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const next = this.#timers
        .filter(({ dueMs }) => dueMs <= untilMs)
        .reduce<Timer | undefined>(
          (a, b) => (a === undefined || b.dueMs < a.dueMs ? b : a),
          undefined,
        );
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.callback();
      this.tick();
    }
    this.#nowMs = untilMs;
  }
}
