/**
 * The accepting end of a stream on the peer port. grpc-js counts messages, not bytes: what a broker that does not read
 * may pin is counted here, and bounded by the guard of the listener.
 */
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { Http2Guard } from '../io/http2Guard.ts';
import { statusOf } from '../server/status.ts';
import { type BytePipe, endedByPeer } from './bytePipe.ts';

export type GrpcCall = ServerDuplexStream<Buffer, Buffer>;

/** Bytes queued for one stream before `send` answers false. */
const ROOM_BYTES = 1 << 20;
/** Who goes on sending all the same loses the stream: room for an image of 200,000 partitions. */
const QUEUED_BYTES_MAX = 32 << 20;

export class GrpcCallPipe implements BytePipe {
  readonly #call: GrpcCall;
  readonly #guard: Http2Guard;
  readonly #peer: string;
  readonly #onFault: (error: unknown) => void;
  #queuedBytes = 0;
  #blocked = false;
  #finished = false;
  #onDrain: () => void = () => {};
  #onEnded: (error: MillraceError) => void = () => {};

  /** `onFault`: a callback of the owner threw; the stream ended with INTERNAL. */
  constructor(call: GrpcCall, guard: Http2Guard, onFault: (error: unknown) => void) {
    this.#call = call;
    this.#guard = guard;
    this.#peer = call.getPeer();
    this.#onFault = onFault;
    const lost = (): void => this.#end(millraceError('UNAVAILABLE', `${this.#peer} went away`));
    call.on('cancelled', lost);
    call.on('error', lost);
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  send(parts: readonly Uint8Array[]): boolean {
    if (this.#finished) return false;
    const body = Buffer.concat(parts);
    const bytes = body.length;
    if (this.#blocked && this.#queuedBytes + bytes > QUEUED_BYTES_MAX) {
      this.#abandon();
      return false;
    }
    this.#queuedBytes += bytes;
    this.#call.write(body, () => this.#sent(bytes));
    if (this.#queuedBytes >= this.#guard.roomBytes(this.#peer, ROOM_BYTES)) this.#blocked = true;
    return !this.#blocked;
  }

  onMessage(callback: (body: Buffer) => void): void {
    this.#call.on('data', (body: Buffer) => {
      if (!this.#finished) this.#guarded(() => callback(body));
    });
    this.#call.on('end', () => {
      if (this.#finished) return;
      this.#end(endedByPeer());
      this.#call.end();
    });
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback;
  }

  onEnded(callback: (error: MillraceError) => void): void {
    this.#onEnded = callback;
  }

  pause(): void {
    this.#call.pause();
  }

  resume(): void {
    this.#call.resume();
  }

  finish(error?: MillraceError): void {
    if (this.#finished) return;
    this.#finished = true;
    // What still arrives is read and dropped, or the stream could not close.
    this.#call.resume();
    if (error === undefined) this.#call.end();
    else this.#call.emit('error', statusOf(error));
  }

  /** grpc-js writes a message only once the one before has left: what waits there is no stream's of HTTP/2 yet. */
  #abandon(): void {
    this.#queuedBytes = 0;
    this.#call.destroy();
    this.#guard.calm(this.#peer);
    const message = `${this.#peer} does not read what it is sent`;
    // Never within the call that sent too much.
    queueMicrotask(() => this.#end(millraceError('BUFFER_FULL', message)));
  }

  #sent(bytes: number): void {
    this.#queuedBytes = Math.max(0, this.#queuedBytes - bytes);
    if (!this.#blocked || this.#queuedBytes > ROOM_BYTES / 2 || this.#finished) return;
    this.#blocked = false;
    this.#guarded(this.#onDrain);
  }

  #end(error: MillraceError): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#guarded(() => this.#onEnded(error));
  }

  #guarded(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#onFault(error);
      const fault = millraceError('INTERNAL', 'a handler of the stream threw', { cause: error });
      const ended = this.#finished;
      this.finish(fault);
      if (!ended) this.#onEnded(fault);
    }
  }
}
