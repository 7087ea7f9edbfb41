/** A cluster store that tells how long each write took and what became of it; all else passes through. */
import { toMillraceError } from '@millrace/core/errors';
import type { Clock } from '../io/clock.ts';
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

/** `conflict`: another version was there. `refused`: certainly not written. `unknown`: perhaps it is, or will be. */
export type WriteResult = 'ok' | 'conflict' | 'refused' | 'unknown';

export interface MeasuredStoreParts {
  readonly store: ClusterStore;
  readonly clock: Clock;
  readonly onWritten: (result: WriteResult, durationMs: number) => void;
}

export class MeasuredStore implements ClusterStore {
  readonly #parts: MeasuredStoreParts;

  constructor(parts: MeasuredStoreParts) {
    this.#parts = parts;
  }

  async get<K extends Kind>(kind: K, name: string): Promise<StoredObject<K> | undefined> {
    return await this.#parts.store.get(kind, name);
  }

  async list<K extends Kind>(kind: K): Promise<Listing<K>> {
    return await this.#parts.store.list(kind);
  }

  async create(objects: readonly AnyNewObject[]): Promise<number[]> {
    return await this.#measured((store) => store.create(objects));
  }

  /** Without changes nothing is written, and nothing measured. */
  async update(changes: readonly AnyChange[]): Promise<number[]> {
    if (changes.length === 0) return await this.#parts.store.update(changes);
    return await this.#measured((store) => store.update(changes));
  }

  async delete(kind: Kind, name: string, expectedVersion: number): Promise<void> {
    await this.#measured((store) => store.delete(kind, name, expectedVersion));
  }

  watch<K extends Kind>(
    kind: K,
    fromVersion: number,
    onEvent: (event: WatchEvent<K>) => void,
  ): () => void {
    return this.#parts.store.watch(kind, fromVersion, onEvent);
  }

  async readLease(): Promise<Lease> {
    return await this.#parts.store.readLease();
  }

  async writeLease(lease: Omit<Lease, 'version'>, expectedVersion: number): Promise<number> {
    return await this.#measured((store) => store.writeLease(lease, expectedVersion));
  }

  async close(): Promise<void> {
    await this.#parts.store.close();
  }

  async #measured<T>(write: (store: ClusterStore) => Promise<T>): Promise<T> {
    const { store, clock, onWritten } = this.#parts;
    const startedMs = clock.monotonicMs();
    let result: WriteResult = 'ok';
    try {
      return await write(store);
    } catch (thrown) {
      const { code, outcome } = toMillraceError(thrown);
      if (code === 'CONFLICT') result = 'conflict';
      else result = outcome === 'not-applied' ? 'refused' : 'unknown';
      throw thrown;
    } finally {
      onWritten(result, clock.monotonicMs() - startedMs);
    }
  }
}
