/**
 * One HTTP/2 connection to a broker's data, and calls on it; it goes with the last of them. Never shared between
 * producers and consumers: the receive window of a connection is, and a consumer that reads slowly must not hold up
 * acknowledgements or other consumers.
 */
import { millraceError } from '@millrace/core/errors';
import { connectWire, type WireClientOptions, type WireSession } from '@millrace/wire/client';
import type { Metadata } from '@millrace/wire/metadata';
import { WireError } from '@millrace/wire/status';
import { DataStream } from './dataStream.ts';

/** `detour`: through a server that the user named, which is perhaps another broker. */
export type Way = 'direct' | 'detour';

export class DataConnection {
  readonly way: Way;
  readonly #session: WireSession;
  readonly #metadata: Metadata;
  readonly #streams = new Set<DataStream>();

  private constructor(session: WireSession, metadata: Metadata, way: Way) {
    this.way = way;
    this.#session = session;
    this.#metadata = metadata;
  }

  /** Connects to `url`. `metadata` goes with every call. Throws UNAVAILABLE with outcome `not-applied`. */
  static async open(
    url: string,
    way: Way,
    metadata: Metadata,
    options: WireClientOptions,
  ): Promise<DataConnection> {
    try {
      return new DataConnection(await connectWire(url, options), metadata, way);
    } catch (cause) {
      const message = cause instanceof WireError ? cause.message : String(cause);
      throw millraceError('UNAVAILABLE', message, { outcome: 'not-applied', cause });
    }
  }

  /** False: the next call needs another connection. */
  get isUsable(): boolean {
    return this.#session.usable;
  }

  /** Begins a call. Never throws: what is wrong with the connection the call ends with. */
  open(path: string): DataStream {
    const call = this.#session.open(path, { metadata: this.#metadata });
    const stream = new DataStream(this.#session, call, this.way, () => this.#closed(stream));
    this.#streams.add(stream);
    return stream;
  }

  /** Closes it unless somebody has a call on it. */
  closeUnused(): void {
    if (this.#streams.size === 0) this.close();
  }

  /** Ends all its calls. */
  close(): void {
    this.#session.destroy();
  }

  #closed(stream: DataStream): 'cancel' | 'gone' {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return 'cancel';
    this.#session.destroy();
    return 'gone';
  }
}
