/** Brokers of one run, their directories and their network. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Millrace } from '@millrace/client/millrace';
import { isIsolated } from '../network/isolation.ts';
import { LoopbackNetwork } from '../network/loopbackNetwork.ts';
import { NamespaceNetwork } from '../network/namespaceNetwork.ts';
import type { Network } from '../network/network.ts';
import type { BrokerPorts } from './brokerProcess.ts';
import { ClusterView } from './clusterView.ts';
import { KeptBroker } from './keptBroker.ts';

export interface ClusterOptions {
  readonly brokers: number;
  /** Exists; gets data and logs. */
  readonly directory: string;
  readonly basePort: number;
  /** More MILLRACE_* variables for all brokers. */
  readonly env: Readonly<Record<string, string>>;
}

/** As in contracts.md, Ports and services. */
const PORT_STEP = 10;

export class ChaosCluster {
  readonly brokers: readonly KeptBroker[];
  readonly dataDir: string;
  readonly network: Network;
  readonly view: ClusterView;
  readonly #client: Millrace;

  constructor({ brokers, directory, basePort, env }: ClusterOptions) {
    this.dataDir = path.join(directory, 'data');
    mkdirSync(this.dataDir, { recursive: true });
    this.network = isIsolated() ? new NamespaceNetwork(brokers) : new LoopbackNetwork();
    this.brokers = Array.from({ length: brokers }, (_, brokerId) => {
      const { network, dataDir } = this;
      return new KeptBroker({
        brokerId,
        host: network.hostOf(brokerId),
        ports: portsFrom(basePort + brokerId * PORT_STEP),
        dataDir,
        logFile: path.join(directory, `broker-${brokerId}.log`),
        env,
        inside: (command) => network.inside(brokerId, command),
      });
    });
    this.#client = new Millrace({
      server: this.servers,
      clientId: 'chaos-harness',
      connectTimeoutMs: 1000,
      deadlineMs: 5000,
    });
    this.view = new ClusterView(this.#client);
  }

  /** `host:port` of listener `client` of every broker. */
  get servers(): string[] {
    return this.brokers.map(({ settings: { host, ports } }) => `${host}:${ports.client}`);
  }

  get admin(): Millrace['admin'] {
    return this.#client.admin;
  }

  get storeFile(): string {
    return path.join(this.dataDir, 'cluster.db');
  }

  broker(brokerId: number): KeptBroker {
    const broker = this.brokers[brokerId];
    if (broker === undefined) throw new RangeError(`no broker ${brokerId}`);
    return broker;
  }

  /** Throws if one of them does not serve within `timeoutMs`. */
  async start(timeoutMs: number): Promise<void> {
    for (const broker of this.brokers) broker.keep();
    await this.allServe(timeoutMs);
  }

  async allServe(timeoutMs: number): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs;
    while (this.brokers.some(({ isServing }) => !isServing)) {
      if (performance.now() > deadlineMs) {
        const missing = this.brokers.filter(({ isServing }) => !isServing);
        const names = missing.map(({ brokerId }) => brokerId).join(', ');
        throw new Error(`brokers ${names} do not serve within ${timeoutMs} ms; see their logs`);
      }
      await delay(10);
    }
  }

  /** In an orderly way, all at once. Returns the brokers that did not end with code 0. */
  async stop(): Promise<string[]> {
    const exits = await Promise.all(
      this.brokers.map(async (broker) => ({ broker, exit: await broker.stopAndHold() })),
    );
    return exits.flatMap(({ broker, exit }) =>
      exit?.code === 0 ? [] : [`broker ${broker.brokerId}: ${exit?.signal ?? exit?.code}`],
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.brokers.map((broker) => broker.close()));
    await this.#client.close();
    this.network.close();
  }
}

function portsFrom(base: number): BrokerPorts {
  return { client: base, peer: base + 1, http: base + 2, data: base + 3, peerData: base + 4 };
}
