/** The one lease in `cluster.db`. Its version is its own, so that renewals wake no watch. */
import type { Database, Statement } from 'better-sqlite3';
import type { Lease } from './clusterStore.ts';
import { WriteConflict } from './sqliteObjects.ts';

const FREE: Lease = { holder: '', epoch: 0, renewals: 0, version: 0 };

export class SqliteLease {
  readonly #read: Statement<[], Lease>;
  readonly #write: Statement<[string, number, number, number]>;

  constructor(db: Database) {
    this.#read = db.prepare('SELECT holder, epoch, renewals, version FROM lease');
    this.#write = db.prepare(
      'UPDATE lease SET holder = ?, epoch = ?, renewals = ?, version = version + 1 WHERE version = ?',
    );
  }

  read(): Lease {
    return this.#read.get() ?? FREE;
  }

  /** Inside sqliteFile.write. Returns the new version. */
  write({ holder, epoch, renewals }: Omit<Lease, 'version'>, expectedVersion: number): number {
    if (this.#write.run(holder, epoch, renewals, expectedVersion).changes === 0) {
      const { version } = this.read();
      throw new WriteConflict(
        `the lease is at version ${version}, the write expected version ${expectedVersion}`,
      );
    }
    return expectedVersion + 1;
  }
}
