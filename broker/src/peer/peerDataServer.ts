/** The peer-data port: Follow straight from the HTTP/2 session, for the followers of this broker's partitions. */
import type { BrokerConfig } from '@millrace/core/brokerConfig';
import { createWireServer, type WireServer } from '@millrace/wire/server';
import type { PeerService } from '../cluster/peerTransport.ts';
import type { Logger } from '../io/logger.ts';
import { listenFailure } from '../server/listenFailure.ts';
import { CodedStream } from './codedStream.ts';
import { FOLLOW } from './peerMethods.ts';
import { LEADER_CODEC } from './streamCodecs.ts';
import { WireCallPipe } from './wireCallPipe.ts';

/** Requests are positions and handles: a thousand partitions take 100 KB. */
const REQUEST_BYTES_MAX = 4 << 20;
/** Enough that the next data is read while the last is on its way. */
const SEND_BYTES_MAX = 4 << 20;
/** Queued for all followers together; near it each gets less. */
const SERVER_BYTES_MAX = 48 << 20;
/** A follower that vanished must not keep what is queued for it. */
const KEEPALIVE = { intervalMs: 5000, timeoutMs: 10_000 };
const STREAMS_MAX = 64;

export type PeerLimits = Pick<
  BrokerConfig,
  'receiveWindowBytes' | 'messageBytesMax' | 'connectionBytesMax' | 'connectionsMax'
>;

export interface PeerListenerOptions {
  readonly service: PeerService;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly limits: PeerLimits;
  readonly logger: Logger;
}

export interface PeerDataServer {
  readonly port: number;
  /** Ends the streams after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** Throws CONFLICT for a port that can't be bound. */
export async function startPeerDataServer({
  service,
  host,
  port,
  limits,
  logger,
}: PeerListenerOptions): Promise<PeerDataServer> {
  const server: WireServer = createWireServer({
    methods: new Map([
      [FOLLOW, (call) => service.follow(new CodedStream(new WireCallPipe(call), LEADER_CODEC))],
    ]),
    windowBytes: limits.receiveWindowBytes,
    messageBytesMax: REQUEST_BYTES_MAX,
    sendBytesMax: SEND_BYTES_MAX,
    serverBytesMax: SERVER_BYTES_MAX,
    connectionBytesMax: Math.max(limits.connectionBytesMax, REQUEST_BYTES_MAX),
    connectionsMax: limits.connectionsMax,
    streamsPerConnectionMax: STREAMS_MAX,
    keepalive: KEEPALIVE,
    onFault: (error) => logger.error('a handler of a peer stream threw', { cause: String(error) }),
  });
  try {
    const bound = await server.listen(port, host);
    return { port: bound, close: (graceMs) => server.close(graceMs) };
  } catch (error) {
    throw listenFailure('peerDataPort', host, port, error);
  }
}
