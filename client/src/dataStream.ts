/**
 * One call on an HTTP/2 connection of its own. Of its own, because the receive window of a connection is shared: a
 * consumer that reads slowly must not hold up acknowledgements or other consumers.
 */
import { type MillraceError, millraceError } from '@millrace/core/errors';
import { connectWire, type WireClientOptions, type WireSession } from '@millrace/wire/client';
import type { WireStream } from '@millrace/wire/clientStream';
import type { Metadata } from '@millrace/wire/metadata';
import { WireError } from '@millrace/wire/status';
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
  readonly #session: WireSession;
  readonly #stream: WireStream;

  private constructor(session: WireSession, stream: WireStream) {
    this.#session = session;
    this.#stream = stream;
  }

  /** Connects to `url` and begins the call. Throws UNAVAILABLE with outcome `not-applied`. */
  static async open(
    url: string,
    path: string,
    metadata: Metadata,
    options: WireClientOptions,
  ): Promise<DataStream> {
    try {
      const session = await connectWire(url, options);
      return new DataStream(session, session.open(path, { metadata }));
    } catch (cause) {
      const message = cause instanceof WireError ? cause.message : String(cause);
      throw millraceError('UNAVAILABLE', message, { outcome: 'not-applied', cause });
    }
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

  /** Gives up the call and the connection with it. */
  close(): void {
    this.#session.destroy();
  }
}
