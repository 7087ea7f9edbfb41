/**
 * The embedded ClusterStore: `cluster.db`, SQLite, shared by the broker processes of one machine (architecture.md,
 * Cluster state; safety.md, rule 20). Every write is synced before it resolves; several in one call are one
 * transaction. What others write is seen within about `pollMs`.
 */
import { MillraceError, millraceError } from '@millrace/core/errors';
import type { Clock } from '../io/clock.ts';
import type { Random } from '../io/random.ts';
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
import { SqliteThread } from './sqliteThread.ts';
import { checkStorable, parseStoredJson } from './storedContents.ts';
import type { FromWorker, RowChange, RowCreate, RowEvent } from './workerMessages.ts';

/** Characters of JSON that are read or written without a pause: about 2 ms of the event loop. */
const PACED_CHARS_MAX = 128 * 1024;

export interface SqliteStoreOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Milliseconds that a request waits for locks of other processes; then STORE_UNAVAILABLE, `not-applied`. */
  readonly busyMsMax?: number;
  /** Milliseconds that a request waits for the disk; then STORE_UNAVAILABLE, for a write `unknown`. */
  readonly answerMsMax?: number;
  /** Milliseconds between looks for what other processes wrote. */
  readonly pollMs?: number;
  /** Deletions that the file remembers for watches. */
  readonly deletionsMax?: number;
  /** `never`: a file that is missing is out of reach. */
  readonly create?: 'if-absent' | 'never';
  /** Milliseconds that opening waits for locks: brokers of a new cluster create the file together. */
  readonly openBusyMsMax?: number;
}

/**
 * Opens the file, or creates it in an existing directory if it may. Rejects with INVALID_CONFIG on a network file system,
 * UNSUPPORTED_VERSION if a newer program wrote it, CORRUPT_STATE if it is another kind of file, else STORE_UNAVAILABLE.
 */
export async function openSqliteStore(
  path: string,
  options: SqliteStoreOptions,
): Promise<ClusterStore> {
  const { clock, random, busyMsMax = 2000, answerMsMax = 10_000 } = options;
  const { pollMs = 50, deletionsMax = 10_000, create = 'if-absent' } = options;
  const { openBusyMsMax = 30_000 } = options;
  const watches: Watches = new Map();
  const thread = new SqliteThread(
    { clock, random, busyMsMax, openBusyMsMax, answerMsMax },
    (message) => watches.get(message.watch)?.(message),
  );
  try {
    await thread.call('open', { path, pollMs, deletionsMax, create });
  } catch (error) {
    await thread.close();
    throw error;
  }
  return new SqliteStore(thread, watches, clock);
}

type WatchMessage = Extract<FromWorker, { watch: number }>;
type Watches = Map<number, (message: WatchMessage) => void>;

class SqliteStore implements ClusterStore {
  readonly #thread: SqliteThread;
  readonly #watches: Watches;
  readonly #clock: Clock;
  #lastWatch = 0;

  constructor(thread: SqliteThread, watches: Watches, clock: Clock) {
    this.#thread = thread;
    this.#watches = watches;
    this.#clock = clock;
  }

  async get<K extends Kind>(kind: K, name: string): Promise<StoredObject<K> | undefined> {
    const row = await this.#thread.call('get', { kind, name });
    return row === undefined ? undefined : parseStoredJson(kind, row);
  }

