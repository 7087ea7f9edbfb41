/**
 * What all readers together may hold in memory: read from files and not yet taken by their client. Above it readers wait
 * before they read on; those at the tail, who share what the tail cache holds, never do. A client that takes nothing for STALL_MS while others wait is given up: otherwise a few that
 * never read would stop everybody.
 */
import type { Clock } from '../io/clock.ts';

const STALL_MS = 5000;
const LOOK_MS = 500;

export interface StalledReader {
  giveUp(): void;
}

interface Waiter {
  readonly bytes: number;
  readonly enter: () => void;
}

export class FetchMemory {
  readonly #limitBytes: number;
  readonly #clock: Clock;
  readonly #stalled = new Map<StalledReader, number>();
  #usedBytes = 0;
  #waiting: Waiter[] = [];
  #isLooking = false;

  constructor(limitBytes: number, clock: Clock) {
    this.#limitBytes = limitBytes;
    this.#clock = clock;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Nobody should read what is not asked for yet. */
  get isShort(): boolean {
    return this.#waiting.length > 0 || this.#usedBytes >= this.#limitBytes / 2;
  }

  /** Calls `enter` once there is room, perhaps at once, with the bytes taken: `release` them. */
  take(bytes: number, enter: () => void): void {
    if (this.#waiting.length === 0 && this.#usedBytes < this.#limitBytes) {
      this.#usedBytes += bytes;
      enter();
      return;
    }
    this.#waiting.push({ bytes, enter });
    this.#lookLater();
  }

  /** Waits for room, and holds it while `work` runs. */
  async during<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((resolve) => this.take(bytes, resolve));
    try {
      return await work();
    } finally {
      this.release(bytes);
    }
  }

  /** Without waiting: what was read was more than was asked for. */
  add(bytes: number): void {
    this.#usedBytes += bytes;
  }

  release(bytes: number): void {
    this.#usedBytes -= bytes;
    while (this.#usedBytes < this.#limitBytes) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#usedBytes += next.bytes;
      this.#clock.soon(next.enter);
    }
  }

  /** Its client takes nothing at the moment, until `flows`. */
  stalls(reader: StalledReader): void {
    if (!this.#stalled.has(reader)) this.#stalled.set(reader, this.#clock.monotonicMs());
  }

  flows(reader: StalledReader): void {
    this.#stalled.delete(reader);
  }

  #lookLater(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#clock.setTimer(LOOK_MS, () => {
      this.#isLooking = false;
      this.#giveUpStalled();
      if (this.#waiting.length > 0) this.#lookLater();
    });
  }

  #giveUpStalled(): void {
    if (this.#waiting.length === 0) return;
    const sinceMs = this.#clock.monotonicMs() - STALL_MS;
    for (const [reader, stalledMs] of this.#stalled) {
      if (stalledMs > sinceMs) break;
      this.#stalled.delete(reader);
      reader.giveUp();
    }
  }
}
