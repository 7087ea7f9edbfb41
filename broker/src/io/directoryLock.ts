import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { millraceError } from '@millrace/core/errors';
import Database from 'better-sqlite3';

const directoryMode = 0o750;

/**
 * One process per data directory (safety.md, rule 30): `broker.db` held with an exclusive lock, which
 * the operating system drops with the process, however that ends.
 */
export class DirectoryLock {
  readonly #database: Database.Database;

  private constructor(database: Database.Database) {
    this.#database = database;
  }

  /** Creates the directory if absent. Throws CONFLICT if another process holds it. */
  static acquire(directory: string): DirectoryLock {
    mkdirSync(directory, { recursive: true, mode: directoryMode });
    const database = new Database(join(directory, 'broker.db'), { timeout: 0 });
    try {
      database.pragma('locking_mode = EXCLUSIVE');
      // A lock is taken by the first write only, and then kept.
      database.exec('BEGIN EXCLUSIVE; COMMIT');
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
    return new DirectoryLock(database);
  }

  release(): void {
    this.#database.close();
  }
}
