/**
 * What was fetched and not yet taken, bounded in bytes: `onFull` when it passes the maximum, `onRoom` once half of it
 * is gone. One taker at a time.
 */
import { Fifo } from './fifo.ts';

export interface FetchQueueOptions {
  readonly bytesMax: number;
  readonly onFull: () => void;
  readonly onRoom: () => void;
}

export class FetchQueue<T extends { readonly bytes: number }> {
  readonly #options: FetchQueueOptions;
  readonly #items = new Fifo<T>();
  #bytes = 0;
  #full = false;
  #end: { readonly error: Error | undefined } | undefined;
  #taker: { resolve: (item: T | undefined) => void; reject: (error: Error) => void } | undefined;

  constructor(options: FetchQueueOptions) {
    this.#options = options;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isFull(): boolean {
    return this.#full;
  }

  push(item: T): void {
    if (this.#end !== undefined) return;
    const taker = this.#taker;
    if (taker !== undefined) {
      this.#taker = undefined;
      taker.resolve(item);
      return;
    }
    this.#items.push(item);
    this.#bytes += item.bytes;
    if (!this.#full && this.#bytes >= this.#options.bytesMax) {
      this.#full = true;
      this.#options.onFull();
    }
  }

  /** What is queued can still be taken; then comes the error, or the end. */
  finish(error: Error | undefined): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    const taker = this.#taker;
    this.#taker = undefined;
    if (taker === undefined) return;
    if (error === undefined) taker.resolve(undefined);
    else taker.reject(error);
  }

  /** Undefined: the end. */
  take(): Promise<T | undefined> {
    const item = this.#items.shift();
    if (item !== undefined) {
      this.#bytes -= item.bytes;
      if (this.#full && this.#bytes <= this.#options.bytesMax / 2) {
        this.#full = false;
        this.#options.onRoom();
      }
      return Promise.resolve(item);
    }
    if (this.#end?.error !== undefined) return Promise.reject(this.#end.error);
    if (this.#end !== undefined) return Promise.resolve(undefined);
    if (this.#taker !== undefined) throw new TypeError('two takers at once');
    return new Promise((resolve, reject) => {
      this.#taker = { resolve, reject };
    });
  }
}
