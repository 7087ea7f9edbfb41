/**
 * The opening end of a stream. What is sent before the connection stands waits here, up to the same mark as after; how
 * it ends is never told within the call that began it.
 */
import { type MillraceError, toMillraceError } from '@millrace/core/errors';
import type { WireStream } from '@millrace/wire/clientStream';
import { Status } from '@millrace/wire/status';
import type { Clock } from '../io/clock.ts';
import { type BytePipe, endedByPeer } from './bytePipe.ts';
import type { PeerConnection } from './peerConnection.ts';
import { errorOfStatus } from './statusError.ts';
import { UnsentMessages } from './unsentMessages.ts';

/** For the peer to take the last bytes and to end its side. */
const LINGER_MS = 5000;

export class WireStreamPipe implements BytePipe {
  readonly #connection: PeerConnection;
  readonly #clock: Clock;
  #stream: WireStream | undefined;
  readonly #unsent = new UnsentMessages();
  #paused = false;
  /** This side has finished, or the stream is over. */
  #done = false;
  #onMessage: ((body: Buffer) => void) | undefined;
  #onDrain: () => void = () => {};
  #onEnded: (error: MillraceError) => void = () => {};

  constructor(connection: PeerConnection, path: string, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
    connection.hold();
    connection.session().then(
      (session) => this.#opened(session.open(path)),
      (error: unknown) => {
        connection.release();
        this.#unsent.clear();
        this.#end(toMillraceError(error));
      },
    );
  }

  get queuedBytes(): number {
    return this.#unsent.bytes + (this.#stream?.queuedBytes ?? 0);
  }

  send(parts: readonly Uint8Array[]): boolean {
    if (this.#done) return false;
    if (this.#stream !== undefined) return this.#stream.send(parts);
    return this.#unsent.add(parts);
  }

  onMessage(callback: (body: Buffer) => void): void {
    this.#onMessage = callback;
    this.#stream?.onMessage((body) => this.#onMessage?.(body));
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback;
  }

  onEnded(callback: (error: MillraceError) => void): void {
    this.#onEnded = callback;
  }

  pause(): void {
    this.#paused = true;
    this.#stream?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#stream?.resume();
  }

  /** There is no place for an error: its owner sends it as a message first. */
  finish(): void {
    if (this.#done) return;
    this.#done = true;
    this.#leave();
  }

  #opened(stream: WireStream): void {
    this.#stream = stream;
    stream.onDrain(() => this.#onDrain());
    stream.onStatus((status) => {
      this.#connection.release();
      this.#end(
        status.code === Status.OK ? endedByPeer() : errorOfStatus(status, this.#connection.name),
      );
    });
    if (this.#paused) stream.pause();
    if (this.#onMessage !== undefined) stream.onMessage((body) => this.#onMessage?.(body));
    const mayGoOn = this.#unsent.sendOn(stream);
    if (this.#done) this.#leave();
    else if (mayGoOn) this.#onDrain();
  }

  #leave(): void {
    const stream = this.#stream;
    // Not open yet: once it is.
    if (stream === undefined || stream.status !== undefined) return;
    // Nobody listens any more, and unread messages would hold up the end.
    stream.onMessage(() => {});
    stream.resume();
    this.#onMessage = undefined;
    stream.end();
    const linger = this.#clock.setTimer(LINGER_MS, () => stream.cancel());
    stream.onStatus(() => {
      linger.cancel();
      this.#connection.release();
    });
  }

  #end(error: MillraceError): void {
    if (this.#done) return;
    this.#done = true;
    this.#onEnded(error);
  }
}
