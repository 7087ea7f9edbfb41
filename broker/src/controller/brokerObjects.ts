/**
 * The Broker objects of the store: their status follows the roster, their spec is the operator's (embedded: set here).
 * What is not written yet is tried again until it is, so an outage delays it and loses nothing.
 */
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import type { BrokerId } from '@millrace/core/ids';
import { type BrokerSpec, type BrokerStatus, brokerName } from '@millrace/core/resources/broker';
import type { Clock } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import type { ClusterStore, StoredObject } from '../store/clusterStore.ts';
import type { ClusterModel } from './clusterModel.ts';
import { pause } from './probing.ts';
import type { Roster } from './roster.ts';

const RETRY_MS = 200;
const TRIES_MAX = 10;
const NEW_SPEC: BrokerSpec = { cordoned: false, draining: false };

export interface BrokerObjectsParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: ClusterStore;
  readonly model: ClusterModel;
  readonly roster: Roster;
  /** As committed. */
  readonly onCommitted: (object: StoredObject<'Broker'>) => void;
}

export class BrokerObjects {
  readonly #parts: BrokerObjectsParts;
  readonly #syncing = new Set<BrokerId>();
  readonly #dirty = new Set<BrokerId>();
  #closed: MillraceError | undefined;

  constructor(parts: BrokerObjectsParts) {
    this.#parts = parts;
  }

  close(error: MillraceError): void {
    this.#closed = error;
  }

  /** Its status should say what the roster does. */
  mark(brokerId: BrokerId): void {
    this.#dirty.add(brokerId);
    if (this.#syncing.has(brokerId)) return;
    this.#syncing.add(brokerId);
    this.#sync(brokerId).catch((error: unknown) => {
      this.#parts.logger.error('a broker is not recorded', { brokerId, cause: String(error) });
    });
  }

  /** Rejects with UNAVAILABLE for a broker that never registered, and as the store does. */
  async changeSpec(brokerId: BrokerId, change: (spec: BrokerSpec) => BrokerSpec): Promise<void> {
    const { model, store } = this.#parts;
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      if (this.#closed !== undefined) throw this.#closed;
      const object = model.brokers.get(brokerId);
      if (object === undefined) {
        throw millraceError('INVALID_REQUEST', `there is no broker ${brokerId}`);
      }
      const spec = change(object.spec);
      const { kind, name, version: expectedVersion } = object;
      try {
        const [version] = await store.update([{ kind, name, expectedVersion, spec }]);
        this.#committed({ ...object, spec, version: version ?? expectedVersion });
        return;
      } catch (thrown) {
        if (toMillraceError(thrown).code !== 'CONFLICT') throw thrown;
        await this.#read(brokerId);
      }
    }
    throw millraceError('CONFLICT', `broker ${brokerId} is being changed by others`);
  }

  async #sync(brokerId: BrokerId): Promise<void> {
    const { clock, logger } = this.#parts;
    try {
      while (this.#dirty.delete(brokerId) && this.#closed === undefined) {
        try {
          await this.#write(brokerId);
        } catch (thrown) {
          const error = toMillraceError(thrown);
          this.#dirty.add(brokerId);
          if (error.code !== 'CONFLICT') {
            logger.warn('the cluster store does not take a broker', { cause: error.message });
            await pause(clock, RETRY_MS);
          }
          await this.#read(brokerId).catch(() => undefined);
        }
      }
    } finally {
      this.#syncing.delete(brokerId);
    }
  }

  async #write(brokerId: BrokerId): Promise<void> {
    const { store, model } = this.#parts;
    const status = this.#wanted(brokerId);
    if (status === undefined) return;
    const object = model.brokers.get(brokerId);
    const kind = 'Broker' as const;
    if (object === undefined) {
      const created = { kind, name: brokerName(brokerId), spec: NEW_SPEC, status };
      const [version = 0] = await store.create([created]);
      this.#committed({ ...created, version });
      return;
    }
    if (object.status !== undefined && JSON.stringify(object.status) === JSON.stringify(status)) {
      return;
    }
    const { name, version: expectedVersion } = object;
    const [version = 0] = await store.update([{ kind, name, expectedVersion, status }]);
    this.#committed({ ...object, status, version });
  }

  #wanted(brokerId: BrokerId): BrokerStatus | undefined {
    const member = this.#parts.roster.get(brokerId);
    if (member?.status === undefined) return undefined;
    const { bootId, rack, endpoints, features } = member.status;
    return { bootId, fenced: member.state === 'dead', rack, endpoints, features };
  }

  async #read(brokerId: BrokerId): Promise<void> {
    const object = await this.#parts.store.get('Broker', brokerName(brokerId));
    if (object !== undefined) this.#committed(object);
    else this.#parts.model.brokers.delete(brokerId);
  }

  #committed(object: StoredObject<'Broker'>): void {
    if (this.#closed === undefined) this.#parts.onCommitted(object);
  }
}
