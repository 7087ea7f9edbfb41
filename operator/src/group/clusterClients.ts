/** One SDK client for each cluster, at the addresses that its live brokers tell. */
import { Millrace } from '@millrace/client/millrace';
import type { World } from '../world/world.ts';

const DEADLINE_MS = 10_000;

export class ClusterClients {
  readonly #world: World;
  readonly #clients = new Map<string, { readonly servers: string; readonly client: Millrace }>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Undefined while no broker is live. */
  of(cluster: string): Millrace | undefined {
    const addresses = this.#world
      .brokersOf(cluster)
      .filter(({ status }) => status?.fenced === false)
      .flatMap(({ status }) => status?.endpoints ?? [])
      .filter(({ listener }) => listener === 'client')
      .map(({ host, port }) => `${host}:${port}`);
    const servers = addresses.join(',');
    const known = this.#clients.get(cluster);
    if (known?.servers === servers) return known.client;
    void known?.client.close().catch(() => undefined);
    this.#clients.delete(cluster);
    if (servers === '') return undefined;
    const client = new Millrace({
      server: addresses,
      clientId: 'millrace-operator',
      deadlineMs: DEADLINE_MS,
    });
    this.#clients.set(cluster, { servers, client });
    return client;
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#clients.values()].map(({ client }) => client.close()));
    this.#clients.clear();
  }
}
