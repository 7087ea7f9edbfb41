/** A MessageStream over a grpc-js bidi or server-streaming call whose serializers pass bytes through. */
import type { ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js';
import type { MillraceError } from '@millrace/core/errors';
import type { Http2Guard } from '../io/http2Guard.ts';
import type { MessageStream } from './messageStream.ts';
import { statusOf } from './status.ts';

type Call = ServerDuplexStream<Buffer, Buffer> | ServerWritableStream<Buffer, Buffer>;

/** grpc-js counts messages, not bytes: what a client that does not read may pin is counted here. */
const ROOM_BYTES = 128 * 1024;

export class GrpcJsStream implements MessageStream {
  readonly peer: string;
  readonly #call: Call;
  readonly #guard: Http2Guard;
  #queuedBytes = 0;
  #blocked = false;
  #onDrain: () => void = () => {};

  constructor(call: Call, guard: Http2Guard) {
    this.#call = call;
    this.#guard = guard;
    this.peer = call.getPeer();
  }

  get connection(): string {
    return this.peer;
  }

  get roomBytes(): number {
    return Math.max(0, this.#guard.roomBytes(this.peer, ROOM_BYTES) - this.#queuedBytes);
  }

  onMessage(callback: (body: Buffer) => void): void {
    const call = this.#call;
    // A server-streaming call has its one request at hand.
    if ('request' in call) callback(call.request);
    else call.on('data', callback);
  }

  onEnd(callback: () => void): void {
    if ('request' in this.#call) callback();
    else this.#call.on('end', callback);
  }

  onCancel(callback: () => void): void {
    this.#call.on('cancelled', callback);
    this.#call.on('error', callback);
  }

  send(parts: readonly Uint8Array[]): boolean {
    const [only] = parts;
    const one = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
    const body = Buffer.from(one.buffer, one.byteOffset, one.length);
    const bytes = body.length;
    this.#queuedBytes += bytes;
    this.#call.write(body, () => this.#sent(bytes));
    if (this.roomBytes === 0) this.#blocked = true;
    return !this.#blocked;
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback;
  }

  #sent(bytes: number): void {
    this.#queuedBytes -= bytes;
    if (!this.#blocked || this.#queuedBytes > 0) return;
    this.#blocked = false;
    this.#onDrain();
  }

  pause(): void {
    if (!('request' in this.#call)) this.#call.pause();
  }

  resume(): void {
    if (!('request' in this.#call)) this.#call.resume();
  }

  end(): void {
    this.#call.end();
  }

  fail(error: MillraceError): void {
    this.#call.emit('error', statusOf(error));
  }
}
