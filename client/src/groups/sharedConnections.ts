/**
 * One connection per broker for all partitions of a consumer, each of which has a Fetch call of its own on it: one that is
 * paused, revoked or sought takes nothing from the others.
 */
import type { DataConnection } from '../dataConnection.ts';
import type { DataConnector } from '../dataConnector.ts';

export class SharedConnections {
  readonly #connector: DataConnector;
  readonly #connections = new Map<number, Promise<DataConnection>>();

  constructor(connector: DataConnector) {
    this.#connector = connector;
  }

  /** As DataConnector.connect, whose connection is kept for whoever comes next. */
  async connect(brokerId: number): Promise<DataConnection> {
    const known = this.#connections.get(brokerId);
    const connection = await known?.catch(() => undefined);
    if (connection?.isUsable === true) return connection;
    let connecting = this.#connections.get(brokerId);
    if (connecting === undefined || connecting === known) {
      connecting = this.#connector.connect(brokerId);
      this.#connections.set(brokerId, connecting);
    }
    return connecting;
  }

  endDetour(brokerId: number): void {
    this.#connector.endDetour(brokerId);
  }

  close(): void {
    for (const connecting of this.#connections.values()) {
      connecting.then(
        (connection) => connection.close(),
        () => {},
      );
    }
  }
}
