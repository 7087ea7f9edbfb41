// gRPC straight on node:http2: a listener whose methods get their streams as WireCalls.
import { createSecureServer, createServer, type Http2Server } from 'node:http2';
import type { Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { dropOnError } from './drop.ts';
import { SendBudget } from './sendBudget.ts';
import { ServerConnection } from './serverConnection.ts';
import { type WireServerOptions, type WireServerSettings, withDefaults } from './serverOptions.ts';
import { Status } from './status.ts';

export const FRAME_BYTES_MAX = 1024 * 1024;
const HEADER_LIST_BYTES_MAX = 16 * 1024;
const HEADER_PAIRS_MAX = 128;
// After the grace period, for the last trailers to leave.
const FLUSH_MS = 200;

export interface WireServerMetrics {
  readonly connections: number;
  readonly calls: number;
  readonly queuedBytes: number;
  readonly heldBytes: number;
}

export function createWireServer(settings: WireServerSettings): WireServer {
  return new WireServer(withDefaults(settings));
}

export class WireServer {
  readonly #options: WireServerOptions;
  readonly #server: Http2Server;
  readonly #sendBudget: SendBudget;
  readonly #connections = new Set<ServerConnection>();
  // By remote address and port: a session does not give its socket away.
  readonly #sockets = new Map<string, Socket>();
  readonly #setTls: ((tls: SecureContextOptions) => void) | undefined;

  constructor(options: WireServerOptions) {
    this.#options = options;
    this.#sendBudget = new SendBudget(options.serverBytesMax);
    const http = {
      settings: {
        initialWindowSize: options.windowBytes,
        maxFrameSize: FRAME_BYTES_MAX,
        maxConcurrentStreams: options.streamsPerConnectionMax,
        maxHeaderListSize: HEADER_LIST_BYTES_MAX,
        enablePush: false,
      },
      maxHeaderListPairs: HEADER_PAIRS_MAX,
      // Bookkeeping of nghttp2 and frames not written yet, in MiB.
      maxSessionMemory: Math.ceil(options.connectionBytesMax / FRAME_BYTES_MAX) + 16,
    };
    if (options.tls === undefined) {
      this.#server = createServer(http);
    } else {
      const handshakeTimeout = options.handshakeMs;
      const server = createSecureServer({ handshakeTimeout, ...options.tls, ...http });
      this.#server = server;
      this.#setTls = (tls) => server.setSecureContext(tls);
    }
    this.#server.maxConnections = options.connectionsMax;
    const track = (socket: Socket): void => {
      const key = socketKey(socket);
      this.#sockets.set(key, socket);
      dropOnError(socket);
      socket.once('close', () => {
        if (this.#sockets.get(key) === socket) this.#sockets.delete(key);
      });
    };
    // Before node's own listeners, which start the session.
    this.#server.prependListener('connection', track);
    this.#server.prependListener('secureConnection', track);
    this.#server.on('session', (session) => {
      const socket = this.#sockets.get(socketKey(session.socket));
      const connection = new ServerConnection(session, socket, options, this.#sendBudget);
      this.#connections.add(connection);
      connection.onClose(() => this.#connections.delete(connection));
    });
    this.#server.on('sessionError', () => {});
  }

  get metrics(): WireServerMetrics {
    let calls = 0;
    let heldBytes = 0;
    for (const connection of this.#connections) {
      calls += connection.calls;
      heldBytes += connection.heldBytes;
    }
    const queuedBytes = this.#sendBudget.usedBytes;
    return { connections: this.#connections.size, calls, queuedBytes, heldBytes };
  }

  /** Resolves with the port (0 asks for a free one); rejects with the error of listen(2). */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        this.#server.on('error', this.#options.onFault);
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  /** New connections use these certificates. Throws without TLS, or when they do not parse. */
  replaceCertificates(tls: SecureContextOptions): void {
    if (this.#setTls === undefined) throw new Error('the server does not use TLS');
    this.#setTls(tls);
  }

  /**
   * Accepts no more, announces it (GOAWAY), lets calls finish for `graceMs`, then ends them with UNAVAILABLE. Resolves
   * when every connection is closed.
   */
  async close(graceMs: number): Promise<void> {
    const closed = Promise.all([
      new Promise<void>((resolve) => {
        this.#server.close(() => resolve());
      }),
      ...Array.from(
        this.#connections,
        (connection) => new Promise<void>((resolve) => connection.onClose(resolve)),
      ),
    ]);
    for (const { session } of this.#connections) session.close();
    const timers = [
      setTimeout(() => {
        for (const connection of this.#connections) {
          connection.revokeAll({ code: Status.UNAVAILABLE, message: 'the server is stopping' });
        }
        if (this.#connections.size === 0) this.#destroyAll();
      }, graceMs),
      setTimeout(() => this.#destroyAll(), graceMs + FLUSH_MS),
    ];
    await closed;
    for (const timer of timers) clearTimeout(timer);
  }

  #destroyAll(): void {
    for (const { session } of this.#connections) session.destroy();
    for (const socket of this.#sockets.values()) socket.destroy();
  }
}

function socketKey(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}
