/** Bounds what the producer holds: open, sealed and in-flight batches and records that wait for metadata. */
import { Fifo } from './fifo.ts';

export class ByteBudget {
  readonly maxBytes: number;
  #usedBytes = 0;
  readonly #waiting = new Fifo<() => void>();

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  get isFull(): boolean {
    return this.#usedBytes >= this.maxBytes;
  }

  /** Whoever comes now has to queue up behind others. */
  get hasWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** May pass the maximum by one record: what is refused is the next one. */
  take(bytes: number): void {
    this.#usedBytes += bytes;
  }

  release(bytes: number): void {
    this.#usedBytes -= bytes;
    this.#admit();
  }

  /** Calls back in order of arrival, each once there is room after those before it took theirs. */
  whenRoom(callback: () => void): void {
    this.#waiting.push(callback);
    this.#admit();
  }

  /** Lets all through, which then see that the producer is closed. */
  openForAll(): void {
    for (const callback of this.#waiting.takeAll()) callback();
  }

  // A callback may take, release or queue up again: the state is read anew for each.
  #admit(): void {
    while (this.#waiting.length > 0 && !this.isFull) this.#waiting.shift()?.();
  }
}
