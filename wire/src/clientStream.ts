// One call on the client. Every call gets exactly one status, after the messages that came before it.
import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2';
import { Outbox } from './outbox.ts';
import { Receiver } from './receiver.ts';
import type { SendBudget } from './sendBudget.ts';
import { readStatus, Status, statusOfHttp, statusOfReset, type WireStatus } from './status.ts';

const TIMER_MS_MAX = 2 ** 31 - 1;

export interface ClientStreamOptions {
  readonly messageBytesMax: number;
  readonly onReceived: ((bytes: number) => void) | undefined;
  readonly sendBytesMax: number;
  readonly sendBudget: SendBudget;
  readonly timeoutMs: number | undefined;
  /** Why the connection broke, for streams that it took along. */
  readonly lost: () => WireStatus;
  /** The id of the last stream the server says to have taken (GOAWAY); undefined: it said nothing. */
  readonly lastTaken: () => number | undefined;
}

export class WireStream {
  readonly #stream: ClientHttp2Stream | undefined;
  readonly #options: ClientStreamOptions;
  readonly #outbox: Outbox | undefined;
  readonly #receiver: Receiver | undefined;
  #onStatus: ((status: WireStatus) => void) | undefined;
  #status: WireStatus | undefined;
  #trailers: WireStatus | undefined;
  #http: WireStatus | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #closed = false;

