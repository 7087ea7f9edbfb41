/** The connections of one producer, one to each broker that leads something it writes to. */
import type { MillraceError } from '@millrace/core/errors';
import type { DataConnector } from './dataConnector.ts';
import { PRODUCE_STREAM_PATH } from './dataStream.ts';
import type { PartitionLane } from './partitionLane.ts';
import { ProduceConnection, type ProduceConnectionOwner } from './produceConnection.ts';
import type { ProducerSettings } from './producerOptions.ts';

export class ProduceConnections {
  readonly #settings: ProducerSettings;
  readonly #connector: DataConnector;
  readonly #owner: ProduceConnectionOwner;
  readonly #connections = new Map<number, ProduceConnection>();

  constructor(settings: ProducerSettings, connector: DataConnector, owner: ProduceConnectionOwner) {
    this.#settings = settings;
    this.#connector = connector;
    this.#owner = owner;
  }

  /** It connects once it has something to send. */
  to(brokerId: number): ProduceConnection {
    let connection = this.#connections.get(brokerId);
    if (connection === undefined) {
      const open = async () => {
        const data = await this.#connector.connect(brokerId);
        return data.open(PRODUCE_STREAM_PATH);
      };
      connection = new ProduceConnection(brokerId, this.#settings, open, this.#owner);
      this.#connections.set(brokerId, connection);
    }
    return connection;
  }

  /** A broker names it as the one to go to. */
  named(brokerId: number): void {
    this.#connector.endDetour(brokerId);
    this.#connections.get(brokerId)?.leaveDetour();
  }

  /** It leads anew, so it lives: what was passed on to it by another one can go there directly. */
  leadsAnew(brokerId: number): void {
    if (this.#connector.mayEndDetour(brokerId)) this.#connections.get(brokerId)?.leaveDetour();
  }

  /** What is in flight in this lane is refused. */
  giveUp(lane: PartitionLane, error: MillraceError): void {
    this.#connections.get(lane.leader)?.giveUp(lane, error);
  }

  /** Everything in flight to the lane's leader is refused, if nothing has come from there for `quietMs`. */
  hangUp(lane: PartitionLane, quietMs: number, error: MillraceError): void {
    const connection = this.#connections.get(lane.leader);
    if (connection?.hasBeenQuiet(quietMs) === true) connection.abort(error);
  }

  /** Everything in flight is refused. */
  abort(error: MillraceError): void {
    for (const connection of this.#connections.values()) connection.abort(error);
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.close();
  }
}
