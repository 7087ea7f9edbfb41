/**
 * PeerTransport over gRPC. To each peer there are three connections, so that none holds up another: control (session,
 * ISR changes), replication, forwarding (contracts.md, Channels). Streams and calls to this broker's own addresses stay
 * in the process.
 *
 * The client half is that of the wire package on all three: it counts bytes, and a broken peer is known at once instead
 * of after a reconnection backoff. (docs/decisions/0005-peer-transport.md)
 */
import type { FollowRequest, FollowResponse } from '@millrace/core/messages/follow';
import type {
  ControllerCalls,
  PeerAddress,
  PeerService,
  PeerStream,
  PeerTransport,
} from '../cluster/peerTransport.ts';
import type { SessionDown, SessionUp } from '../cluster/sessionMessages.ts';
import type { Clock } from '../io/clock.ts';
import { CodedStream } from './codedStream.ts';
import { Loopback } from './loopback.ts';
import { PeerConnection } from './peerConnection.ts';
import { FOLLOW, SESSION } from './peerMethods.ts';
import { type ProbeResult, probeAddress } from './probe.ts';
import { RemoteCalls } from './remoteCalls.ts';
import { brokerCodec, FOLLOWER_CODEC } from './streamCodecs.ts';
import { WireStreamPipe } from './wireStreamPipe.ts';

const CONNECT_MS_MAX = 3000;
const IDLE_MS = 60_000;
/** A host that vanished: its heartbeats are missed much sooner, this frees what waits for it. */
const KEEPALIVE = { intervalMs: 5000, timeoutMs: 10_000 };
/** What surrounds a batch of messageBytesMax in a message. */
const ENVELOPE_BYTES = 2 << 20;

export interface GrpcTransportOptions {
  readonly clock: Clock;
  readonly limits: {
    /** HTTP/2 receive window per stream and connection. */
    readonly receiveWindowBytes: number;
    /** Largest batch. */
    readonly messageBytesMax: number;
  };
  /** Bytes received in streams, chunk by chunk: they are garbage soon after. */
  readonly onReceived?: (bytes: number) => void;
  readonly idleMs?: number;
}

type Channel = 'control' | 'replication' | 'forwarding';

export class GrpcTransport implements PeerTransport {
  readonly #options: GrpcTransportOptions;
  readonly #connections = new Map<string, PeerConnection>();
  readonly #own = new Map<string, Loopback>();

  constructor(options: GrpcTransportOptions) {
    this.#options = options;
  }

  /** From now on these addresses, those of this broker's own listeners, lead to `service` without a network. */
  shortCut(service: PeerService, addresses: readonly PeerAddress[]): void {
    const loopback = new Loopback(this.#options.clock, service);
    for (const address of addresses) this.#own.set(nameOf(address), loopback);
  }

  follow(to: PeerAddress): PeerStream<FollowRequest, FollowResponse> {
    const own = this.#own.get(nameOf(to));
    if (own !== undefined) return own.follow();
    const pipe = new WireStreamPipe(
      this.#connection('replication', to),
      FOLLOW,
      this.#options.clock,
    );
    return new CodedStream(pipe, FOLLOWER_CODEC);
  }

  session(to: PeerAddress): PeerStream<SessionUp, SessionDown> {
    const own = this.#own.get(nameOf(to));
    if (own !== undefined) return own.session();
    const pipe = new WireStreamPipe(this.#connection('control', to), SESSION, this.#options.clock);
    return new CodedStream(pipe, brokerCodec());
  }

  controller(to: PeerAddress): ControllerCalls {
    const own = this.#own.get(nameOf(to));
    if (own !== undefined) return own.controller;
    const connections = {
      control: () => this.#connection('control', to),
      forwarding: () => this.#connection('forwarding', to),
    };
    return new RemoteCalls(connections, this.#options.clock);
  }

  probe(to: PeerAddress, timeoutMs: number): Promise<ProbeResult> {
    return probeAddress(this.#options.clock, to, timeoutMs);
  }

  /** Connections that are open or kept for the next use. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Ends every stream and call. */
  close(): void {
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
  }

  #connection(channel: Channel, to: PeerAddress): PeerConnection {
    const key = `${channel} ${nameOf(to)}`;
    const known = this.#connections.get(key);
    if (known !== undefined) return known;
    const { clock, limits, onReceived, idleMs = IDLE_MS } = this.#options;
    const connection = new PeerConnection(to, {
      clock,
      wire: {
        windowBytes: limits.receiveWindowBytes,
        messageBytesMax: limits.messageBytesMax + ENVELOPE_BYTES,
        connectTimeoutMs: CONNECT_MS_MAX,
        keepalive: KEEPALIVE,
        userAgent: 'millrace-broker',
        onReceived,
      },
      idleMs,
      onIdle: () => this.#connections.delete(key),
    });
    this.#connections.set(key, connection);
    return connection;
  }
}

function nameOf({ host, port }: PeerAddress): string {
  return `${host} ${port}`;
}
