import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { millraceError } from '@millrace/core/errors';
import Database from 'better-sqlite3';
import { KeptRows } from './keptRows.ts';

const directoryMode = 0o750;

/** Clauses of safety.md that tests switch off to prove that they notice. Production code passes none. */
export const lockRules = {
  'one-process': '30: one process holds a data directory.',
} as const;

export type LockRulesOff = ReadonlySet<keyof typeof lockRules>;

const allLockRules: LockRulesOff = new Set();

/** A lock that nobody refers to would be dropped with its garbage. */
const held = new Set<DirectoryLock>();

/**
 * `broker.db`. One process per data directory (safety.md, rule 30): it is held with an exclusive lock, which the
 * operating system drops with the process, however that ends. Its rows survive a kill; a power cut may take the last.
 */
export class DirectoryLock {
  readonly rows: KeptRows;
  readonly #database: Database.Database;

  private constructor(database: Database.Database) {
    this.#database = database;
    this.rows = new KeptRows(database);
  }

  /** Creates the directory if absent. Throws CONFLICT if another process holds it. */
  static acquire(directory: string, rulesOff = allLockRules): DirectoryLock {
    mkdirSync(directory, { recursive: true, mode: directoryMode });
    const database = new Database(join(directory, 'broker.db'), { timeout: 0 });
    try {
      database.pragma(`locking_mode = ${rulesOff.has('one-process') ? 'NORMAL' : 'EXCLUSIVE'}`);
      // A commit is not synced, so that it costs the event loop no wait for the disk.
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = NORMAL');
      // A lock is taken by the first write only, and then kept.
      database.exec('BEGIN EXCLUSIVE');
      KeptRows.createTable(database);
      database.exec('COMMIT');
      const lock = new DirectoryLock(database);
      held.add(lock);
      return lock;
    } catch (error) {
      database.close();
      if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) {
        throw error;
      }
      throw millraceError(
        'CONFLICT',
        `another process holds the data directory ${directory}; stop it, or choose another directory`,
        { cause: error },
      );
    }
  }

  release(): void {
    held.delete(this);
    this.#database.close();
  }
}
