/**
 * Hands out records to whoever asks, a portion of one partition at a time, the partitions in turn. A partition of which
 * something is in hand is left alone until that is released.
 */
import { toMillraceError } from '@millrace/core/errors';
import { Fifo } from '../fifo.ts';
import type { OwnedPartition } from './ownedPartition.ts';
import type { Portion } from './portion.ts';

interface Taker {
  readonly resolve: (portion: Portion | undefined) => void;
  readonly reject: (error: Error) => void;
}

export class Deliveries {
  /** In turn: who was served last is last. */
  readonly #partitions = new Set<OwnedPartition>();
  readonly #takers = new Fifo<Taker>();
  #end: { readonly error: Error | undefined } | undefined;
  #timer: NodeJS.Timeout | undefined;

  get isOver(): boolean {
    return this.#end !== undefined;
  }

  add(owned: OwnedPartition): void {
    this.#partitions.add(owned);
  }

  remove(owned: OwnedPartition): void {
    this.#partitions.delete(owned);
  }

  /** Undefined: no more is handed out. Rejects with what it has failed with. */
  take(): Promise<Portion | undefined> {
    if (this.#end !== undefined) {
      return this.#end.error === undefined
        ? Promise.resolve(undefined)
        : Promise.reject(this.#end.error);
    }
    const { promise, resolve, reject } = Promise.withResolvers<Portion | undefined>();
    this.#takers.push({ resolve, reject });
    this.serve();
    return promise;
  }

  /** Something has come, was released, resumed, or may be tried again. */
  serve(): void {
    if (this.#takers.length === 0 || this.#end !== undefined) return;
    for (const owned of this.#partitions) {
      if (this.#takers.length === 0) return;
      if (!owned.isReady) continue;
      const taker = this.#takers.shift();
      if (taker !== undefined) this.#give(owned, taker);
    }
    this.#wakeForRetries();
  }

  /** Of those before only the first counts. */
  finish(error: Error | undefined): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    clearTimeout(this.#timer);
    for (const { resolve, reject } of this.#takers.takeAll()) {
      if (error === undefined) resolve(undefined);
      else reject(error);
    }
  }

  #give(owned: OwnedPartition, taker: Taker): void {
    this.#partitions.delete(owned);
    this.#partitions.add(owned);
    owned.take().then(
      (portion) => {
        if (portion === undefined) this.#again(taker);
        else if (this.#end === undefined) taker.resolve(portion);
        else {
          portion.release();
          taker.resolve(undefined);
        }
      },
      (error: unknown) => {
        this.finish(toMillraceError(error));
        taker.reject(toMillraceError(error));
      },
    );
  }

  #again(taker: Taker): void {
    if (this.#end === undefined) {
      this.#takers.unshiftAll([taker]);
      this.serve();
    } else if (this.#end.error === undefined) taker.resolve(undefined);
    else taker.reject(this.#end.error);
  }

  #wakeForRetries(): void {
    clearTimeout(this.#timer);
    let atMs = Number.POSITIVE_INFINITY;
    for (const owned of this.#partitions) {
      if (owned.waitsForRetry) atMs = Math.min(atMs, owned.retryAtMs);
    }
    if (atMs === Number.POSITIVE_INFINITY) return;
    const delayMs = Math.max(1, Math.ceil(atMs - performance.now()));
    this.#timer = setTimeout(() => this.serve(), delayMs);
  }
}
