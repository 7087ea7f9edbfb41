/**
 * The thread that owns `cluster.db`: it answers one request at a time, so that a slow disk or a big transaction stops
 * nothing else, and looks every `pollMs` whether other processes wrote (safety.md, rule 20). It never waits for a lock:
 * `busy` goes back to the asker, who decides when to try again.
 */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type MessagePort, parentPort } from 'node:worker_threads';
import Database from 'better-sqlite3';
// The entry of a thread chooses its clock, as main.ts does for the process.
import { systemClock } from '../io/systemClock.ts';
import { networkFileSystem } from './networkFileSystem.ts';
import { CommitFailed, ForeignFile, openSqliteFile, read, write } from './sqliteFile.ts';
import { SqliteLease } from './sqliteLease.ts';
import { SqliteObjects, WriteConflict } from './sqliteObjects.ts';
import {
  type Failure,
  type FromWorker,
  type Operations,
  READS,
  type Request,
  type ToWorker,
} from './workerMessages.ts';

/** Of one message: what the broker's thread takes in without a pause. */
const EVENTS_PER_PAGE_MAX = 32;

interface Watch {
  readonly kind: string;
  from: number;
  /** A page is out; the next one leaves when it was taken in. */
  paged: boolean;
}

interface Opened {
  readonly db: Database.Database;
  readonly objects: SqliteObjects;
  readonly lease: SqliteLease;
  /** Another value than the last one: another connection wrote. */
  readonly dataVersion: Database.Statement<[], unknown>;
}

class NetworkFileSystem extends Error {
  override readonly name = 'NetworkFileSystem';
}

