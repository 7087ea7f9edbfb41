/**
 * A PeerStream of domain messages over a pipe of bytes. A message that does not decode ends the stream for both sides
 * with INVALID_REQUEST.
 */
import { MillraceError } from '@millrace/core/errors';
import type { PeerStream } from '../cluster/peerTransport.ts';
import type { BytePipe } from './bytePipe.ts';
import { decodeFarewell, encodeFarewell } from './farewell.ts';

export interface StreamCodec<Out, In> {
  /** In one or more messages. */
  encode(message: Out): readonly (readonly Uint8Array[])[];
  /** Undefined: a part of one that is not complete. Throws INVALID_REQUEST. */
  decode(body: Buffer): In | undefined;
  /** Who opened the stream says in a last message why it ends; the other side has the status for that. */
  readonly side: 'opened' | 'accepted';
}

export class CodedStream<Out, In> implements PeerStream<Out, In> {
  readonly #pipe: BytePipe;
  readonly #codec: StreamCodec<Out, In>;
  #closed = false;
  /** How it ended, until somebody is told. */
  #error: MillraceError | undefined;
  #onClosed: ((error: MillraceError) => void) | undefined;

  constructor(pipe: BytePipe, codec: StreamCodec<Out, In>) {
    this.#pipe = pipe;
    this.#codec = codec;
    pipe.onEnded((error) => this.#end(error));
  }

  get queuedBytes(): number {
    return this.#pipe.queuedBytes;
  }

  send(message: Out): boolean {
    if (this.#closed) return false;
    let room = true;
    for (const parts of this.#codec.encode(message)) room = this.#pipe.send(parts);
    return room;
  }

  onMessage(callback: (message: In) => void): void {
    this.#pipe.onMessage((body) => {
      if (this.#closed) return;
      const message = this.#read(body);
      if (message !== undefined) callback(message);
    });
  }

  onDrain(callback: () => void): void {
    this.#pipe.onDrain(() => {
      if (!this.#closed) callback();
    });
  }

  onClosed(callback: (error: MillraceError) => void): void {
    this.#onClosed = callback;
    const error = this.#error;
    if (error !== undefined) queueMicrotask(() => this.#tell(error));
  }

  pause(): void {
    this.#pipe.pause();
  }

  resume(): void {
    this.#pipe.resume();
  }

  close(error?: MillraceError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#finish(error);
  }

  #read(body: Buffer): In | undefined {
    try {
      const farewell = this.#codec.side === 'accepted' ? decodeFarewell(body) : undefined;
      if (farewell === undefined) return this.#codec.decode(body);
      this.#end(farewell);
      this.#pipe.finish();
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      this.#end(error);
      this.#finish(error);
    }
    return undefined;
  }

  #finish(error: MillraceError | undefined): void {
    if (this.#codec.side === 'opened' && error !== undefined)
      this.#pipe.send(encodeFarewell(error));
    this.#pipe.finish(error);
  }

  #end(error: MillraceError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#error = error;
    this.#tell(error);
  }

  #tell(error: MillraceError): void {
    const callback = this.#onClosed;
    if (callback === undefined) return;
    this.#onClosed = undefined;
    this.#error = undefined;
    callback(error);
  }
}
