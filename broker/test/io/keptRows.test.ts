import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { DirectoryLock } from '../../src/io/directoryLock.ts';
import { temporaryDirectory } from '../store/temporaryDirectory.ts';

test('rows are there after the next start, without those that are damaged', (t) => {
  const { path, remove } = temporaryDirectory();
  t.after(remove);
  const first = DirectoryLock.acquire(path);
  first.rows.write(
    new Map([
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
    ]),
  );
  first.rows.write(new Map([['c', undefined]]));
  first.release();
  const file = new Database(join(path, 'broker.db'));
  file.exec("UPDATE kept SET value = '9' WHERE key = 'b'");
  file.close();
  const second = DirectoryLock.acquire(path);
  t.after(() => second.release());
  assert.deepEqual([...second.rows.all()], [['a', '1']]);
});
