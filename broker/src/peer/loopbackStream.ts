/**
 * A stream between two parts of one process, with the contract of the real one: messages are delivered in order at the
 * end of the tick that sent them, a receiver that pauses holds up the sender, and what was sent before `close` arrives.
 */
import type { MillraceError } from '@millrace/core/errors';
import type { PeerStream } from '../cluster/peerTransport.ts';
import type { Clock } from '../io/clock.ts';
import { endedByPeer } from './bytePipe.ts';
import { LoopbackLane } from './loopbackLane.ts';

export function loopbackPair<A, B>(
  clock: Clock,
  bytesOfA: (message: A) => number,
  bytesOfB: (message: B) => number,
): [PeerStream<A, B>, PeerStream<B, A>] {
  const there = new LoopbackLane(clock, bytesOfA);
  const back = new LoopbackLane(clock, bytesOfB);
  return [new LoopbackEnd(there, back, clock), new LoopbackEnd(back, there, clock)];
}

class LoopbackEnd<Out, In> implements PeerStream<Out, In> {
  readonly #outgoing: LoopbackLane<Out>;
  readonly #incoming: LoopbackLane<In>;
  readonly #clock: Clock;
  #closed = false;
  /** How the other side ended it, until somebody is told. */
  #error: MillraceError | undefined;
  #onClosed: ((error: MillraceError) => void) | undefined;

  constructor(outgoing: LoopbackLane<Out>, incoming: LoopbackLane<In>, clock: Clock) {
    this.#outgoing = outgoing;
    this.#incoming = incoming;
    this.#clock = clock;
    incoming.onEnd = (error) => {
      this.#closed = true;
      this.#incoming.drop();
      this.#outgoing.drop();
      this.#error = error;
      this.#tell();
    };
  }

  get queuedBytes(): number {
    return this.#outgoing.queuedBytes;
  }

  send(message: Out): boolean {
    return this.#closed ? false : this.#outgoing.send(message);
  }

  onMessage(callback: (message: In) => void): void {
    if (!this.#closed) this.#incoming.receive(callback);
  }

  onDrain(callback: () => void): void {
    if (!this.#closed) this.#outgoing.onDrain = callback;
  }

  onClosed(callback: (error: MillraceError) => void): void {
    this.#onClosed = callback;
    if (this.#error !== undefined) this.#clock.soon(() => this.#tell());
  }

  pause(): void {
    this.#incoming.pause();
  }

  resume(): void {
    this.#incoming.resume();
  }

  close(error: MillraceError = endedByPeer()): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#incoming.drop();
    this.#outgoing.onDrain = () => {};
    this.#outgoing.end(error);
  }

  #tell(): void {
    const callback = this.#onClosed;
    const error = this.#error;
    if (callback === undefined || error === undefined) return;
    this.#onClosed = undefined;
    this.#error = undefined;
    callback(error);
  }
}
