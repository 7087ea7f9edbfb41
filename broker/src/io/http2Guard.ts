/**
 * Bounds what the peers of a server pin in memory where the server's own library counts nothing: grpc-js assembles
 * messages of any number of half-open calls, and queues replies that nobody reads. Counted where bytes enter and leave
 * the HTTP/2 streams; who passes a limit loses the call that holds most, with ENHANCE_YOUR_CALM (gRPC:
 * RESOURCE_EXHAUSTED).
 */
import diagnostics from 'node:diagnostics_channel';
import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { SendBudget } from '@millrace/wire/sendBudget';
import { GrpcFraming } from './grpcFraming.ts';

const STREAM_CREATED = 'http2.server.stream.created';

export interface GuardLimits {
  /** HTTP/2 receive window of a stream. */
  readonly windowBytes: number;
  /** One connection, each: queued for it; received and not handed over. */
  readonly connectionBytesMax: number;
  /** Queued for all connections together. */
  readonly serverBytesMax: number;
}

interface Call {
  queuedBytes: number;
  readonly framing: GrpcFraming;
}

interface Connection {
  readonly session: ServerHttp2Session;
  readonly calls: Map<ServerHttp2Stream, Call>;
  readonly queued: SendBudget;
  unfinishedBytes: number;
}

export class Http2Guard {
  readonly #limits: GuardLimits;
  readonly #isOurs: (port: number) => boolean;
  readonly #queued: SendBudget;
  readonly #connections = new Map<ServerHttp2Session, Connection>();
  readonly #byPeer = new Map<string, Connection>();

  constructor(limits: GuardLimits, isOurs: (port: number) => boolean) {
    this.#limits = limits;
    this.#isOurs = isOurs;
    this.#queued = new SendBudget(limits.serverBytesMax);
    diagnostics.subscribe(STREAM_CREATED, this.#onCreated);
  }

  close(): void {
    diagnostics.unsubscribe(STREAM_CREATED, this.#onCreated);
  }

  /** What a stream to this peer may queue now, at most `bytesMax`. */
  roomBytes(peer: string, bytesMax: number): number {
    return this.#byPeer.get(peer)?.queued.share(bytesMax) ?? bytesMax;
  }

  /** Ends every call of this peer: one holds too much outside the HTTP/2 streams, where only its owner counts. */
  calm(peer: string): void {
    for (const stream of this.#byPeer.get(peer)?.calls.keys() ?? []) calm(stream);
  }

  readonly #onCreated = (message: unknown): void => {
    const { stream } = message as { stream: ServerHttp2Stream };
    const session = stream.session as ServerHttp2Session | undefined;
    if (session === undefined) return;
    const connection = this.#connections.get(session) ?? this.#accept(session);
    if (connection === undefined) return;
    const call: Call = { queuedBytes: 0, framing: new GrpcFraming() };
    connection.calls.set(stream, call);
    this.#watchReceived(connection, stream, call);
    this.#watchQueued(connection, stream, call);
    stream.once('close', () => {
      connection.calls.delete(stream);
      connection.unfinishedBytes -= call.framing.unfinishedBytes;
      connection.queued.add(-call.queuedBytes);
      call.queuedBytes = 0;
    });
  };

  #accept(session: ServerHttp2Session): Connection | undefined {
    const { localPort, remoteAddress, remotePort } = session.socket;
    if (localPort === undefined || !this.#isOurs(localPort)) return undefined;
    const queued = new SendBudget(this.#limits.connectionBytesMax, this.#queued);
    const connection: Connection = { session, calls: new Map(), queued, unfinishedBytes: 0 };
    const peer = `${remoteAddress}:${remotePort}`;
    this.#connections.set(session, connection);
    this.#byPeer.set(peer, connection);
    session.once('close', () => {
      this.#connections.delete(session);
      this.#byPeer.delete(peer);
    });
    return connection;
  }

  #watchReceived(connection: Connection, stream: ServerHttp2Stream, call: Call): void {
    const push = stream.push.bind(stream);
    stream.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
      if (chunk instanceof Uint8Array && connection.calls.has(stream)) {
        const before = call.framing.unfinishedBytes;
        call.framing.pass(chunk);
        connection.unfinishedBytes += call.framing.unfinishedBytes - before;
      }
      const more = push(chunk, encoding);
      this.#checkReceived(connection, stream);
      return more;
    };
  }

  #watchQueued(connection: Connection, stream: ServerHttp2Stream, call: Call): void {
    const write = stream.write.bind(stream) as (
      chunk: unknown,
      callback: (error?: Error | null) => void,
    ) => boolean;
    const counted = (chunk: unknown, callback?: (error?: Error | null) => void): boolean => {
      const bytes = chunk instanceof Uint8Array ? chunk.length : 0;
      call.queuedBytes += bytes;
      connection.queued.add(bytes);
      const accepted = write(chunk, (error) => {
        const settled = Math.min(bytes, call.queuedBytes);
        call.queuedBytes -= settled;
        connection.queued.add(-settled);
        callback?.(error);
      });
      this.#checkQueued(connection);
      return accepted;
    };
    // grpc-js writes chunks with a callback and no encoding.
    stream.write = counted as typeof stream.write;
  }

  #checkReceived(connection: Connection, stream: ServerHttp2Stream): void {
    const { connectionBytesMax, windowBytes } = this.#limits;
    if (connection.unfinishedBytes > connectionBytesMax) {
      calm(largest(connection, (call) => call.framing.unfinishedBytes));
    }
    if (stream.readableLength === 0) return;
    let unread = 0;
    for (const each of connection.calls.keys()) unread += each.readableLength;
    if (unread > connectionBytesMax + windowBytes) calm(largest(connection, unreadBytes));
  }

  #checkQueued(connection: Connection): void {
    if (connection.queued.exceededBy(0)) calm(largest(connection, (call) => call.queuedBytes));
    if (!this.#queued.exceededBy(0)) return;
    let worst = connection;
    for (const other of this.#connections.values()) {
      if (other.queued.usedBytes > worst.queued.usedBytes) worst = other;
    }
    calm(largest(worst, (call) => call.queuedBytes));
  }
}

function unreadBytes(_call: Call, stream: ServerHttp2Stream): number {
  return stream.readableLength;
}

function largest(
  { calls }: Connection,
  bytesOf: (call: Call, stream: ServerHttp2Stream) => number,
): ServerHttp2Stream | undefined {
  let found: ServerHttp2Stream | undefined;
  let most = 0;
  for (const [stream, call] of calls) {
    if (stream.closed || bytesOf(call, stream) <= most) continue;
    most = bytesOf(call, stream);
    found = stream;
  }
  return found;
}

/** Destroyed, not only reset: what is queued in it must go now. */
function calm(stream: ServerHttp2Stream | undefined): void {
  if (stream === undefined) return;
  stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  setImmediate(() => stream.destroy());
}
