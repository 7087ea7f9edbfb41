// The receiving half of a stream: messages in order, then the end, both held back while paused. Unread bytes stay in
// the HTTP/2 stream window. Nothing is read before onMessage is set.
import type { Http2Stream } from 'node:http2';
import { Deframer } from './deframer.ts';
import { Status, type WireStatus } from './status.ts';

export interface ReceiverOptions {
  readonly messageBytesMax: number;
  /** The peer broke the framing rules (once). */
  readonly onFault: (status: WireStatus) => void;
  /** A callback of the owner threw. */
  readonly onThrow: (error: unknown) => void;
  /** Called after each chunk when bytes are held for an unfinished or paused message. */
  readonly onHeld?: (() => void) | undefined;
  /** Bytes of each chunk, as it arrives. */
  readonly onReceived?: ((bytes: number) => void) | undefined;
}

export class Receiver {
  readonly #stream: Http2Stream;
  readonly #options: ReceiverOptions;
  readonly #deframer: Deframer;
  #onMessage: ((body: Buffer) => void) | undefined;
  #onEnd: (() => void) | undefined;
  #paused = false;
  #stopped = false;
  #ended = false;

  constructor(stream: Http2Stream, options: ReceiverOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#deframer = new Deframer(options.messageBytesMax, (body) => this.#onMessage?.(body));
  }

  get heldBytes(): number {
    return this.#deframer.heldBytes;
  }

  get midMessage(): boolean {
    return this.#deframer.midMessage;
  }

  /** Starts reading. */
  onMessage(callback: (body: Buffer) => void): void {
    const first = this.#onMessage === undefined;
    this.#onMessage = callback;
    if (!first) return;
    this.#stream.on('data', (chunk: Buffer) => {
      this.#options.onReceived?.(chunk.length);
      this.#guard(() => this.#deframer.push(chunk));
    });
    this.#stream.once('end', () => {
      this.#ended = true;
      this.#finish();
    });
    if (this.#paused) this.#stream.pause();
  }

  /** Called once when the peer has sent its last message and all were handed over. */
  onEnd(callback: () => void): void {
    this.#onEnd = callback;
  }

  pause(): void {
    this.#paused = true;
    this.#deframer.pause();
    if (this.#onMessage !== undefined) this.#stream.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#guard(() => this.#deframer.resume());
    if (this.#paused || this.#stopped) return;
    if (this.#onMessage !== undefined) this.#stream.resume();
    this.#finish();
  }

  /** Hands over nothing more; what still arrives is read and dropped so that the stream can close. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#deframer.stop();
    this.#onEnd = undefined;
    if (!this.#stream.destroyed) this.#stream.resume();
  }

  #guard(step: () => WireStatus | undefined): void {
    if (this.#stopped) return;
    let fault: WireStatus | undefined;
    try {
      fault = step();
    } catch (error) {
      this.stop();
      this.#options.onThrow(error);
      return;
    }
    if (this.#stopped) return;
    if (fault !== undefined) {
      this.stop();
      this.#options.onFault(fault);
    } else if (this.#deframer.heldBytes > 0) {
      this.#options.onHeld?.();
    }
  }

  #finish(): void {
    if (!this.#ended || this.#stopped || this.#paused || !this.#deframer.idle) return;
    const callback = this.#onEnd;
    const cut = this.#deframer.midMessage;
    this.stop();
    if (cut) {
      this.#options.onFault({
        code: Status.INTERNAL,
        message: 'the stream ended inside a message',
      });
    } else if (callback !== undefined) {
      try {
        callback();
      } catch (error) {
        this.#options.onThrow(error);
      }
    }
  }
}
