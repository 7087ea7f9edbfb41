/**
 * Finds the way to a broker's data: its `data` endpoint as the cluster advertises it. Where that cannot be reached (an
 * address of another network, a forwarded port) the servers that the user named take the same calls.
 */
import type { ConnectionOptions } from 'node:tls';
import { MillraceError, millraceError } from '@millrace/core/errors';
import type { Metadata } from '@millrace/wire/metadata';
import { DataConnection, type Way } from './dataConnection.ts';
import type { Logger } from './logger.ts';
import type { MetadataCache } from './metadataCache.ts';
import { formatServerAddress, type ServerAddress } from './serverAddress.ts';
import { transportReason } from './transportReason.ts';

export interface DataConnectorOptions {
  readonly metadata: MetadataCache;
  /** Named by the user, at least one. */
  readonly servers: readonly ServerAddress[];
  readonly clientId: string;
  readonly connectTimeoutMs: number;
  readonly onReceived: ((bytes: number) => void) | undefined;
  readonly tls: ConnectionOptions | undefined;
  /** HTTP/2 receive window of a stream and of the connection, in bytes. Default that of wire. */
  readonly windowBytes?: number | undefined;
  readonly logger: Logger;
}

/** A broker that restarts refuses connections for a moment: only a second failure means that there is no way. */
const DIRECT_FAILURES_MAX = 2;
/** How long the detour is taken before the direct way is tried again. */
const DETOUR_MS = 60_000;

interface Route {
  directFailures: number;
  /** It could be reached where it advertises its data at some time. */
  wasDirect: boolean;
  detourUntilMs: number;
}

export class DataConnector {
  readonly #options: DataConnectorOptions;
  readonly #metadata: Metadata;
  readonly #routes = new Map<number, Route>();

  constructor(options: DataConnectorOptions) {
    this.#options = options;
    this.#metadata = new Map([['millrace-client-id', options.clientId]]);
  }

  /** Throws UNAVAILABLE, `not-applied`, which names every address that was tried and why it failed. */
  async connect(brokerId: number): Promise<DataConnection> {
    const route = this.#route(brokerId);
    const failures: string[] = [];
    if (performance.now() >= route.detourUntilMs) {
      const direct = await this.#direct(brokerId, route, failures);
      if (direct !== undefined) return direct;
      if (route.directFailures > 0 && route.directFailures < DIRECT_FAILURES_MAX) {
        throw unreachable(brokerId, failures);
      }
    }
    for (const server of this.#options.servers) {
      const connection = await this.#attempt(
        server,
        this.#options.tls !== undefined,
        'detour',
        failures,
      );
      if (connection === undefined) continue;
      this.#detour(brokerId, route, server, failures);
      return connection;
    }
    route.detourUntilMs = 0;
    throw unreachable(brokerId, failures);
  }

  /** To a listener `client`, by its address. Throws UNAVAILABLE, `not-applied`. */
  async connectTo(address: ServerAddress): Promise<DataConnection> {
    const failures: string[] = [];
    const tls = this.#options.tls !== undefined;
    const connection = await this.#attempt(address, tls, 'direct', failures);
    if (connection !== undefined) return connection;
    throw millraceError('UNAVAILABLE', `no broker answers at ${failures.join('; ')}`, {
      outcome: 'not-applied',
    });
  }

  /** The broker was named as the one to ask: the direct way is tried again. */
  endDetour(brokerId: number): void {
    this.#routes.delete(brokerId);
  }

  /**
   * It leads anew. True if the direct way, which was open once, is tried again; where it never was, another try would
   * only cost the time of a connection.
   */
  mayEndDetour(brokerId: number): boolean {
    const route = this.#routes.get(brokerId);
    if (route === undefined || !route.wasDirect) return false;
    route.detourUntilMs = 0;
    route.directFailures = 0;
    return true;
  }

  async #direct(
    brokerId: number,
    route: Route,
    failures: string[],
  ): Promise<DataConnection | undefined> {
    const broker = await this.#options.metadata.broker(brokerId);
    const endpoint = broker?.endpoints.find(({ listener }) => listener === 'data');
    if (endpoint === undefined) return undefined;
    const connection = await this.#attempt(endpoint, endpoint.tls, 'direct', failures);
    if (connection === undefined) {
      route.directFailures += 1;
      // It may have come back at another address.
      this.#options.metadata.forgetBrokers();
    } else {
      route.directFailures = 0;
      route.wasDirect = true;
    }
    return connection;
  }

  async #attempt(
    address: ServerAddress,
    tls: boolean,
    way: Way,
    failures: string[],
  ): Promise<DataConnection | undefined> {
    const where = formatServerAddress(address);
    const { windowBytes } = this.#options;
    const options = {
      ...(windowBytes === undefined ? {} : { windowBytes }),
      connectTimeoutMs: this.#options.connectTimeoutMs,
      onReceived: this.#options.onReceived,
      sendBytesMax: 4 * 1024 * 1024,
      ...(this.#options.tls === undefined ? {} : { tls: this.#options.tls }),
    };
    try {
      return await DataConnection.open(
        `${tls ? 'https' : 'http'}://${where}`,
        way,
        this.#metadata,
        options,
      );
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      failures.push(`${where}: ${transportReason(error.message)}`);
      return undefined;
    }
  }

  #detour(brokerId: number, route: Route, server: ServerAddress, failures: string[]): void {
    if (failures.length === 0) return;
    route.detourUntilMs = performance.now() + DETOUR_MS;
    this.#options.logger.warn(
      `broker ${brokerId} cannot be reached where it advertises its data, using ${formatServerAddress(server)} instead`,
      { failures },
    );
  }

  #route(brokerId: number): Route {
    let route = this.#routes.get(brokerId);
    if (route === undefined) {
      route = { directFailures: 0, wasDirect: false, detourUntilMs: 0 };
      this.#routes.set(brokerId, route);
    }
    return route;
  }
}

function unreachable(brokerId: number, failures: readonly string[]): MillraceError {
  const tried = failures.length === 0 ? 'no address is known' : failures.join('; ');
  return millraceError('UNAVAILABLE', `broker ${brokerId} cannot be reached (${tried})`, {
    outcome: 'not-applied',
  });
}
