import { crc32c } from '@millrace/core/crc32c';
import type Database from 'better-sqlite3';

/** The file's own log is folded into it, synced, at so many pages of 4 KiB: seldom, as it holds up the event loop. */
const LOG_PAGES_MAX = 16_384;

/**
 * Small texts by key in `broker.db`, each with its CRC-32C: what a process would like to find again, and can do without.
 * After a crash some of the last changes may be missing, in the order in which they were made.
 */
export class KeptRows {
  readonly #database: Database.Database;
  readonly #put: Database.Statement<[string, string, number]>;
  readonly #delete: Database.Statement<[string]>;

  /** The table exists. */
  constructor(database: Database.Database) {
    this.#database = database;
    database.pragma(`wal_autocheckpoint = ${LOG_PAGES_MAX}`);
    this.#put = database.prepare('INSERT OR REPLACE INTO kept VALUES (?, ?, ?)');
    this.#delete = database.prepare('DELETE FROM kept WHERE key = ?');
  }

  static createTable(database: Database.Database): void {
    database.exec(
      'CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value TEXT NOT NULL, crc INTEGER NOT NULL) STRICT',
    );
  }

  /** Without those that are damaged. Throws if the file can't be read. */
  all(): Map<string, string> {
    const rows = new Map<string, string>();
    const found = this.#database.prepare<[], Row>('SELECT key, value, crc FROM kept');
    for (const { key, value, crc } of found.iterate()) {
      if (crcOf(key, value) === crc) rows.set(key, value);
    }
    return rows;
  }

  /** In one transaction. Undefined: the row goes. Throws if the file can't be written. */
  write(changes: ReadonlyMap<string, string | undefined>): void {
    this.#database.transaction(() => {
      for (const [key, value] of changes) {
        if (value === undefined) this.#delete.run(key);
        else this.#put.run(key, value, crcOf(key, value));
      }
    })();
  }
}

interface Row {
  readonly key: string;
  readonly value: string;
  readonly crc: number;
}

function crcOf(key: string, value: string): number {
  return crc32c(Buffer.from(value), crc32c(Buffer.from(key)));
}
