/** A stream to a broker's `data` listener with its connection; what is sent before that stands waits here. */
import { type MillraceError, millraceError } from '@millrace/core/errors';
import { connectWire, type WireClientOptions, type WireSession } from '@millrace/wire/client';
import type { WireStream } from '@millrace/wire/clientStream';
import { Status, WireError, type WireStatus } from '@millrace/wire/status';
import type { DataStream, DataStreamEnd, DataTransport } from '../cluster/dataTransport.ts';
import type { PeerAddress } from '../cluster/peerTransport.ts';
import { endedByPeer } from './bytePipe.ts';
import { errorOfStatus } from './statusError.ts';
import { UnsentMessages } from './unsentMessages.ts';

const CONNECT_MS_MAX = 3000;
/** A host that vanished: what waits for it is told so. */
const KEEPALIVE = { intervalMs: 5000, timeoutMs: 10_000 };
/** What surrounds a batch of messageBytesMax in a message. */
const ENVELOPE_BYTES = 2 << 20;

export class WireDataTransport implements DataTransport {
  readonly #messageBytesMax: number;

  /** `messageBytesMax`: the largest batch. */
  constructor(messageBytesMax: number) {
    this.#messageBytesMax = messageBytesMax;
  }

  open({ host, port }: PeerAddress, path: string, windowBytes: number): DataStream {
    const name = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    return new WireDataStream(name, path, {
      windowBytes,
      messageBytesMax: this.#messageBytesMax + ENVELOPE_BYTES,
      sendBytesMax: 4 << 20,
      // Its owner counts what it sends, and stops when it is told to.
      connectionBytesMax: Number.MAX_SAFE_INTEGER,
      connectTimeoutMs: CONNECT_MS_MAX,
      keepalive: KEEPALIVE,
      userAgent: 'millrace-broker',
    });
  }
}

class WireDataStream implements DataStream {
  readonly #name: string;
  readonly #path: string;
  #session: WireSession | undefined;
  #stream: WireStream | undefined;
  readonly #unsent = new UnsentMessages();
  #paused = false;
  #halfClosed = false;
  #done = false;
  #onMessage: (body: Buffer) => void = () => {};
  #onDrain: () => void = () => {};
  #onLeaving: () => void = () => {};
  #onEnd: (end: DataStreamEnd) => void = () => {};

  constructor(name: string, path: string, options: WireClientOptions) {
    this.#name = name;
    this.#path = path;
    connectWire(`http://${name}`, options).then(
      (session) => this.#opened(session),
      (error: unknown) => {
        const reason = error instanceof WireError ? error.message : String(error);
        this.#end({ error: unreachable(name, reason), processed: 'nothing' });
      },
    );
  }

  send(parts: readonly Uint8Array[]): boolean {
    if (this.#done) return false;
    if (this.#stream !== undefined) return this.#stream.send(parts);
    return this.#unsent.add(parts);
  }

  onMessage(callback: (body: Buffer) => void): void {
    this.#onMessage = callback;
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback;
  }

  onLeaving(callback: () => void): void {
    this.#onLeaving = callback;
  }

  onEnd(callback: (end: DataStreamEnd) => void): void {
    this.#onEnd = callback;
  }

  pause(): void {
    this.#paused = true;
    this.#stream?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#stream?.resume();
  }

  end(): void {
    this.#halfClosed = true;
    this.#stream?.end();
  }

  close(): void {
    this.#done = true;
    this.#unsent.clear();
    this.#session?.destroy();
  }

  #opened(session: WireSession): void {
    if (this.#done) {
      session.destroy();
      return;
    }
    const stream = session.open(this.#path);
    this.#session = session;
    this.#stream = stream;
    session.onLeaving(() => {
      if (!this.#done) this.#onLeaving();
    });
    stream.onDrain(() => {
      if (!this.#done) this.#onDrain();
    });
    stream.onStatus((status) => {
      session.destroy();
      this.#end(endOf(status, this.#name));
    });
    if (this.#paused) stream.pause();
    stream.onMessage((body) => {
      if (!this.#done) this.#onMessage(body);
    });
    const mayGoOn = this.#unsent.sendOn(stream);
    if (this.#halfClosed) stream.end();
    else if (mayGoOn) this.#onDrain();
  }

  #end(end: DataStreamEnd): void {
    if (this.#done) return;
    this.#done = true;
    this.#unsent.clear();
    this.#onEnd(end);
  }
}

function endOf(status: WireStatus, name: string): DataStreamEnd {
  const error = status.code === Status.OK ? endedByPeer() : errorOfStatus(status, name);
  return { error, processed: status.unprocessed === true ? 'nothing' : 'perhaps' };
}

function unreachable(name: string, reason: string): MillraceError {
  return millraceError('UNAVAILABLE', `${name}: ${reason}`, { outcome: 'not-applied' });
}
