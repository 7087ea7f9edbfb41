// One accepted HTTP/2 connection: its windows, its byte limits, its calls, and when it has to go.
import {
  constants,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import { drop } from './drop.ts';
import { keepAlive } from './keepalive.ts';
import { readMetadata } from './metadata.ts';
import { type Peer, peerOf } from './peer.ts';
import { streamWindowBytes } from './receiveWindow.ts';
import { SendBudget } from './sendBudget.ts';
import { WireCall } from './serverCall.ts';
import type { WireServerOptions } from './serverOptions.ts';
import { Status, type WireStatus } from './status.ts';
import { parseTimeout } from './timeout.ts';

const CONTENT_TYPE = /^application\/grpc(?:\+proto)?(?:;|$)/;

export class ServerConnection {
  readonly session: ServerHttp2Session;
  readonly peer: Peer;
  readonly #socket: Socket | undefined;
  readonly #options: WireServerOptions;
  readonly #sendBudget: SendBudget;
  readonly #calls = new Set<WireCall>();
  #windowBytes: number;
  #idle: NodeJS.Timeout | undefined;

  /** `socket` carries the session. */
  constructor(
    session: ServerHttp2Session,
    socket: Socket | undefined,
    options: WireServerOptions,
    serverBudget: SendBudget,
  ) {
    this.session = session;
    this.#socket = socket;
    this.peer = peerOf(session);
    this.#options = options;
    this.#windowBytes = options.windowBytes;
    this.#sendBudget = new SendBudget(options.connectionBytesMax, serverBudget);
    // Node hands the connection's window back as soon as it reads; streams hold theirs until they are read.
    session.setLocalWindowSize(options.windowBytes);
    session.on('error', () => this.drop());
    const handshake = setTimeout(() => this.drop(), options.handshakeMs).unref();
    session.once('remoteSettings', () => clearTimeout(handshake));
    session.on('localSettings', () => this.#adjustWindow());
    session.once('close', () => {
      clearTimeout(handshake);
      clearTimeout(this.#idle);
    });
    session.on('stream', (stream, headers) => this.#accept(stream, headers));
    keepAlive(session, options.keepalive, () => this.drop());
    this.#restWhenIdle();
  }

  get calls(): number {
    return this.#calls.size;
  }

  /** Bytes queued for the peer. */
  get queuedBytes(): number {
    return this.#sendBudget.usedBytes;
  }

  /** Bytes received and not handed over. */
  get heldBytes(): number {
    let held = 0;
    for (const call of this.#calls) held += call.unreadBytes + call.unfinishedBytes;
    return held;
  }

  /** Ends every call, telling handler and client. */
  revokeAll(status: WireStatus): void {
    for (const call of this.#calls) call.revoke(status);
  }

  onClose(callback: () => void): void {
    this.session.once('close', callback);
  }

  /** Ends the connection with all its calls. */
  drop(): void {
    drop(this.session, this.#socket);
  }

  #accept(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    stream.on('error', () => {});
    if (headers[':method'] !== 'POST') return refuse(stream, 405);
    const contentType = headers['content-type'] ?? '';
    if (!CONTENT_TYPE.test(contentType)) return refuse(stream, 415);
    const path = headers[':path'] ?? '';
    const timeout = headers['grpc-timeout'];
    const timeoutMs = typeof timeout === 'string' ? parseTimeout(timeout) : undefined;
    const call = new WireCall(stream, {
      path,
      metadata: readMetadata(headers),
      contentType,
      peer: this.peer,
      timeoutMs,
      messageBytesMax: this.#options.messageBytesMax,
      sendBytesMax: this.#options.sendBytesMax,
      sendBudget: this.#sendBudget,
      onHeld: () => this.#checkUnfinished(),
      onFault: this.#options.onFault,
    });
    this.#calls.add(call);
    clearTimeout(this.#idle);
    this.#watchUnread(stream);
    stream.once('close', () => this.#closed(call));
    this.#adjustWindow();
    if (timeout !== undefined && timeoutMs === undefined) {
      call.fail({ code: Status.INTERNAL, message: 'invalid grpc-timeout' });
      return;
    }
    const handler = this.#options.methods.get(path);
    if (handler === undefined) {
      call.fail({ code: Status.UNIMPLEMENTED, message: `unknown method ${path}` });
      return;
    }
    try {
      handler(call);
    } catch (error) {
      call.broken(error);
    }
    // Clients may wait for the headers of a stream that has nothing to say yet.
    if (!call.finished) setImmediate(() => call.sendHeaders());
  }

  #closed(call: WireCall): void {
    this.#calls.delete(call);
    this.#adjustWindow();
    if (this.#calls.size === 0) this.#restWhenIdle();
  }

  #restWhenIdle(): void {
    if (this.session.destroyed) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.session.close(), this.#options.idleMs).unref();
  }

  /** Node buffers for a paused stream without telling: count at the one place where chunks enter. */
  #watchUnread(stream: ServerHttp2Stream): void {
    const push = stream.push.bind(stream);
    stream.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
      const more = push(chunk, encoding);
      if (stream.readableLength > 0) this.#checkUnread();
      return more;
    };
  }

  /** Unread bytes are bounded by the stream windows, unless the peer ignores them. */
  #checkUnread(): void {
    let unread = 0;
    for (const call of this.#calls) unread += call.unreadBytes;
    const { connectionBytesMax, windowBytes } = this.#options;
    if (unread > 2 * connectionBytesMax + windowBytes) {
      drop(this.session, this.#socket, constants.NGHTTP2_ENHANCE_YOUR_CALM);
    }
  }

  /** Unfinished messages have left the windows: past the limit the largest is given up. */
  #checkUnfinished(): void {
    let unfinished = 0;
    let largest: WireCall | undefined;
    for (const call of this.#calls) {
      unfinished += call.unfinishedBytes;
      if (call.unfinishedBytes > (largest?.unfinishedBytes ?? 0)) largest = call;
    }
    if (unfinished <= this.#options.connectionBytesMax) return;
    largest?.revoke({
      code: Status.RESOURCE_EXHAUSTED,
      message: 'too many unfinished messages on this connection',
    });
  }

  /** One SETTINGS in flight; the next look is when it was acknowledged. */
  #adjustWindow(): void {
    const { session } = this;
    if (session.destroyed || session.closed || session.pendingSettingsAck) return;
    const { windowBytes, connectionBytesMax } = this.#options;
    const wanted = streamWindowBytes(windowBytes, connectionBytesMax, this.#calls.size);
    const grows = wanted > this.#windowBytes;
    const small = streamWindowBytes(windowBytes, connectionBytesMax, this.#calls.size * 2);
    if (wanted === this.#windowBytes || (grows && small <= this.#windowBytes)) return;
    this.#windowBytes = wanted;
    session.settings({ initialWindowSize: wanted });
  }
}

function refuse(stream: ServerHttp2Stream, httpStatus: number): void {
  stream.respond({ ':status': httpStatus }, { endStream: true });
  stream.resume();
  setImmediate(() => {
    if (!stream.destroyed) stream.close(constants.NGHTTP2_NO_ERROR);
  });
}
