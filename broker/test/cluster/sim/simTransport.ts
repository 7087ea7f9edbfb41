import { millraceError } from '@millrace/core/errors';
import type { FollowRequest, FollowResponse } from '@millrace/core/messages/follow';
import type { SessionDown, SessionUp } from '../../../src/cluster/sessionMessages.ts';
import type {
  ControllerCalls,
  PeerAddress,
  PeerStream,
  PeerTransport,
} from '../../../src/cluster/peerTransport.ts';
import type { SimProcess } from '../../../src/io/sim/simProcess.ts';
import { SimCalls } from './simCalls.ts';
import type { Listener, SimNetwork } from './simNetwork.ts';
import { SimStream, type SimStreamEnd } from './simStream.ts';

const connectMsMax = 3000;

/** The network as one simulated process on `host` uses it. */
export class SimTransport implements PeerTransport {
  readonly #network: SimNetwork;
  readonly #process: SimProcess;
  readonly #host: string;

  constructor(network: SimNetwork, process: SimProcess, host: string) {
    this.#network = network;
    this.#process = process;
    this.#host = host;
  }

  follow(to: PeerAddress): PeerStream<FollowRequest, FollowResponse> {
    return this.connect(to, ({ service }, end) => service.follow(typed(end)));
  }

  session(to: PeerAddress): PeerStream<SessionUp, SessionDown> {
    return this.connect(to, ({ service }, end) => service.session(typed(end)));
  }

  controller(to: PeerAddress): ControllerCalls {
    return new SimCalls(this.#network, this.#process, this.#host, to);
  }

  probe(to: PeerAddress, timeoutMs: number): Promise<'accepted' | 'refused' | 'silent'> {
    const network = this.#network;
    const { promise, resolve } = Promise.withResolvers<'accepted' | 'refused' | 'silent'>();
    const thereMs = network.latencyMs(this.#host, to.host);
    network.scheduler.after(thereMs, 'probe', () => {
      const isConnected = network.areConnected(this.#host, to.host);
      const backMs = network.latencyMs(to.host, this.#host);
      if (!isConnected || thereMs + backMs > timeoutMs) {
        this.#process.after(timeoutMs, 'probe end', () => resolve('silent'));
        return;
      }
      // The kernel of a paused process accepts.
      const found = network.listener(to) === undefined ? 'refused' : 'accepted';
      this.#process.after(backMs, 'probe end', () => resolve(found));
    });
    return promise;
  }

  /** A stream of any kind; `serve` is called with its other end, in the process that listens. */
  connect<Out, In>(
    to: PeerAddress,
    serve: (listener: Listener, end: SimStreamEnd) => void,
  ): PeerStream<Out, In> {
    const network = this.#network;
    const listener = network.listener(to);
    const near = { process: this.#process, host: this.#host };
    if (listener === undefined || !network.areConnected(this.#host, to.host)) {
      return typed(this.#unconnected(near, to));
    }
    const stream = new SimStream(network, near, listener);
    this.#accept(stream, listener, serve);
    return typed(stream.near);
  }

  /** The far end is there before its first message. */
  #accept(
    stream: SimStream,
    listener: Listener,
    serve: (listener: Listener, end: SimStreamEnd) => void,
  ): void {
    const latencyMs = this.#network.latencyMs(this.#host, stream.far.host);
    listener.process.after(latencyMs, 'connect', () => {
      if (!stream.isBroken) serve(listener, stream.far);
    });
  }

  #unconnected(near: { process: SimProcess; host: string }, to: PeerAddress): SimStreamEnd {
    const network = this.#network;
    const stream = new SimStream(network, near, { process: this.#process, host: to.host });
    const isRefused = network.areConnected(this.#host, to.host);
    const error = millraceError('UNAVAILABLE', isRefused ? 'nobody listens' : 'no connection', {
      outcome: 'not-applied',
    });
    stream.refuse(isRefused ? network.latencyMs(this.#host, to.host) : connectMsMax, error);
    return stream.near;
  }
}

/** What the two ends of a connection agree on. */
function typed<Out, In>(end: SimStreamEnd): PeerStream<Out, In> {
  return end as unknown as PeerStream<Out, In>;
}
