import type { Clock, TimerHandle } from '../clock.ts';
import type { SimProcess } from './simProcess.ts';

/** An arbitrary whole second, so that traces of one seed are equal. */
const wallStartMs = 1_750_000_000_000;

/** The clock of one simulated process: virtual time, timers late at random, a wall clock that jumps. */
export class SimClock implements Clock {
  readonly #process: SimProcess;
  #wallOffsetMs: number;

  constructor(process: SimProcess, startMs = wallStartMs) {
    this.#process = process;
    this.#wallOffsetMs = startMs;
  }

  wallMs(): number {
    return Math.floor(this.#wallOffsetMs + this.#process.scheduler.nowMs);
  }

  monotonicMs(): number {
    return this.#process.scheduler.nowMs;
  }

  setTimer(delayMs: number, callback: () => void): TimerHandle {
    const { random } = this.#process.scheduler;
    const lateMs = random.float() * (random.int(20) === 0 ? 50 : 1);
    return this.#process.after(Math.max(0, delayMs) + lateMs, 'timer', callback);
  }

  soon(callback: () => void): void {
    this.#process.soon(callback);
  }

  atTurnEnd(callback: () => void): void {
    this.#process.soon(callback);
  }

  /** Either way, as an operator or a time daemon sets it. */
  jumpWall(ms: number): void {
    this.#wallOffsetMs += ms;
  }
}
