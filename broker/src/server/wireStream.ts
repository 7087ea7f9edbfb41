/** A MessageStream over a call of the wire package. */
import type { MillraceError } from '@millrace/core/errors';
import { encodeStatusDetails } from '@millrace/core/statusDetails';
import type { WireCall } from '@millrace/wire/serverCall';
import type { MessageStream } from './messageStream.ts';

export class WireStream implements MessageStream {
  readonly #call: WireCall;

  constructor(call: WireCall) {
    this.#call = call;
  }

  get peer(): string {
    return this.#call.peer.address;
  }

  get connection(): string {
    const { address, port } = this.#call.peer;
    return `${address} ${port}`;
  }

  onMessage(callback: (body: Buffer) => void): void {
    this.#call.onMessage(callback);
  }

  onEnd(callback: () => void): void {
    this.#call.onEnd(callback);
  }

  onCancel(callback: () => void): void {
    this.#call.onCancel(callback);
  }

  send(parts: readonly Uint8Array[]): boolean {
    return this.#call.send(parts);
  }

  get roomBytes(): number {
    return this.#call.roomBytes;
  }

  onDrain(callback: () => void): void {
    this.#call.onDrain(callback);
  }

  pause(): void {
    this.#call.pause();
  }

  resume(): void {
    this.#call.resume();
  }

  end(): void {
    this.#call.end();
  }

  fail(error: MillraceError): void {
    const { grpcStatus: code, message } = error;
    this.#call.fail({ code, message, details: encodeStatusDetails(error) });
  }
}
