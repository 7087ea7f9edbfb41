/** One direction of a loopback stream: a queue between who sends and who receives, emptied at the end of each tick. */
import type { MillraceError } from '@millrace/core/errors';
import type { Clock } from '../io/clock.ts';

/** Sent and not delivered before `send` answers false. */
const HIGH_WATER_BYTES = 1 << 20;

export class LoopbackLane<T> {
  readonly #clock: Clock;
  readonly #bytesOf: (message: T) => number;
  #queue: T[] = [];
  #queuedBytes = 0;
  #blocked = false;
  #armed = false;
  #paused = false;
  #dropped = false;
  /** Told to the receiver after the last message. */
  #end: MillraceError | undefined;
  #receive: ((message: T) => void) | undefined;
  onDrain: () => void = () => {};
  onEnd: (error: MillraceError) => void = () => {};

  constructor(clock: Clock, bytesOf: (message: T) => number) {
    this.#clock = clock;
    this.#bytesOf = bytesOf;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  send(message: T): boolean {
    if (this.#dropped) return true;
    this.#queue.push(message);
    this.#queuedBytes += this.#bytesOf(message);
    if (this.#queuedBytes >= HIGH_WATER_BYTES) this.#blocked = true;
    this.#arm();
    return !this.#blocked;
  }

  /** Nothing is sent any more. */
  end(error: MillraceError): void {
    this.#end = error;
    this.#arm();
  }

  receive(callback: (message: T) => void): void {
    this.#receive = callback;
    this.#arm();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#arm();
  }

  /** The receiver wants nothing more; who goes on sending is not held up. */
  drop(): void {
    this.#dropped = true;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.onDrain = () => {};
    this.onEnd = () => {};
  }

  #arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    this.#clock.soon(() => {
      this.#armed = false;
      this.#deliver();
    });
  }

  /** What was sent by now; what the deliveries set off waits for the next tick. */
  #deliver(): void {
    const due = this.#queue;
    this.#queue = [];
    let next = 0;
    for (; next < due.length && this.#receive !== undefined; next++) {
      if (this.#paused || this.#dropped) break;
      const message = due[next] as T;
      this.#queuedBytes -= this.#bytesOf(message);
      this.#receive(message);
    }
    if (this.#dropped) return;
    if (next < due.length) this.#queue = due.slice(next).concat(this.#queue);
    if (this.#blocked && this.#queuedBytes <= HIGH_WATER_BYTES / 2) {
      this.#blocked = false;
      this.onDrain();
    }
    if (this.#paused || this.#queue.length > 0 || this.#end === undefined) return;
    const error = this.#end;
    this.#end = undefined;
    this.onEnd(error);
  }
}
