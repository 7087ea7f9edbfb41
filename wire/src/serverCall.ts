// One call on the server. Exactly one of end(), fail() or a cancellation finishes it; what the handler does afterwards
// has no effect, so handlers need not track the state of the wire.
import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Metadata } from './metadata.ts';
import { Outbox } from './outbox.ts';
import type { Peer } from './peer.ts';
import { Receiver } from './receiver.ts';
import type { SendBudget } from './sendBudget.ts';
import { Status, statusTrailers, type WireStatus } from './status.ts';

// A failed call whose client does not read its last bytes is reset after this.
const LINGER_MS = 10_000;
const TIMER_MS_MAX = 2 ** 31 - 1;

export interface ServerCallOptions {
  readonly path: string;
  readonly metadata: Metadata;
  readonly contentType: string;
  readonly peer: Peer;
  readonly timeoutMs: number | undefined;
  readonly messageBytesMax: number;
  readonly sendBytesMax: number;
  readonly sendBudget: SendBudget;
  readonly onHeld: (call: WireCall) => void;
  readonly onFault: (error: unknown) => void;
}

export class WireCall {
  readonly path: string;
  readonly metadata: Metadata;
  readonly peer: Peer;
  /** Milliseconds the client gave the call, counted from its arrival; undefined: no deadline. */
  readonly timeoutMs: number | undefined;
  readonly #stream: ServerHttp2Stream;
  readonly #options: ServerCallOptions;
  readonly #outbox: Outbox;
  readonly #receiver: Receiver;
  #onCancel: ((status: WireStatus) => void) | undefined;
  #finished = false;
  #trailers = statusTrailers({ code: Status.OK, message: '' });
  #deadline: NodeJS.Timeout | undefined;

