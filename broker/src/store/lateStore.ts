/**
 * A cluster store that could not be opened yet: it is tried again and again, and until then every request is refused
 * with STORE_UNAVAILABLE, `not-applied` (safety.md, rule 19). Once it is open, it is that store.
 */
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import type { Clock, TimerHandle } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import type {
  AnyChange,
  AnyNewObject,
  ClusterStore,
  Kind,
  Lease,
  Listing,
  StoredObject,
  WatchEvent,
} from './clusterStore.ts';

export interface LateStoreParts {
  /** Rejects while it is out of reach. What it resolves to belongs to this cluster. */
  readonly open: () => Promise<ClusterStore>;
  /** Why it could not be opened at first. */
  readonly cause: MillraceError;
  /** False: trying again is no use. */
  readonly mayPass: (error: MillraceError) => boolean;
  readonly onRefused: (error: MillraceError) => void;
  readonly retryMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class LateStore implements ClusterStore {
  readonly #parts: LateStoreParts;
  #opened: ClusterStore | undefined;
  #opening: Promise<void> | undefined;
  #timer: TimerHandle | undefined;
  #cause: MillraceError;
  #closed = false;

  constructor(parts: LateStoreParts) {
    this.#parts = parts;
    this.#cause = parts.cause;
    this.#tryLater();
  }

  async get<K extends Kind>(kind: K, name: string): Promise<StoredObject<K> | undefined> {
    return await this.#store.get(kind, name);
  }

  async list<K extends Kind>(kind: K): Promise<Listing<K>> {
    return await this.#store.list(kind);
  }

  async create(objects: readonly AnyNewObject[]): Promise<number[]> {
    return await this.#store.create(objects);
  }

  async update(changes: readonly AnyChange[]): Promise<number[]> {
    return await this.#store.update(changes);
  }

  async delete(kind: Kind, name: string, expectedVersion: number): Promise<void> {
    await this.#store.delete(kind, name, expectedVersion);
  }

  /** Throws STORE_UNAVAILABLE before it is open: there is no version yet to watch from. */
  watch<K extends Kind>(
    kind: K,
    fromVersion: number,
    onEvent: (event: WatchEvent<K>) => void,
  ): () => void {
    return this.#store.watch(kind, fromVersion, onEvent);
  }

  async readLease(): Promise<Lease> {
    return await this.#store.readLease();
  }

  async writeLease(lease: Omit<Lease, 'version'>, expectedVersion: number): Promise<number> {
    return await this.#store.writeLease(lease, expectedVersion);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#opening;
    await this.#opened?.close();
  }

  get #store(): ClusterStore {
    if (this.#opened !== undefined) return this.#opened;
    const { message, code } = this.#cause;
    if (code === 'STORE_UNAVAILABLE') throw this.#cause;
    throw millraceError('STORE_UNAVAILABLE', message, {
      outcome: 'not-applied',
      cause: this.#cause,
    });
  }

  #tryLater(): void {
    const { clock, retryMs } = this.#parts;
    this.#timer = clock.setTimer(retryMs, () => {
      this.#opening = this.#tryNow();
    });
  }

  async #tryNow(): Promise<void> {
    const { open, mayPass, onRefused, logger } = this.#parts;
    try {
      const store = await open();
      if (this.#closed) await store.close();
      else this.#opened = store;
      logger.info('the cluster store answers');
    } catch (thrown) {
      this.#cause = toMillraceError(thrown);
      if (this.#closed) return;
      if (mayPass(this.#cause)) this.#tryLater();
      else onRefused(this.#cause);
    }
  }
}
