import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Storage } from '../../src/io/storage.ts';
import { storageErrorCode } from '../../src/io/storageError.ts';

export interface StorageUnderTest {
  readonly storage: Storage;
  /** An existing empty directory. */
  readonly directory: string;
  /** Settles what waits for the storage; the simulated one moves only when told to. */
  readonly settle: <Result>(work: Promise<Result>) => Promise<Result>;
  readonly remove: () => Promise<void>;
}

function withCode(code: string) {
  return (error: unknown) => storageErrorCode(error) === code;
}

/** What the log relies on, asserted of the real disk and of the simulated one alike. */
export function describeStorage(name: string, create: () => StorageUnderTest): void {
  describe(name, () => {
    const { storage, directory, settle, remove } = create();
    let files = 0;
    const freshPath = (): string => join(directory, `file-${files++}`);
    after(remove);

    it('reads back what was written, at explicit positions', async () => {
      const file = storage.open(freshPath(), 'createNew');
      file.writeNow([Buffer.from('hello '), Buffer.alloc(0), Buffer.from('world')], 0);
      await settle(file.write([Buffer.from('W')], 6));
      const buffer = Buffer.alloc(11);
      assert.equal(file.readNow(buffer, 0), 11);
      assert.equal(buffer.toString(), 'hello World');
      const part = Buffer.alloc(4);
      assert.equal(await settle(file.read(part, 6)), 4);
      assert.equal(part.toString(), 'Worl');
      file.close();
    });

    it('reads short only at the end of the file', async () => {
      const file = storage.open(freshPath(), 'create');
      file.writeNow([Buffer.from('abc')], 0);
      assert.equal(file.readNow(Buffer.alloc(10), 1), 2);
      assert.equal(await settle(file.read(Buffer.alloc(10), 1)), 2);
      assert.equal(file.readNow(Buffer.alloc(10), 3), 0);
      assert.equal(file.readNow(Buffer.alloc(10), 99), 0);
      file.close();
    });

    it('writes more buffers than one system call takes', async () => {
      const file = storage.open(freshPath(), 'create');
      const buffers = Array.from({ length: 3000 }, (_, index) => Buffer.from([index % 251]));
      file.writeNow(buffers, 0);
      await settle(file.write(buffers, 3000));
      const bytes = Buffer.alloc(6000);
      assert.equal(file.readNow(bytes, 0), 6000);
      assert.deepEqual(bytes, Buffer.concat([...buffers, ...buffers]));
      file.close();
    });

    it('takes an empty write for what it is', async () => {
      const file = storage.open(freshPath(), 'create');
      file.writeNow([], 0);
      await settle(file.write([Buffer.alloc(0)], 5));
      assert.equal(file.size(), 0);
      file.close();
    });

    it('fills a hole with zeros', () => {
      const file = storage.open(freshPath(), 'create');
      file.writeNow([Buffer.from('x')], 9000);
      const bytes = Buffer.alloc(9001, 1);
      assert.equal(file.readNow(bytes, 0), 9001);
      assert.deepEqual(bytes, Buffer.concat([Buffer.alloc(9000), Buffer.from('x')]));
      file.close();
    });

    it('cuts and extends a file, and shows no cut bytes again', () => {
      const path = freshPath();
      const file = storage.open(path, 'create');
      file.writeNow([Buffer.alloc(10_000, 7)], 0);
      file.truncate(100);
      assert.equal(file.size(), 100);
      assert.equal(storage.fileSize(path), 100);
      file.truncate(10_000);
      const bytes = Buffer.alloc(10_000, 1);
      assert.equal(file.readNow(bytes, 0), 10_000);
      assert.deepEqual(bytes, Buffer.concat([Buffer.alloc(100, 7), Buffer.alloc(9_900)]));
      file.close();
    });

    it('opens by mode', () => {
      const path = freshPath();
      assert.throws(() => storage.open(path, 'read'), withCode('ENOENT'));
      assert.throws(() => storage.open(path, 'readwrite'), withCode('ENOENT'));
      storage.open(path, 'create').close();
      assert.throws(() => storage.open(path, 'createNew'), withCode('EEXIST'));
      const file = storage.open(path, 'create');
      file.writeNow([Buffer.from('kept')], 0);
      file.close();
      assert.equal(storage.readFile(path).toString(), 'kept');
      const readOnly = storage.open(path, 'read');
      assert.throws(() => readOnly.writeNow([Buffer.from('x')], 0), withCode('EBADF'));
      readOnly.close();
      assert.throws(() => storage.open(join(path, 'below'), 'create'), withCode('ENOTDIR'));
      assert.throws(() => storage.open(join(directory, 'no', 'x'), 'create'), withCode('ENOENT'));
    });

    it('refuses a closed file, and lets what is in the pool end first', async () => {
      const path = freshPath();
      const file = storage.open(path, 'create');
      const written = file.write([Buffer.alloc(100_000, 5)], 0);
      file.close();
      file.close();
      await settle(written);
      assert.equal(storage.fileSize(path), 100_000);
      assert.throws(() => file.size(), withCode('EBADF'));
      assert.throws(() => file.writeNow([Buffer.from('x')], 0), withCode('EBADF'));
      await assert.rejects(settle(file.sync()), withCode('EBADF'));
    });

    it('syncs files and directories', async () => {
      const path = freshPath();
      const file = storage.open(path, 'create');
      file.writeNow([Buffer.from('x')], 0);
      await settle(file.sync());
      file.syncNow();
      file.close();
      await settle(storage.syncDirectory(directory));
      storage.syncDirectoryNow(directory);
      await assert.rejects(
        settle(storage.syncDirectory(join(directory, 'no'))),
        withCode('ENOENT'),
      );
    });

    it('makes, lists and removes directories', async () => {
      const deep = join(directory, 'tree', 'a', 'b');
      storage.mkdir(deep);
      storage.mkdir(deep);
      storage.open(join(deep, 'file'), 'create').close();
      storage.open(join(directory, 'tree', 'top'), 'create').close();
      const entries = storage.list(join(directory, 'tree'));
      assert.deepEqual(
        entries.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
        [
          { name: 'a', kind: 'directory' },
          { name: 'top', kind: 'file' },
        ],
      );
      assert.ok(storage.exists(join(deep, 'file')));
      await settle(storage.removeTree(join(directory, 'tree')));
      assert.ok(!storage.exists(join(directory, 'tree')));
      await settle(storage.removeTree(join(directory, 'tree')));
      assert.throws(() => storage.list(join(directory, 'tree')), withCode('ENOENT'));
    });

    it('renames files over files, and directories', () => {
      const from = freshPath();
      const to = freshPath();
      for (const path of [from, to]) {
        const file = storage.open(path, 'create');
        file.writeNow([Buffer.from(path)], 0);
        file.close();
      }
      storage.rename(from, to);
      assert.ok(!storage.exists(from));
      assert.equal(storage.readFile(to).toString(), from);
      assert.throws(() => storage.rename(from, to), withCode('ENOENT'));

      storage.mkdir(join(directory, 'old'));
      storage.open(join(directory, 'old', 'inner'), 'create').close();
      storage.rename(join(directory, 'old'), join(directory, 'new'));
      assert.ok(storage.exists(join(directory, 'new', 'inner')));
    });

    it('keeps an unlinked file for those who have it open', () => {
      const path = freshPath();
      const file = storage.open(path, 'create');
      file.writeNow([Buffer.from('still here')], 0);
      storage.unlink(path);
      assert.ok(!storage.exists(path));
      const bytes = Buffer.alloc(10);
      assert.equal(file.readNow(bytes, 0), 10);
      assert.equal(bytes.toString(), 'still here');
      file.close();
      assert.throws(() => storage.unlink(path), withCode('ENOENT'));
    });

    it('replaces a file as a whole and leaves no temporary file', async () => {
      const path = freshPath();
      await settle(storage.replaceFile(path, Buffer.from('first, and long')));
      await settle(storage.replaceFile(path, Buffer.from('second')));
      assert.equal(storage.readFile(path).toString(), 'second');
      assert.ok(!storage.exists(`${path}.tmp`));
      await assert.rejects(
        settle(storage.replaceFile(join(directory, 'no', 'x'), Buffer.from('x'))),
        withCode('ENOENT'),
      );
    });

    it('knows its free space', () => {
      const { free, total } = storage.freeBytes(directory);
      assert.ok(free > 0 && total >= free);
    });
  });
}