  constructor(stream: ServerHttp2Stream, options: ServerCallOptions) {
    this.path = options.path;
    this.metadata = options.metadata;
    this.peer = options.peer;
    this.timeoutMs = options.timeoutMs;
    this.#stream = stream;
    this.#options = options;
    this.#outbox = new Outbox(stream, {
      highWaterBytes: options.sendBytesMax,
      budget: options.sendBudget,
      beforeWrite: () => this.#respond(),
      onOverflow: () =>
        this.#abandon({
          code: Status.RESOURCE_EXHAUSTED,
          message: 'the client does not read what it asked for',
        }),
    });
    this.#receiver = new Receiver(stream, {
      messageBytesMax: options.messageBytesMax,
      onFault: (status) => this.#cancel(status, () => this.#finish(status)),
      onThrow: (error) => this.broken(error),
      onHeld: () => options.onHeld(this),
    });
    stream.once('close', () => {
      clearTimeout(this.#deadline);
      this.#receiver.stop();
      this.#cancel({ code: Status.CANCELLED, message: 'the client went away' }, () => {});
    });
    stream.once('wantTrailers', () => this.#sendTrailers());
    if (options.timeoutMs !== undefined) {
      const delayMs = Math.min(options.timeoutMs, TIMER_MS_MAX);
      this.#deadline = setTimeout(() => this.#expire(), delayMs).unref();
    }
  }

  /** True once the call ended, failed or was cancelled. */
  get finished(): boolean {
    return this.#finished;
  }

  /** Bytes sent that the socket has not taken. */
  get queuedBytes(): number {
    return this.#outbox.queuedBytes;
  }

  /** Bytes that may be sent before send() answers false. */
  get roomBytes(): number {
    return this.#finished ? 0 : this.#outbox.roomBytes;
  }

  /** Bytes received that wait because the call is paused. */
  get unreadBytes(): number {
    const held = this.#receiver.midMessage ? 0 : this.#receiver.heldBytes;
    return this.#stream.readableLength + held;
  }

  /** Bytes received of a message that is not complete. */
  get unfinishedBytes(): number {
    return this.#receiver.midMessage ? this.#receiver.heldBytes : 0;
  }

  /** Starts receiving. The body is the callee's; it may be a view of a 64 KiB chunk: copy what is small and kept. */
  onMessage(callback: (body: Buffer) => void): void {
    this.#receiver.onMessage(callback);
  }

  /** The client has sent its last message. */
  onEnd(callback: () => void): void {
    this.#receiver.onEnd(callback);
  }

  /** Called at most once, when the call is over before the handler finished it; the status says why. */
  onCancel(callback: (status: WireStatus) => void): void {
    this.#onCancel = callback;
  }

  onDrain(callback: () => void): void {
    this.#outbox.onDrain(() => {
      if (!this.#finished) callback();
    });
  }

  /**
   * Queues one message made of `parts`, which must not change any more. False: send nothing until onDrain (or the call
   * is over). A caller that goes on sending is cut off with RESOURCE_EXHAUSTED at the connection's byte limit.
   */
  send(parts: readonly Uint8Array[]): boolean {
    return this.#finished ? false : this.#outbox.send(parts);
  }

  pause(): void {
    this.#receiver.pause();
  }

  resume(): void {
    this.#receiver.resume();
  }

  /** Status OK after all messages sent so far. */
  end(): void {
    if (!this.#finished) this.#finish({ code: Status.OK, message: '' });
  }

  /** `status` after all messages sent so far. */
  fail(status: WireStatus): void {
    if (!this.#finished) this.#finish(status);
  }

  /** The handler threw: that is a bug of ours, which the client may know about but must not see in detail. */
  broken(error: unknown): void {
    const status: WireStatus = { code: Status.INTERNAL, message: 'internal error' };
    this.#cancel(status, () => this.#finish(status));
    this.#options.onFault(error);
  }

  /** Ends the call from the server's side, telling the handler. */
  revoke(status: WireStatus): void {
    this.#cancel(status, () => this.#finish(status));
  }

  /** Sends the response headers if the call is still open and nothing did so yet. */
  sendHeaders(): void {
    if (!this.#finished) this.#respond();
  }

  #respond(): void {
    if (this.#stream.headersSent || this.#stream.destroyed || this.#stream.closed) return;
    this.#stream.respond(
      { ':status': 200, 'content-type': this.#options.contentType },
      { waitForTrailers: true },
    );
  }

  #cancel(status: WireStatus, then: () => void): void {
    if (this.#finished) return;
    const callback = this.#onCancel;
    this.#onCancel = undefined;
    then();
    this.#finished = true;
    try {
      callback?.(status);
    } catch (error) {
      this.#options.onFault(error);
    }
  }

  #expire(): void {
    this.#abandon({ code: Status.DEADLINE_EXCEEDED, message: 'the deadline has passed' });
  }

  /** Ends the call at once: what the client has not read is dropped. */
  #abandon(status: WireStatus): void {
    this.#cancel(status, () => {
      if (this.#outbox.queuedBytes === 0) return this.#finish(status);
      this.#finished = true;
      this.#outbox.drop();
      this.#receiver.stop();
      this.#stream.close(
        status.code === Status.RESOURCE_EXHAUSTED
          ? constants.NGHTTP2_ENHANCE_YOUR_CALM
          : constants.NGHTTP2_CANCEL,
      );
    });
  }

  #finish(status: WireStatus): void {
    this.#finished = true;
    clearTimeout(this.#deadline);
    const stream = this.#stream;
    if (stream.destroyed || stream.closed) return;
    const peerOpen = !stream.readableEnded;
    this.#trailers = statusTrailers(status);
    if (!stream.headersSent && this.#outbox.queuedBytes === 0) {
      stream.respond(
        { ':status': 200, 'content-type': this.#options.contentType, ...this.#trailers },
        { endStream: true },
      );
      this.#receiver.stop();
      if (peerOpen) this.#closeSoon();
      return;
    }
    this.#outbox.flush();
    this.#respond();
    this.#receiver.stop();
    stream.end();
    if (this.#outbox.queuedBytes === 0) return;
    const linger = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), LINGER_MS).unref();
    stream.once('close', () => clearTimeout(linger));
  }

  #sendTrailers(): void {
    if (this.#stream.destroyed) return;
    this.#stream.sendTrailers(this.#trailers);
    this.#closeSoon();
  }

  /** A client that has not ended its side is told to stop by RST_STREAM(NO_ERROR), after the trailers left. */
  #closeSoon(): void {
    setImmediate(() => {
      if (!this.#stream.destroyed) this.#stream.close(constants.NGHTTP2_NO_ERROR);
    });
  }
}