  /** Without a stream the call has failed before it began. */
  constructor(stream: ClientHttp2Stream | undefined, options: ClientStreamOptions) {
    this.#stream = stream;
    this.#options = options;
    if (stream === undefined) {
      this.#settle({ ...options.lost(), unprocessed: true });
      return;
    }
    this.#outbox = new Outbox(stream, {
      highWaterBytes: options.sendBytesMax,
      budget: options.sendBudget,
      onOverflow: () =>
        this.#give(constants.NGHTTP2_CANCEL, {
          code: Status.RESOURCE_EXHAUSTED,
          message: 'too much was sent that the server does not read',
        }),
    });
    this.#receiver = new Receiver(stream, {
      messageBytesMax: options.messageBytesMax,
      onReceived: options.onReceived,
      onFault: (status) => this.#give(constants.NGHTTP2_CANCEL, this.#trailers ?? status),
      onThrow: (error) => {
        this.#give(constants.NGHTTP2_CANCEL, { code: Status.INTERNAL, message: String(error) });
        throw error;
      },
    });
    this.#receiver.onEnd(() => {
      if (this.#trailers !== undefined) this.#settle(this.#trailers);
      else if (this.#http !== undefined) this.#settle(this.#http);
      else if (this.#closed) this.#settle(this.#statusOfClose());
    });
    stream.on('error', () => {});
    stream.once('response', (headers) => this.#onHeaders(headers));
    stream.once('trailers', (headers) => {
      this.#trailers = readStatus(headers) ?? this.#trailers;
    });
    stream.once('close', () => this.#onClose());
    if (options.timeoutMs !== undefined) {
      const delayMs = Math.min(Math.max(0, options.timeoutMs), TIMER_MS_MAX);
      this.#deadline = setTimeout(() => this.#expire(), delayMs);
    }
  }

  /** The status, once there is one. */
  get status(): WireStatus | undefined {
    return this.#status;
  }

  get queuedBytes(): number {
    return this.#outbox?.queuedBytes ?? 0;
  }

  /** Bytes that may be sent before send() answers false. */
  get roomBytes(): number {
    return this.#status === undefined ? (this.#outbox?.roomBytes ?? 0) : 0;
  }

  /** Starts receiving. The body is the callee's; it may be a view of a 64 KiB chunk: copy what is small and kept. */
  onMessage(callback: (body: Buffer) => void): void {
    this.#receiver?.onMessage(callback);
  }

  /** Called exactly once; also when the status is known already (then on the next microtask). */
  onStatus(callback: (status: WireStatus) => void): void {
    const status = this.#status;
    if (status !== undefined) queueMicrotask(() => callback(status));
    else this.#onStatus = callback;
  }

  onDrain(callback: () => void): void {
    this.#outbox?.onDrain(() => {
      if (this.#status === undefined) callback();
    });
  }

  /** Queues one message made of `parts`, which must not change any more. False: wait for onDrain or the status. */
  send(parts: readonly Uint8Array[]): boolean {
    if (this.#status !== undefined || this.#outbox === undefined) return false;
    return this.#outbox.send(parts);
  }

  /** No more messages from this side. */
  end(): void {
    if (this.#status !== undefined || this.#stream === undefined) return;
    this.#outbox?.flush();
    this.#stream.end();
  }

  /** Gives up: status CANCELLED, unless there is one already. */
  cancel(): void {
    this.#give(constants.NGHTTP2_CANCEL, { code: Status.CANCELLED, message: 'cancelled' });
  }

  pause(): void {
    this.#receiver?.pause();
  }

  resume(): void {
    this.#receiver?.resume();
  }

  #onHeaders(headers: IncomingHttpHeaders): void {
    const http = Number(headers[':status']);
    this.#trailers = readStatus(headers);
    if (http !== 200) this.#http = statusOfHttp(http);
    else if (!(headers['content-type'] ?? '').startsWith('application/grpc')) {
      const message = `the peer answered with content-type ${headers['content-type'] ?? '(none)'}`;
      this.#http = { code: Status.UNKNOWN, message };
    }
    // What follows is no gRPC: its body must not reach the deframer.
    if (this.#http !== undefined && this.#trailers === undefined) {
      this.#give(constants.NGHTTP2_CANCEL, this.#http);
    }
  }

  #onClose(): void {
    this.#closed = true;
    if (this.#status !== undefined) return;
    // Ended in order: the receiver settles once the owner has taken what was held back.
    const ended = this.#trailers !== undefined && this.#stream?.rstCode === 0;
    if (ended && (this.#receiver?.heldBytes ?? 0) > 0) return;
    this.#settle(this.#trailers ?? this.#statusOfClose());
  }

  #statusOfClose(): WireStatus {
    const stream = this.#stream;
    const lost = this.#options.lost();
    const lastTaken = this.#options.lastTaken();
    if (stream?.id === undefined || (lastTaken !== undefined && stream.id > lastTaken)) {
      const message = lost.message === '' ? 'the server is leaving' : lost.message;
      return { code: Status.UNAVAILABLE, message, unprocessed: true };
    }
    const reset = stream.rstCode;
    if (lost.code !== Status.OK && reset !== constants.NGHTTP2_REFUSED_STREAM) return lost;
    if (reset === constants.NGHTTP2_NO_ERROR) {
      return { code: Status.INTERNAL, message: 'the stream ended without a status' };
    }
    return statusOfReset(reset);
  }

  #expire(): void {
    this.#give(constants.NGHTTP2_CANCEL, {
      code: Status.DEADLINE_EXCEEDED,
      message: 'the deadline has passed',
    });
  }

  /** Settles first: what resetting the stream sets off comes too late to matter. */
  #give(reset: number, status: WireStatus): void {
    if (this.#status !== undefined) return;
    this.#settle(status);
    if (this.#stream !== undefined && !this.#stream.destroyed) this.#stream.close(reset);
  }

  #settle(status: WireStatus): void {
    if (this.#status !== undefined) return;
    this.#status = status;
    clearTimeout(this.#deadline);
    this.#receiver?.stop();
    const unsent = this.queuedBytes > 0;
    this.#outbox?.drop();
    this.#onStatus?.(status);
    const stream = this.#stream;
    if (stream === undefined || stream.destroyed || stream.closed) return;
    // What the server did not want to read any more must not hold the stream open.
    if (unsent) stream.close(constants.NGHTTP2_CANCEL);
    else stream.end();
  }
}
