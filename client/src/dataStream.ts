/** One call of ProduceStream or Fetch. */
import type { MillraceError } from '@millrace/core/errors';
import type { WireSession } from '@millrace/wire/client';
import type { WireStream } from '@millrace/wire/clientStream';
import { fromWireStatus } from './remoteError.ts';
import { transportReason } from './transportReason.ts';

export const PRODUCE_STREAM_PATH = '/millrace.v1.Producer/ProduceStream';
export const FETCH_PATH = '/millrace.v1.Consumer/Fetch';

export interface StreamEnd {
  /** Undefined: the server ended the call with status OK. */
  readonly error: MillraceError | undefined;
  /** `nothing`: what was sent on it can be sent again elsewhere. */
  readonly processed: 'nothing' | 'perhaps';
}

export class DataStream {
  readonly way: 'direct' | 'detour';
  readonly #session: WireSession;
  readonly #stream: WireStream;
  readonly #onClosed: () => 'cancel' | 'gone';
  #closed = false;

  /** `onClosed` takes the connection along, or leaves the call to be cancelled. */
  constructor(
    session: WireSession,
    stream: WireStream,
    way: 'direct' | 'detour',
    onClosed: () => 'cancel' | 'gone',
  ) {
    this.way = way;
    this.#session = session;
    this.#stream = stream;
    this.#onClosed = onClosed;
  }

  onMessage(callback: (body: Buffer) => void): void {
    this.#stream.onMessage(callback);
  }

  onDrain(callback: () => void): void {
    this.#stream.onDrain(callback);
  }

  /** The server is stopping: what is in flight is still answered. */
  onLeaving(callback: () => void): void {
    this.#session.onLeaving(callback);
  }

  /** Called exactly once. */
  onEnd(callback: (end: StreamEnd) => void): void {
    this.#stream.onStatus((status) => {
      const told = { ...status, message: transportReason(status.message) };
      callback({
        error: status.code === 0 ? undefined : fromWireStatus(told),
        processed: status.unprocessed === true ? 'nothing' : 'perhaps',
      });
    });
  }

  /** Parts must not change any more. False: wait for onDrain. */
  send(parts: readonly Uint8Array[]): boolean {
    return this.#stream.send(parts);
  }

  /** No more messages from this side. */
  end(): void {
    this.#stream.end();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  /** Gives up the call, and the connection with the last one. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#onClosed() === 'cancel') this.#stream.cancel();
  }
}
