/** The accepting end of a stream on the peer-data port. */
import type { MillraceError } from '@millrace/core/errors';
import type { WireCall } from '@millrace/wire/serverCall';
import { type BytePipe, endedByPeer } from './bytePipe.ts';
import { errorOfStatus, statusOfError } from './statusError.ts';

export class WireCallPipe implements BytePipe {
  readonly #call: WireCall;

  constructor(call: WireCall) {
    this.#call = call;
  }

  get queuedBytes(): number {
    return this.#call.queuedBytes;
  }

  send(parts: readonly Uint8Array[]): boolean {
    return this.#call.send(parts);
  }

  onMessage(callback: (body: Buffer) => void): void {
    // Whoever opened it learns that it was taken, not only at the first message.
    this.#call.sendHeaders();
    this.#call.onMessage(callback);
  }

  onDrain(callback: () => void): void {
    this.#call.onDrain(callback);
  }

  onEnded(callback: (error: MillraceError) => void): void {
    this.#call.onCancel((status) => callback(errorOfStatus(status, this.#call.peer.address)));
    this.#call.onEnd(() => {
      this.#call.end();
      callback(endedByPeer());
    });
  }

  pause(): void {
    this.#call.pause();
  }

  resume(): void {
    this.#call.resume();
  }

  finish(error?: MillraceError): void {
    if (error === undefined) this.#call.end();
    else this.#call.fail(statusOfError(error));
  }
}
