/**
 * The objects in `cluster.db`: compare-and-set, listings and what changed since a version. All synchronous; contents
 * are JSON texts here. Writes run inside sqliteFile.write, which makes several of them one.
 */
import type { Database, Statement } from 'better-sqlite3';
import { allStoreRules } from './storeRules.ts';
import type { ObjectRow, RowChange, RowCreate, RowEvent } from './workerMessages.ts';

/** A write whose condition does not hold; nothing of its transaction is kept. */
export class WriteConflict extends Error {
  override readonly name = 'WriteConflict';
}

export interface Changes {
  readonly events: RowEvent[];
  /** Nothing was left out up to this version. */
  readonly upTo: number;
}

export class SqliteObjects {
  readonly #deletionsMax: number;
  readonly #get: Statement<[string, string], ObjectRow>;
  readonly #list: Statement<[string], ObjectRow>;
  readonly #version: Statement<[], number>;
  readonly #forgotten: Statement<[], number>;
  readonly #nextVersion: Statement<[], number>;
  readonly #insert: Statement<[string, string, number, string, string | null]>;
  readonly #putSpec: Statement<[number, string, string, string, number]>;
  readonly #putStatus: Statement<[number, string, string, string, number]>;
  readonly #delete: Statement<[string, string, number]>;
  readonly #logDeletion: Statement<[number, string, string]>;
  readonly #forgetUpTo: Statement<[number], number>;
  readonly #setForgotten: Statement<[number]>;
  readonly #trimDeletions: Statement<[number]>;
  readonly #since: Statement<[string, number, string, number, number], RowEvent>;

  /** `deletionsMax`: of how many the log keeps the names. */
  constructor(db: Database, deletionsMax: number, rulesOff = allStoreRules) {
    this.#deletionsMax = deletionsMax;
    const columns = 'name, version, spec, status';
    this.#get = db.prepare(`SELECT ${columns} FROM objects WHERE kind = ? AND name = ?`);
    this.#list = db.prepare(`SELECT ${columns} FROM objects WHERE kind = ? ORDER BY name`);
    this.#version = db.prepare<[], number>('SELECT version FROM sequence').pluck();
    this.#forgotten = db.prepare<[], number>('SELECT forgotten FROM sequence').pluck();
    this.#nextVersion = db
      .prepare<[], number>('UPDATE sequence SET version = version + 1 RETURNING version')
      .pluck();
    this.#insert = db.prepare('INSERT OR IGNORE INTO objects VALUES (?, ?, ?, ?, ?)');
    const isAt = rulesOff.has('write-at-version') ? '? >= 0' : 'version = ?';
    const conditions = `WHERE kind = ? AND name = ? AND ${isAt}`;
    this.#putSpec = db.prepare(`UPDATE objects SET version = ?, spec = ? ${conditions}`);
    this.#putStatus = db.prepare(`UPDATE objects SET version = ?, status = ? ${conditions}`);
    this.#delete = db.prepare(`DELETE FROM objects ${conditions}`);
    this.#logDeletion = db.prepare('INSERT INTO deletions VALUES (?, ?, ?)');
    this.#forgetUpTo = db
      .prepare<[number], number>(
        'SELECT version FROM deletions ORDER BY version DESC LIMIT 1 OFFSET ?',
      )
      .pluck();
    this.#setForgotten = db.prepare('UPDATE sequence SET forgotten = ?');
    this.#trimDeletions = db.prepare('DELETE FROM deletions WHERE version <= ?');
    this.#since = db.prepare(`
      SELECT name, version, spec, status FROM objects WHERE kind = ? AND version > ?
      UNION ALL
      SELECT name, version, NULL, NULL FROM deletions WHERE kind = ? AND version > ?
      ORDER BY version LIMIT ?`);
  }

  /** The last version given to any write. */
  version(): number {
    return this.#version.get() ?? 0;
  }

  get(kind: string, name: string): ObjectRow | undefined {
    return this.#get.get(kind, name);
  }

  list(kind: string): ObjectRow[] {
    return this.#list.all(kind);
  }

  create({ kind, name, spec, status }: RowCreate): number {
    const version = this.#next();
    if (this.#insert.run(kind, name, version, spec, status).changes === 0) {
      throw new WriteConflict(`${kind} ${JSON.stringify(name)} exists already`);
    }
    return version;
  }

  update({ kind, name, expectedVersion, half, contents }: RowChange): number {
    const version = this.#next();
    const put = half === 'spec' ? this.#putSpec : this.#putStatus;
    if (put.run(version, contents, kind, name, expectedVersion).changes === 0) {
      throw this.#conflict(kind, name, expectedVersion);
    }
    return version;
  }

  /** No error if it is gone. */
  delete(kind: string, name: string, expectedVersion: number): void {
    if (this.#delete.run(kind, name, expectedVersion).changes === 0) {
      if (this.get(kind, name) === undefined) return;
      throw this.#conflict(kind, name, expectedVersion);
    }
    this.#logDeletion.run(this.#next(), kind, name);
    const forgotten = this.#forgetUpTo.get(this.#deletionsMax);
    if (forgotten === undefined) return;
    this.#setForgotten.run(forgotten);
    this.#trimDeletions.run(forgotten);
  }

  /** At most `limit` changes after `fromVersion`, in order; 'gap' if some of them are no longer known. */
  changesSince(kind: string, fromVersion: number, limit: number): Changes | 'gap' {
    const version = this.version();
    const forgotten = this.#forgotten.get() ?? 0;
    if (fromVersion < forgotten || fromVersion > version) return 'gap';
    const events = this.#since.all(kind, fromVersion, kind, fromVersion, limit);
    const last = events.at(-1);
    return { events, upTo: last !== undefined && events.length === limit ? last.version : version };
  }

  #next(): number {
    const version = this.#nextVersion.get();
    if (version === undefined) throw new Error('the table sequence is empty');
    return version;
  }

  #conflict(kind: string, name: string, expectedVersion: number): WriteConflict {
    const found = this.get(kind, name);
    const now = found === undefined ? 'is gone' : `is at version ${found.version}`;
    return new WriteConflict(
      `${kind} ${JSON.stringify(name)} ${now}, the write expected version ${expectedVersion}`,
    );
  }
}
