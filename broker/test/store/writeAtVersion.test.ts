/** Rule 20: two processes that decide on the same version do not both write. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSqliteFile, write } from '../../src/store/sqliteFile.ts';
import { SqliteObjects, WriteConflict } from '../../src/store/sqliteObjects.ts';
import type { StoreRulesOff } from '../../src/store/storeRules.ts';
import { temporaryDirectory } from './temporaryDirectory.ts';

const kind = 'PartitionAssignment';

/** What is left of two writes, both decided on the first version. */
function twoWriters(rulesOff: StoreRulesOff): string {
  const directory = temporaryDirectory();
  const path = join(directory.path, 'cluster.db');
  const files = [openSqliteFile(path, 'if-absent'), openSqliteFile(path, 'never')];
  try {
    const [first, second] = files.map((db) => {
      const objects = new SqliteObjects(db, 10, rulesOff);
      return (contents: string, expectedVersion: number) =>
        write(db, () =>
          objects.update({ kind, name: 'a', expectedVersion, half: 'status', contents }),
        );
    });
    const [db] = files;
    assert.ok(db !== undefined && first !== undefined && second !== undefined);
    const objects = new SqliteObjects(db, 10);
    const version = write(db, () => objects.create({ kind, name: 'a', spec: '{}', status: null }));
    first('"first"', version);
    try {
      second('"second"', version);
    } catch (error) {
      assert.ok(error instanceof WriteConflict);
    }
    return objects.get(kind, 'a')?.status ?? '';
  } finally {
    for (const db of files) db.close();
    directory.remove();
  }
}

test('of two writes that expect one version the second is a conflict', () => {
  assert.equal(twoWriters(new Set()), '"first"');
});

test('with write-at-version off the second takes back what the first has written', () => {
  assert.equal(twoWriters(new Set(['write-at-version'])), '"second"');
});