class SqliteWorker {
  readonly #port: MessagePort;
  readonly #watches = new Map<number, Watch>();
  #opened: Opened | undefined;
  /** Set for good by the first disk error: a failed sync may have lost pages that later reads still show. */
  #broken: Failure | undefined;
  #dataVersion: unknown;

  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', (message: ToWorker) => this.#receive(message));
  }

  #receive(message: ToWorker): void {
    switch (message.type) {
      case 'watch': {
        const { watch, kind, fromVersion } = message;
        this.#watches.set(watch, { kind, from: fromVersion, paged: false });
        this.#sendEvents();
        return;
      }
      case 'more': {
        const watch = this.#watches.get(message.watch);
        if (watch !== undefined) watch.paged = false;
        this.#sendEvents();
        return;
      }
      case 'unwatch':
        this.#watches.delete(message.watch);
        return;
      case 'close':
        this.#watches.clear();
        this.#opened?.db.close();
        this.#opened = undefined;
        this.#port.close();
        return;
      default:
        this.#answer(message);
    }
  }

  #answer(request: Request): void {
    const { id } = request;
    if (this.#broken !== undefined) {
      this.#send({ type: 'failure', id, failure: { ...this.#broken, outcome: 'not-applied' } });
      return;
    }
    try {
      this.#send({ type: 'answer', id, result: this.#execute(request) });
    } catch (error) {
      const failure = failureOf(error);
      if (breaksStore(error)) this.#broken = failure;
      this.#send({ type: 'failure', id, failure });
      return;
    }
    if (!READS.has(request.type)) this.#sendEvents();
  }

  #execute(request: Request): unknown {
    if (request.type === 'open') return this.#open(request);
    if (this.#opened === undefined) throw new Error('cluster.db is not open');
    const { db, objects, lease } = this.#opened;
    switch (request.type) {
      case 'get':
        return objects.get(request.kind, request.name);
      case 'list':
        return read(db, () => ({ rows: objects.list(request.kind), version: objects.version() }));
      case 'create':
        return write(db, () => request.objects.map((object) => objects.create(object)));
      case 'update':
        return write(db, () => request.changes.map((change) => objects.update(change)));
      case 'delete':
        return write(db, () => objects.delete(request.kind, request.name, request.expectedVersion));
      case 'readLease':
        return lease.read();
      case 'writeLease':
        return write(db, () => lease.write(request.lease, request.expectedVersion));
    }
  }

  #open({ path, pollMs, deletionsMax, create }: Operations['open']['args']): undefined {
    const network = networkFileSystem(statfsSync(dirname(path)).type, process.platform);
    if (network !== undefined) {
      throw new NetworkFileSystem(`${dirname(path)} is on a network file system (${network})`);
    }
    const db = openSqliteFile(path, create);
    this.#opened = {
      db,
      objects: new SqliteObjects(db, deletionsMax),
      lease: new SqliteLease(db),
      dataVersion: db.prepare<[], unknown>('PRAGMA data_version').pluck(),
    };
    this.#pollEvery(pollMs);
  }

  #pollEvery(pollMs: number): void {
    systemClock.setTimer(pollMs, () => {
      if (this.#opened === undefined) return;
      if (this.#watches.size > 0 && this.#othersWrote(this.#opened)) this.#sendEvents();
      this.#pollEvery(pollMs);
    });
  }

  #othersWrote(opened: Opened): boolean {
    try {
      const dataVersion = opened.dataVersion.get();
      if (dataVersion === this.#dataVersion) return false;
      this.#dataVersion = dataVersion;
      return true;
    } catch {
      // Locked, or broken, which the next request reports; sendEvents is idempotent, so look again.
      return true;
    }
  }

  #sendEvents(): void {
    if (this.#opened === undefined || this.#broken !== undefined) return;
    const { db, objects } = this.#opened;
    for (const [id, watch] of this.#watches) {
      if (watch.paged) continue;
      try {
        const found = read(db, () =>
          objects.changesSince(watch.kind, watch.from, EVENTS_PER_PAGE_MAX),
        );
        if (found === 'gap') {
          this.#watches.delete(id);
          this.#send({ type: 'resync', watch: id });
          continue;
        }
        // Without events too: a watch must not fall behind the deletions of other kinds.
        watch.from = found.upTo;
        if (found.events.length === 0) continue;
        watch.paged = true;
        this.#send({ type: 'events', watch: id, events: found.events });
      } catch (error) {
        // Nothing was taken from the watch: the next poll tries again.
        this.#dataVersion = undefined;
        if (breaksStore(error)) this.#broken = failureOf(error);
      }
    }
  }

  #send(message: FromWorker): void {
    this.#port.postMessage(message);
  }
}

function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof WriteConflict)
    return { reason: 'conflict', outcome: 'not-applied', message };
  if (error instanceof NetworkFileSystem) {
    return { reason: 'network-file-system', outcome: 'not-applied', message };
  }
  if (error instanceof ForeignFile) {
    const reason = error.newer ? 'newer-format' : 'corrupt';
    return { reason, outcome: 'not-applied', message };
  }
  const committing = error instanceof CommitFailed;
  const cause: unknown = committing ? error.cause : error;
  const code = sqliteCode(cause);
  // The file is shared: PROTOCOL is a lost race for the lock of the WAL's index.
  if (/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code)) {
    return { reason: 'busy', outcome: 'not-applied', message };
  }
  const detail =
    cause instanceof Error && cause !== error ? `${message}: ${cause.message}` : message;
  return {
    reason: /^SQLITE_(CORRUPT|NOTADB)/.test(code) ? 'corrupt' : 'unavailable',
    outcome: committing ? 'unknown' : 'not-applied',
    message: code === '' ? detail : `${detail} (${code})`,
  };
}

function breaksStore(error: unknown): boolean {
  const cause: unknown = error instanceof CommitFailed ? error.cause : error;
  return /^SQLITE_(IOERR|CORRUPT|NOTADB)/.test(sqliteCode(cause));
}

function sqliteCode(error: unknown): string {
  return error instanceof Database.SqliteError ? error.code : '';
}

if (parentPort === null) throw new Error('sqliteWorker.ts is the entry of a worker thread');
new SqliteWorker(parentPort);
