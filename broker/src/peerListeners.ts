/** The listeners for other brokers and the way to theirs, before there is an engine: what comes early is refused. */
import type { BrokerConfig } from '@millrace/core/brokerConfig';
import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { PeerAddress, PeerService, PeerTransport } from './cluster/peerTransport.ts';
import type { Engine } from './engine/engine.ts';
import type { Clock } from './io/clock.ts';
import type { Logger } from './io/logger.ts';
import { GrpcTransport } from './peer/grpcTransport.ts';
import { startPeerDataServer } from './peer/peerDataServer.ts';
import { startPeerServer } from './peer/peerServer.ts';
import type { ServerContext } from './server/context.ts';

export interface PeerListeners {
  readonly transport: PeerTransport;
  /** Where other brokers reach this one. */
  readonly peer: PeerAddress;
  readonly peerData: PeerAddress;
  /** From now on what peers ask is answered. */
  serve(context: ServerContext): void;
}

interface Shared {
  readonly clock: Clock;
  readonly logger: Logger;
}

export async function startPeers(
  config: BrokerConfig,
  { clock, logger }: Shared,
  steps: AsyncDisposableStack,
  graceMs: number,
): Promise<PeerListeners> {
  const service = new LatePeerService();
  const { host } = config;
  const options = { service, host, limits: config, logger };
  const peer = await startPeerServer({ ...options, clock, port: config.peerPort });
  steps.defer(() => peer.close(graceMs));
  const peerData = await startPeerDataServer({ ...options, port: config.peerDataPort });
  steps.defer(() => peerData.close(graceMs));
  const transport = new GrpcTransport({ clock, limits: config });
  steps.defer(() => transport.close());
  // An address, where there is one: a name may soon lead to the next pod, which refuses no probe (safety.md, rule 27).
  const at = config.podIp === '' ? advertisedHost(config) : config.podIp;
  const addresses = {
    peer: { host: at, port: peer.port },
    peerData: { host: at, port: peerData.port },
  };
  transport.shortCut(service, [addresses.peer, addresses.peerData]);
  return { transport, ...addresses, serve: (context) => service.serve(context) };
}

/** What other processes are told to connect to. */
export function advertisedHost({ advertisedHost: told, host }: BrokerConfig): string {
  return told === '' ? host : told;
}

class LatePeerService implements PeerService {
  #context: ServerContext | undefined;

  readonly controller: PeerService['controller'] = {
    alterPartitions: async (request) => this.#engine.controller.calls.alterPartitions(request),
    allocateProducerIds: async (request) =>
      this.#engine.controller.calls.allocateProducerIds(request),
    forward: async (path, request) => {
      const context = this.#served;
      if (context.leaderMethods.has(path)) {
        return await context.leaderMethods.forwarded(path, request);
      }
      return await context.controllerMethods.forwarded(context, path, request);
    },
  };

  serve(context: ServerContext): void {
    this.#context = context;
  }

  follow(stream: Parameters<PeerService['follow']>[0]): void {
    if (this.#context === undefined) stream.close(starting());
    else this.#context.engine.serveFollow(stream);
  }

  session(stream: Parameters<PeerService['session']>[0]): void {
    if (this.#context === undefined) stream.close(starting());
    else this.#context.engine.controller.session(stream);
  }

  get #engine(): Engine {
    return this.#served.engine;
  }

  get #served(): ServerContext {
    if (this.#context === undefined) throw starting();
    return this.#context;
  }
}

function starting(): MillraceError {
  return millraceError('NOT_CONTROLLER', 'the broker is starting');
}
