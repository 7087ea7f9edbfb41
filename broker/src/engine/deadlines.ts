/**
 * Deadlines of many requests on one timer, to a granularity of 50 ms and never early. An idle broker has none armed.
 */
import type { Clock, TimerHandle } from '../io/clock.ts';

const GRANULARITY_MS = 50;

export interface Deadline {
  /** Idempotent. */
  cancel(): void;
}

export class Deadlines {
  readonly #clock: Clock;
  /** Keyed by the instant, in units of the granularity, at which all of a set expire. */
  readonly #due = new Map<number, Set<() => void>>();
  #timer: TimerHandle | undefined;
  #armedFor = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `expired` once unless cancelled, at or up to 50 ms after `delayMs` from now. */
  add(delayMs: number, expired: () => void): Deadline {
    const slot = Math.ceil((this.#clock.monotonicMs() + delayMs) / GRANULARITY_MS);
    let set = this.#due.get(slot);
    if (set === undefined) {
      set = new Set();
      this.#due.set(slot, set);
    }
    set.add(expired);
    if (slot < this.#armedFor) this.#arm(slot);
    return {
      cancel: () => {
        const slotSet = this.#due.get(slot);
        if (slotSet === undefined) return;
        slotSet.delete(expired);
        if (slotSet.size > 0) return;
        this.#due.delete(slot);
        if (this.#due.size === 0) this.#disarm();
      },
    };
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#armedFor = Number.POSITIVE_INFINITY;
  }

  #arm(slot: number): void {
    this.#timer?.cancel();
    this.#armedFor = slot;
    const delayMs = slot * GRANULARITY_MS - this.#clock.monotonicMs();
    this.#timer = this.#clock.setTimer(delayMs, () => this.#expire());
  }

  #expire(): void {
    const now = this.#clock.monotonicMs() / GRANULARITY_MS;
    this.#armedFor = Number.POSITIVE_INFINITY;
    let next = Number.POSITIVE_INFINITY;
    for (const [slot, set] of this.#due) {
      if (slot > now) {
        next = Math.min(next, slot);
        continue;
      }
      this.#due.delete(slot);
      for (const expired of set) expired();
    }
    if (next < this.#armedFor) this.#arm(next);
  }
}
