import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { openSqliteFile, write } from '../../src/store/sqliteFile.ts';
import { temporaryDirectory } from './temporaryDirectory.ts';

test('the file and its WAL have room for what is written on a full disk, at each start', () => {
  const directory = temporaryDirectory();
  const path = join(directory.path, 'cluster.db');
  for (const create of ['if-absent', 'never'] as const) {
    const db = openSqliteFile(path, create);
    const sizes = () => [path, `${path}-wal`].map((file) => statSync(file).size);
    const before = sizes();
    assert.ok(
      before.every((bytes) => bytes >= 4 << 20),
      before.join(),
    );
    for (let count = 0; count < 2000; count++) {
      write(db, () => db.prepare('UPDATE lease SET renewals = renewals + 1').run());
    }
    const status = 'x'.repeat(1 << 20);
    write(db, () =>
      db
        .prepare('INSERT OR REPLACE INTO objects VALUES (?, ?, 1, ?, ?)')
        .run('k', 'n', '{}', status),
    );
    assert.deepEqual(sizes(), before);
    db.close();
  }
  directory.remove();
});
