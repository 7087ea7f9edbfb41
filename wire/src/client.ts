// The client half: one HTTP/2 connection, streams opened on it. It does not reconnect; its owner does.
import { type ClientHttp2Session, connect, constants } from 'node:http2';
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { WireStream } from './clientStream.ts';
import { drop, dropOnError } from './drop.ts';
import { type KeepaliveOptions, keepAlive } from './keepalive.ts';
import { type Metadata, writeMetadata } from './metadata.ts';
import { SendBudget } from './sendBudget.ts';
import { Status, WireError, type WireStatus } from './status.ts';
import { formatTimeout } from './timeout.ts';

const MIB = 1024 * 1024;
const OK: WireStatus = { code: Status.OK, message: '' };

export interface WireClientOptions {
  /** HTTP/2 receive window of a stream and of the connection, in bytes. */
  readonly windowBytes?: number;
  /** Longest message received, in bytes. */
  readonly messageBytesMax?: number;
  /** A stream's high-water mark for sending, in bytes. */
  readonly sendBytesMax?: number;
  /** Bytes queued for sending on all streams together. */
  readonly connectionBytesMax?: number;
  /** Bytes of messages, chunk by chunk, as they arrive. */
  readonly onReceived?: ((bytes: number) => void) | undefined;
  readonly connectTimeoutMs?: number;
  readonly keepalive?: KeepaliveOptions;
  readonly userAgent?: string;
  /** For https URLs. */
  readonly tls?: ConnectionOptions;
}

export interface OpenOptions {
  readonly metadata?: Metadata;
  /** Also told to the server (grpc-timeout). */
  readonly timeoutMs?: number;
}

/**
 * Connects to `http://host:port` or `https://host:port` and waits for the server's HTTP/2 settings. Rejects with
 * WireError UNAVAILABLE.
 */
export function connectWire(url: string, options: WireClientOptions = {}): Promise<WireSession> {
  const windowBytes = options.windowBytes ?? 8 * MIB;
  const session = connect(url, {
    ...options.tls,
    settings: { initialWindowSize: windowBytes, maxFrameSize: MIB, enablePush: false },
    maxSessionMemory: 1024,
  });
  const wire = new WireSession(session, options);
  return new Promise((resolve, reject) => {
    const timeoutMs = options.connectTimeoutMs ?? 5000;
    const timer = setTimeout(() => {
      wire.destroy(`no answer from ${url} within ${timeoutMs} ms`);
    }, timeoutMs);
    wire.onClose((status) => {
      clearTimeout(timer);
      reject(new WireError(status));
    });
    session.once('connect', () => {
      // Node says it of a session that was given up before it was connected, too.
      if (!session.destroyed) session.setLocalWindowSize(windowBytes);
    });
    session.once('remoteSettings', () => {
      clearTimeout(timer);
      resolve(wire);
    });
  });
}

export class WireSession {
  readonly #session: ClientHttp2Session;
  readonly #options: WireClientOptions;
  readonly #sendBudget: SendBudget;
  readonly #leavingCallbacks: (() => void)[] = [];
  readonly #closeCallbacks: ((status: WireStatus) => void)[] = [];
  #socket: Socket | undefined;
  #lost: WireStatus = OK;
  #lastTaken: number | undefined;
  #closed = false;

  constructor(session: ClientHttp2Session, options: WireClientOptions) {
    this.#session = session;
    this.#options = options;
    this.#sendBudget = new SendBudget(options.connectionBytesMax ?? 64 * MIB);
    session.on('error', (error) => this.#lose(error.message));
    session.on('goaway', (code, lastStreamId) => {
      this.#lastTaken = lastStreamId;
      if (code !== constants.NGHTTP2_NO_ERROR) this.#lose(`the server closed with code ${code}`);
      for (const callback of this.#leavingCallbacks.splice(0)) callback();
    });
    session.once('close', () => {
      this.#lose('the connection was closed');
      this.#closed = true;
      for (const callback of this.#closeCallbacks) callback(this.#lost);
    });
    session.once('connect', (_session, socket) => {
      this.#socket = socket;
      dropOnError(socket);
      if (session.destroyed) {
        drop(session, socket);
        return;
      }
      const keepalive = options.keepalive ?? { intervalMs: 30_000, timeoutMs: 60_000 };
      keepAlive(session, keepalive, () => {
        this.destroy('the server does not answer pings');
      });
    });
  }

  /** False once the server is leaving or the connection is gone: open the next stream elsewhere. */
  get usable(): boolean {
    return !this.#session.closed && !this.#session.destroyed;
  }

  /** Starts a call. It never throws for a broken connection: the stream's status says so. */
  open(path: string, options: OpenOptions = {}): WireStream {
    const { timeoutMs } = options;
    const common = {
      messageBytesMax: this.#options.messageBytesMax ?? 64 * MIB,
      onReceived: this.#options.onReceived,
      sendBytesMax: this.#options.sendBytesMax ?? MIB,
      sendBudget: this.#sendBudget,
      timeoutMs,
      lost: () => this.#lostNow(),
      lastTaken: () => this.#lastTaken,
    };
    if (this.#session.closed || this.#session.destroyed) {
      const lost = this.#lost === OK ? unavailable('the connection is closing') : this.#lost;
      return new WireStream(undefined, { ...common, lost: () => lost });
    }
    const stream = this.#session.request(
      {
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc+proto',
        te: 'trailers',
        'user-agent': this.#options.userAgent ?? 'millrace-wire',
        ...(timeoutMs === undefined ? {} : { 'grpc-timeout': formatTimeout(timeoutMs) }),
        ...(options.metadata === undefined ? {} : writeMetadata(options.metadata)),
      },
      { endStream: false },
    );
    return new WireStream(stream, common);
  }

  /** Called when the server announces that it is leaving (GOAWAY): streams that are open may still be finished. */
  onLeaving(callback: () => void): void {
    this.#leavingCallbacks.push(callback);
  }

  /** Called when the connection is gone, with why; at once when it is gone already. */
  onClose(callback: (status: WireStatus) => void): void {
    if (this.#closed) callback(this.#lost);
    else this.#closeCallbacks.push(callback);
  }

  /** Opens no more streams; the connection goes when those it has are done. */
  close(): void {
    this.#session.close();
  }

  /** Ends the connection and with it every stream, with UNAVAILABLE and the reason. */
  destroy(reason = 'the connection was closed by this side'): void {
    this.#lose(reason);
    drop(this.#session, this.#socket);
  }

  /** Streams close before their session says why. */
  #lostNow(): WireStatus {
    if (this.#lost !== OK || !this.#session.destroyed) return this.#lost;
    return unavailable('the connection was lost');
  }

  /** The first reason is the true one; later ones are its consequences. */
  #lose(message: string): void {
    if (this.#lost === OK) this.#lost = unavailable(message);
  }
}

function unavailable(message: string): WireStatus {
  return { code: Status.UNAVAILABLE, message };
}
