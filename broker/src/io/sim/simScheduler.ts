import type { Random } from '../random.ts';
import type { TimerHandle } from '../clock.ts';

interface Entry {
  readonly dueMs: number;
  readonly sequence: number;
  readonly name: string;
  readonly run: () => void;
  cancelled: boolean;
}

/**
 * The one queue of a simulation: timers, `soon` callbacks and ends of IO of all its processes, ordered
 * by virtual time. Random delays decide what comes first, so that the same seed gives the same order,
 * provided that every promise of the simulated code resolves from here and from nowhere else.
 */
export class SimScheduler {
  readonly random: Random;
  #nowMs = 0;
  #sequence = 0;
  /** Latest first, so that the next is the last. */
  readonly #queue: Entry[] = [];
  #traceHash = 0x811c9dc5;

  constructor(random: Random) {
    this.random = random;
  }

  /** Virtual milliseconds since the start, with a fraction. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** A hash over the names and times of all that ran: equal for equal runs. */
  get traceHash(): number {
    return this.#traceHash >>> 0;
  }

  /** `name` tells apart kinds of entries in the trace. */
  after(delayMs: number, name: string, run: () => void): TimerHandle {
    const dueMs = this.#nowMs + Math.max(0, delayMs);
    const entry: Entry = { dueMs, sequence: this.#sequence++, name, run, cancelled: false };
    this.#queue.splice(this.#placeOf(entry), 0, entry);
    return {
      cancel: () => {
        entry.cancelled = true;
      },
    };
  }

  /** Time that a synchronous operation took: nothing runs meanwhile. */
  spend(ms: number): void {
    this.#nowMs += ms;
  }

  /** Runs the next entry and every promise that it resolved; false if there is none. */
  async step(): Promise<boolean> {
    await this.drain();
    return this.#runNext();
  }

  /** Awaits every promise that can resolve without the queue. */
  drain(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    setImmediate(resolve);
    return promise;
  }

  /** Runs all entries due in the next `ms`, those that they add included. */
  async runFor(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await this.drain();
    while (this.#nextDueMs() <= endMs) {
      this.#runNext();
      await this.drain();
    }
    this.#nowMs = Math.max(this.#nowMs, endMs);
  }

  /** Throws after `stepsMax`, which a periodic timer always reaches. */
  async runUntilIdle(stepsMax = 100_000): Promise<void> {
    for (let steps = 0; await this.step(); steps += 1) {
      if (steps >= stepsMax) throw new Error(`not idle after ${stepsMax} steps`);
    }
    await this.drain();
  }

  /** Runs until `done()`; false if nothing was left to run, throws after `stepsMax`. */
  async runUntil(done: () => boolean, stepsMax = 100_000): Promise<boolean> {
    await this.drain();
    for (let steps = 0; !done(); steps += 1) {
      if (steps >= stepsMax) throw new Error(`not done after ${stepsMax} steps`);
      if (!this.#runNext()) return false;
      await this.drain();
    }
    return true;
  }

  /** Runs until `work` settles, and returns or throws what it did; throws if it never can. */
  async settle<Result>(work: Promise<Result>, stepsMax = 100_000): Promise<Result> {
    let settled = false;
    const mark = (): void => {
      settled = true;
    };
    work.then(mark, mark);
    if (!(await this.runUntil(() => settled, stepsMax))) {
      throw new Error('nothing is left to run, and the promise is still pending');
    }
    return work;
  }

  #runNext(): boolean {
    for (let entry = this.#queue.pop(); entry !== undefined; entry = this.#queue.pop()) {
      if (entry.cancelled) continue;
      this.#nowMs = Math.max(this.#nowMs, entry.dueMs);
      this.#trace(entry.name);
      entry.run();
      return true;
    }
    return false;
  }

  #nextDueMs(): number {
    while (this.#queue.at(-1)?.cancelled === true) this.#queue.pop();
    return this.#queue.at(-1)?.dueMs ?? Infinity;
  }

  #placeOf(entry: Entry): number {
    let low = 0;
    let high = this.#queue.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#queue[middle];
      // Equal times run in the order of their calls: the newer one stands further left.
      if (other !== undefined && other.dueMs > entry.dueMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #trace(name: string): void {
    let hash = this.#traceHash ^ Math.trunc(this.#nowMs * 1e6);
    for (let at = 0; at < name.length; at += 1) {
      hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
    }
    this.#traceHash = hash;
  }
}
