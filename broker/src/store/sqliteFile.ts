/**
 * The file `cluster.db`: how it is opened, its tables, and its transactions (safety.md, rule 20).
 *
 * Format 1. `objects`: one row an object; `spec` and `status` are JSON. `deletions`: the last of them, so that a watch
 * can report them. `sequence`: one row; `version` is the last one given to a write of any object, `forgotten` the
 * version of the newest deletion that was dropped from `deletions`. `lease`: one row, its version its own.
 * All versions of objects and deletions come from the one sequence, so that no version is ever used twice.
 */
import { closeSync, fsyncSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';

/** "mlrc": tells the file from other SQLite files. */
const APPLICATION_ID = 0x6d6c_7263;
export const FILE_FORMAT = 1;

/**
 * Room that the file and its WAL have before they need it, a little more than the WAL grows to (1,000 pages): on a disk that
 * the log has filled, a new leader epoch can still be recorded. [without it a partition whose write failed stays without a
 * leader, and cannot even be read]
 */
const RESERVE_BYTES = 1100 * 4096;

const TABLES = `
  CREATE TABLE objects (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    spec TEXT NOT NULL,
    status TEXT,
    PRIMARY KEY (kind, name)
  ) STRICT;
  CREATE INDEX objects_by_version ON objects (kind, version);
  CREATE TABLE deletions (
    version INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL
  ) STRICT;
  CREATE TABLE sequence (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL,
    forgotten INTEGER NOT NULL
  ) STRICT;
  INSERT INTO sequence VALUES (1, 0, 0);
  CREATE TABLE lease (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    holder TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    renewals INTEGER NOT NULL,
    version INTEGER NOT NULL
  ) STRICT;
  INSERT INTO lease VALUES (1, '', 0, 0, 0);
`;

/** Not a file that this program may write; the message says why. */
export class ForeignFile extends Error {
  override readonly name = 'ForeignFile';
  /** True: a newer Millrace wrote it. */
  readonly newer: boolean;

  constructor(message: string, newer: boolean) {
    super(message);
    this.newer = newer;
  }
}

/** COMMIT itself failed: the commit may be on disk and come back when the file is next opened. */
export class CommitFailed extends Error {
  override readonly name = 'CommitFailed';
}

/** Throws ForeignFile, and SqliteError (SQLITE_BUSY*: try again; SQLITE_CANTOPEN: it is missing and may not be created). */
export function openSqliteFile(path: string, create: 'if-absent' | 'never'): Database.Database {
  if (create === 'if-absent') createPrivately(path);
  const db = new Database(path, { timeout: 0, fileMustExist: create === 'never' });
  try {
    // FULL: the WAL is synced before COMMIT returns [a power cut takes back an epoch that brokers acted on].
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = OFF');
    if (create === 'if-absent') createTables(db);
    if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
      throw new ForeignFile(`${path} is an SQLite file, but not one of Millrace`, false);
    }
    const format = db.pragma('user_version', { simple: true });
    if (typeof format !== 'number' || format > FILE_FORMAT) {
      const known = `this program knows up to ${FILE_FORMAT}`;
      throw new ForeignFile(`${path} has format ${String(format)}; ${known}`, true);
    }
    const mode = db.pragma('journal_mode', { simple: true });
    if (mode !== 'wal') throw new Error(`${path} is in journal mode ${String(mode)}, not wal`);
    reserve(db, path);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Runs `body` alone among all writers, and makes what it wrote durable before it returns. What `body` throws takes all
 * of it back. Throws CommitFailed where that is not known.
 */
export function write<Result>(db: Database.Database, body: () => Result): Result {
  db.exec('BEGIN IMMEDIATE');
  let result: Result;
  try {
    result = body();
  } catch (error) {
    rollBack(db);
    throw error;
  }
  try {
    db.exec('COMMIT');
  } catch (error) {
    rollBack(db);
    throw new CommitFailed('the commit failed', { cause: error });
  }
  return result;
}

/** Runs `body` on one snapshot. */
export function read<Result>(db: Database.Database, body: () => Result): Result {
  db.exec('BEGIN');
  try {
    return body();
  } finally {
    rollBack(db);
  }
}

function rollBack(db: Database.Database): void {
  // SQLite has rolled back by itself after some errors.
  if (db.inTransaction) db.exec('ROLLBACK');
}

/** Does nothing to a file that has tables, ours or not. */
function createTables(db: Database.Database): void {
  if (hasTables(db)) return;
  // Kept in the file from then on; needs the file to itself, else BUSY.
  db.pragma('journal_mode = WAL');
  write(db, () => {
    // Another process may have been first.
    if (hasTables(db)) return;
    db.exec(TABLES);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${FILE_FORMAT}`);
  });
}

/** Pages that are written and freed again. Nothing if there is no room for them now, or another process is writing. */
function reserve(db: Database.Database, path: string): void {
  if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) >= RESERVE_BYTES) return;
  try {
    write(db, () => {
      db.exec('CREATE TABLE IF NOT EXISTS reserve (room BLOB)');
      db.prepare('INSERT INTO reserve VALUES (zeroblob(?))').run(RESERVE_BYTES);
    });
    write(db, () => db.exec('DROP TABLE IF EXISTS reserve'));
    // From its beginning again: what is written next needs no new block.
    db.pragma('wal_checkpoint(RESTART)');
  } catch (error) {
    if (!(error instanceof Database.SqliteError || error instanceof CommitFailed)) throw error;
  }
}

function hasTables(db: Database.Database): boolean {
  return db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() !== 0;
}

/**
 * SQLite would create it readable for everybody. Only a file that this call created may be closed here: closing any
 * other descriptor of a file drops the locks that SQLite holds on it in this process.
 */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o640));
    // The name, too: a broker that knows its cluster never makes another store in place of a missing one.
    const directory = openSync(dirname(path), 'r');
    fsyncSync(directory);
    closeSync(directory);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EEXIST') throw error;
  }
}
