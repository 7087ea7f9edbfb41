/** Brokers' peer ports as tests need them: real ones on free ports, or the short cut of a broker to itself. */
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createServer } from 'node:net';
import type { PeerAddress, PeerService } from '../../src/cluster/peerTransport.ts';
import { silentLogger } from '../../src/io/logger.ts';
import { systemClock } from '../../src/io/systemClock.ts';
import { GrpcTransport, type GrpcTransportOptions } from '../../src/peer/grpcTransport.ts';
import { startPeerDataServer } from '../../src/peer/peerDataServer.ts';
import { startPeerServer } from '../../src/peer/peerServer.ts';
import { until } from '../process/until.ts';
import type { PeerWorld } from './peerTransportConformance.ts';

export const LIMITS = {
  receiveWindowBytes: 8 << 20,
  messageBytesMax: 16 << 20,
  connectionBytesMax: 32 << 20,
  connectionsMax: 100,
};

export interface RealWorld extends PeerWorld {
  readonly transport: GrpcTransport;
  /** What handlers threw. */
  readonly faults: string[];
}

export async function realWorld(
  service: PeerService,
  t: TestContext,
  options: Partial<GrpcTransportOptions> = {},
): Promise<RealWorld> {
  const host = '127.0.0.1';
  const faults: string[] = [];
  const logger = { ...silentLogger, error: (text: string) => void faults.push(text) };
  const listener = { service, host, port: 0, limits: LIMITS, logger, clock: systemClock };
  const peer = await startPeerServer(listener);
  const peerData = await startPeerDataServer(listener);
  const transport = new GrpcTransport({ clock: systemClock, limits: LIMITS, ...options });
  let stopped: Promise<unknown> | undefined;
  const kill = async (): Promise<void> => {
    stopped ??= Promise.all([peer.close(0), peerData.close(0)]);
    await stopped;
  };
  t.after(async () => {
    transport.close();
    await kill();
  });
  return {
    transport,
    peer: { host, port: peer.port },
    peerData: { host, port: peerData.port },
    nobody: await freeAddress(),
    until,
    settle: () => delay(100),
    kill,
    faults,
  };
}

export async function ownWorld(service: PeerService, t: TestContext): Promise<PeerWorld> {
  // Never listened on: whatever is sent there must stay in the process. Only probes go out.
  const listening = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => listening.once('listening', resolve));
  t.after(() => listening.close());
  const peer = addressOf(listening.address());
  const peerData = { host: '127.0.0.1', port: 1 };
  const transport = new GrpcTransport({ clock: systemClock, limits: LIMITS });
  transport.shortCut(service, [peer, peerData]);
  t.after(() => transport.close());
  return { transport, peer, peerData, until, settle: () => delay(20) };
}

/** Nobody listens there at this moment. */
export async function freeAddress(): Promise<PeerAddress> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = addressOf(server.address());
  await new Promise((resolve) => server.close(resolve));
  return address;
}

function addressOf(address: ReturnType<ReturnType<typeof createServer>['address']>): PeerAddress {
  return { host: '127.0.0.1', port: typeof address === 'object' ? (address?.port ?? 0) : 0 };
}