  async list<K extends Kind>(kind: K): Promise<Listing<K>> {
    const { rows, version } = await this.#thread.call('list', { kind });
    const objects = await this.#paced(
      rows,
      (row) => parseStoredJson(kind, row),
      (_, row) => row.spec.length + (row.status?.length ?? 0),
    );
    return { objects, version };
  }

  async create(objects: readonly AnyNewObject[]): Promise<number[]> {
    if (objects.length === 0) return [];
    const rows = await this.#paced(
      objects,
      toCreate,
      ({ spec, status }) => spec.length + (status?.length ?? 0),
    );
    return this.#thread.call('create', { objects: rows });
  }

  async update(changes: readonly AnyChange[]): Promise<number[]> {
    if (changes.length === 0) return [];
    const rows = await this.#paced(changes, toChange, ({ contents }) => contents.length);
    return this.#thread.call('update', { changes: rows });
  }

  delete(kind: Kind, name: string, expectedVersion: number): Promise<void> {
    return this.#thread.call('delete', { kind, name, expectedVersion });
  }

  watch<K extends Kind>(
    kind: K,
    fromVersion: number,
    onEvent: (event: WatchEvent<K>) => void,
  ): () => void {
    this.#lastWatch += 1;
    const watch = this.#lastWatch;
    const stop = (): void => {
      if (this.#watches.delete(watch)) this.#thread.post({ type: 'unwatch', watch });
    };
    this.#watches.set(watch, (message) => {
      if (message.type === 'resync') {
        this.#watches.delete(watch);
        onEvent({ type: 'resync' });
        return;
      }
      // Before any callback, which may throw: the thread waits for it.
      this.#thread.post({ type: 'more', watch });
      for (const row of message.events) {
        const event = toEvent(kind, row);
        if (event.type === 'resync') stop();
        onEvent(event);
        if (!this.#watches.has(watch)) return;
      }
    });
    this.#thread.post({ type: 'watch', watch, kind, fromVersion });
    return stop;
  }

  readLease(): Promise<Lease> {
    return this.#thread.call('readLease', {});
  }

  async writeLease(lease: Omit<Lease, 'version'>, expectedVersion: number): Promise<number> {
    const { holder, epoch, renewals } = lease;
    if (!Number.isSafeInteger(epoch) || !Number.isSafeInteger(renewals)) {
      throw millraceError('INVALID_REQUEST', `lease epoch ${epoch}, renewals ${renewals}`);
    }
    return this.#thread.call('writeLease', { lease: { holder, epoch, renewals }, expectedVersion });
  }

  close(): Promise<void> {
    this.#watches.clear();
    return this.#thread.close();
  }

  /** A big listing or write may not hold up what else the event loop serves. */
  async #paced<From, To>(
    items: readonly From[],
    convert: (item: From) => To,
    charsOf: (converted: To, item: From) => number,
  ): Promise<To[]> {
    const converted: To[] = [];
    let chars = 0;
    for (const item of items) {
      if (chars > PACED_CHARS_MAX) {
        await new Promise<void>((resolve) => this.#clock.soon(resolve));
        chars = 0;
      }
      const next = convert(item);
      chars += charsOf(next, item);
      converted.push(next);
    }
    return converted;
  }
}

function toCreate({ kind, name, spec, status }: AnyNewObject): RowCreate {
  checkStorable(kind, name, 'spec', spec);
  if (status !== undefined) checkStorable(kind, name, 'status', status);
  const statusText = status === undefined ? null : JSON.stringify(status);
  return { kind, name, spec: JSON.stringify(spec), status: statusText };
}

function toChange(change: AnyChange): RowChange {
  const { kind, name, expectedVersion } = change;
  const half = 'spec' in change ? 'spec' : 'status';
  const contents = 'spec' in change ? change.spec : change.status;
  checkStorable(kind, name, half, contents);
  return { kind, name, expectedVersion, half, contents: JSON.stringify(contents) };
}

/** An object that cannot be read is left to the listing that follows a resync, which reports it. */
function toEvent<K extends Kind>(kind: K, row: RowEvent): WatchEvent<K> {
  const { name, version, spec, status } = row;
  if (spec === null) return { type: 'deleted', name, version };
  try {
    return { type: 'put', object: parseStoredJson(kind, { name, version, spec, status }) };
  } catch (error) {
    if (error instanceof MillraceError) return { type: 'resync' };
    throw error;
  }
}
