import type { SecureServerOptions } from 'node:http2';
import type { KeepaliveOptions } from './keepalive.ts';
import type { WireCall } from './serverCall.ts';

export type WireHandler = (call: WireCall) => void;

export interface WireServerOptions {
  /** Path (`/package.Service/Method`) to handler. */
  readonly methods: ReadonlyMap<string, WireHandler>;
  /** HTTP/2 receive window of a stream and of a connection, in bytes. */
  readonly windowBytes: number;
  /** Longest message received, in bytes. */
  readonly messageBytesMax: number;
  /** A stream's high-water mark for sending, in bytes. */
  readonly sendBytesMax: number;
  /**
   * Bytes one connection may pin, each: queued for it; received and unread by paused calls; received of unfinished
   * messages.
   */
  readonly connectionBytesMax: number;
  /** Bytes queued for sending to all connections together. */
  readonly serverBytesMax: number;
  readonly connectionsMax: number;
  readonly streamsPerConnectionMax: number;
  readonly keepalive: KeepaliveOptions;
  /** A connection without calls is closed after this. */
  readonly idleMs: number;
  /** A connection that has not sent its HTTP/2 settings by then is dropped. */
  readonly handshakeMs: number;
  readonly tls?: SecureServerOptions;
  /** A handler threw; the call was answered INTERNAL. */
  readonly onFault: (error: unknown) => void;
}

const MIB = 1024 * 1024;

const DEFAULTS = {
  windowBytes: 8 * MIB,
  messageBytesMax: 16 * MIB,
  sendBytesMax: MIB,
  connectionBytesMax: 32 * MIB,
  serverBytesMax: 64 * MIB,
  connectionsMax: 10_000,
  streamsPerConnectionMax: 1024,
  keepalive: { intervalMs: 30_000, timeoutMs: 60_000 },
  idleMs: 300_000,
  handshakeMs: 10_000,
} as const;

/** What must be given: the methods and where faults go. All else has a default. */
export type WireServerSettings = Pick<WireServerOptions, 'methods' | 'onFault'> &
  Partial<WireServerOptions>;

/** Throws RangeError when the limits contradict each other. */
export function withDefaults(settings: WireServerSettings): WireServerOptions {
  const options: WireServerOptions = { ...DEFAULTS, ...settings };
  if (options.connectionBytesMax < options.messageBytesMax) {
    throw new RangeError('connectionBytesMax must hold at least one message of messageBytesMax');
  }
  if (options.windowBytes < 65_535 || options.windowBytes > 2 ** 31 - 1) {
    throw new RangeError('windowBytes must lie between 65535 and 2^31 - 1');
  }
  return options;
}
