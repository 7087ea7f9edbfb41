import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { MillraceError } from '@millrace/core/errors';
import Database from 'better-sqlite3';
import type { Clock } from '../../src/io/clock.ts';
import { SeededRandom } from '../../src/io/seededRandom.ts';
import { systemClock } from '../../src/io/systemClock.ts';
import { systemRandom } from '../../src/io/systemRandom.ts';
import type { ClusterStore } from '../../src/store/clusterStore.ts';
import { openSqliteStore, type SqliteStoreOptions } from '../../src/store/sqliteStore.ts';
import { BROKER_SPEC, topicSpec, withCode } from './storedExamples.ts';
import { temporaryDirectory } from './temporaryDirectory.ts';
import { WatchRecord } from './watchRecord.ts';

describe('the SQLite store alone', () => {
  const directory = temporaryDirectory();
  const opened: ClusterStore[] = [];
  after(async () => {
    await Promise.all(opened.map((store) => store.close()));
    directory.remove();
  });
  let files = 0;
  const freshPath = (): string => join(directory.path, `cluster-${files++}.db`);
  const open = async (path: string, options: Partial<SqliteStoreOptions> = {}) => {
    const given = { clock: systemClock, random: systemRandom, pollMs: 5, ...options };
    const store = await openSqliteStore(path, given);
    opened.push(store);
    return store;
  };
  const createTopic = async (store: ClusterStore, name: string): Promise<number> => {
    const [version] = await store.create([{ kind: 'Topic', name, spec: topicSpec(name) }]);
    assert.ok(version !== undefined);
    return version;
  };

  describe('its file', () => {
    it('is created once by several that open it at the same time, for the owner and the group alone', async () => {
      const path = freshPath();
      const stores = await Promise.all([0, 1, 2, 3].map(() => open(path)));
      for (const [index, store] of stores.entries()) await createTopic(store, `t${index}`);
      for (const store of stores) assert.equal((await store.list('Topic')).objects.length, 4);
      assert.equal(statSync(path).mode & 0o007, 0);
      assert.equal(statSync(`${path}-wal`).mode & 0o007, 0);
      await Promise.all(stores.map((store) => store.close()));
    });

    it('keeps everything over a close and an open, versions rising on', async () => {
      const path = freshPath();
      const first = await open(path);
      const version = await createTopic(first, 'kept');
      const lease = await first.writeLease({ holder: 'a', epoch: 4, renewals: 2 }, 0);
      await first.close();
      const second = await open(path);
      assert.equal((await second.get('Topic', 'kept'))?.version, version);
      assert.equal((await second.readLease()).version, lease);
      assert.ok((await createTopic(second, 'new')) > version);
      await second.close();
    });

    it('is not that of another program: it is refused and left as it is', async () => {
      const text = freshPath();
      writeFileSync(
        text,
        'not a database, but a text that is long enough to have a header '.repeat(4),
      );
      const before = readFileSync(text);
      await assert.rejects(open(text), withCode('CORRUPT_STATE'));
      assert.deepEqual(readFileSync(text), before);

      const foreign = freshPath();
      const db = new Database(foreign);
      db.exec('CREATE TABLE contacts (name TEXT)');
      db.close();
      const untouched = readFileSync(foreign);
      await assert.rejects(open(foreign), withCode('CORRUPT_STATE'));
      assert.deepEqual(readFileSync(foreign), untouched);
    });

    it('of a newer format is refused, naming both', async () => {
      const path = freshPath();
      await (await open(path)).close();
      const db = new Database(path);
      db.pragma('user_version = 99');
      db.close();
      await assert.rejects(
        open(path),
        (error) => withCode('UNSUPPORTED_VERSION')(error) && /99.* 1$/.test(String(error)),
      );
    });

    it('in a directory that does not exist is unavailable', async () => {
      const path = join(directory.path, 'missing', 'cluster.db');
      await assert.rejects(open(path), withCode('STORE_UNAVAILABLE', 'not-applied'));
    });

    it('with any byte changed is read as before, or refused with a typed error', async () => {
      const path = freshPath();
      const store = await open(path);
      for (let index = 0; index < 30; index += 1) await createTopic(store, `t${index}`);
      await store.close();
      const sound = readFileSync(path);
      const random = new SeededRandom(7);
      for (let round = 0; round < 8; round += 1) {
        const damaged = Buffer.from(sound);
        const at = round < 3 ? random.int(100) : random.int(damaged.length);
        damaged[at] = damaged.readUInt8(at) ^ (1 + random.int(255));
        const copy = freshPath();
        writeFileSync(copy, damaged);
        await readAll(() => open(copy));
      }
    });
  });

  describe('a stored object', () => {
    const damages = [
      ['that is not JSON', `UPDATE objects SET spec = '{' WHERE name = 'bad'`, 'CORRUPT_STATE'],
      [
        'without a field',
        `UPDATE objects SET spec = json_remove(spec, '$.partitions') WHERE name = 'bad'`,
        'CORRUPT_STATE',
      ],
      [
        'whose status is of another kind',
        `UPDATE objects SET status = '{"topicId": "../x"}' WHERE name = 'bad'`,
        'CORRUPT_STATE',
      ],
    ] as const;
    for (const [what, sql, code] of damages) {
      it(`${what} is reported by its name, by get and by list, and ends a watch`, async () => {
        const path = freshPath();
        const store = await open(path);
        await createTopic(store, 'good');
        await createTopic(store, 'bad');
        const db = new Database(path);
        db.exec(sql);
        db.close();
        const named = (error: unknown) =>
          withCode(code, 'not-applied')(error) && String(error).includes('Topic "bad"');
        await assert.rejects(store.get('Topic', 'bad'), named);
        await assert.rejects(store.list('Topic'), named);
        assert.equal((await store.get('Topic', 'good'))?.name, 'good');
        const record = new WatchRecord(store, 'Topic', 0);
        await record.until((events) => events.length === 2);
        assert.deepEqual(record.lines, ['put good', 'resync']);
        await store.close();
      });
    }
  });

  describe('a lock that another holds', () => {
    it('makes a write fail in a bounded time, not applied, while reads go on', async () => {
      const path = freshPath();
      const store = await open(path, { busyMsMax: 150 });
      await createTopic(store, 'before');
      const holder = new Database(path);
      holder.exec('BEGIN IMMEDIATE');
      const rejected = assert.rejects(
        createTopic(store, 'blocked'),
        withCode('STORE_UNAVAILABLE', 'not-applied'),
      );
      assert.equal((await store.get('Topic', 'before'))?.name, 'before');
      assert.equal((await store.readLease()).version, 0);
      await rejected;
      holder.exec('ROLLBACK');
      holder.close();
      assert.equal(await store.get('Topic', 'blocked'), undefined);
      await createTopic(store, 'blocked');
      await store.close();
    });

    it('and releases in time only delays a write', async () => {
      const path = freshPath();
      const store = await open(path);
      const holder = new Database(path);
      holder.exec('BEGIN IMMEDIATE');
      const written = createTopic(store, 'delayed');
      // Answered after the first attempt of the write, which found the lock taken.
      await store.readLease();
      holder.exec('COMMIT');
      await written;
      holder.close();
      await store.close();
    });

    it('does not hold up a close', async () => {
      const path = freshPath();
      const store = await open(path, { busyMsMax: 60_000 });
      const holder = new Database(path);
      holder.exec('BEGIN IMMEDIATE');
      const rejected = assert.rejects(
        createTopic(store, 'blocked'),
        withCode('STORE_UNAVAILABLE', 'not-applied'),
      );
      await store.close();
      await rejected;
      holder.close();
    });
  });

  it('says of a write without an answer that its outcome is unknown, of a read that nothing happened', async () => {
    const path = freshPath();
    // Time is up within the tick that asks: before any answer can have come.
    let impatient = false;
    const clock: Clock = {
      ...systemClock,
      setTimer(delayMs, callback) {
        if (impatient) queueMicrotask(callback);
        return systemClock.setTimer(delayMs, callback);
      },
    };
    const store = await open(path, { clock });
    const other = await open(path);
    impatient = true;
    await assert.rejects(createTopic(store, 'late'), withCode('STORE_UNAVAILABLE', 'unknown'));
    await assert.rejects(store.list('Topic'), withCode('STORE_UNAVAILABLE', 'not-applied'));
    impatient = false;
    // Reading again tells, as the caller is bound to; here the thread was sound, and applied it.
    assert.equal((await store.get('Topic', 'late'))?.version, 1);
    assert.equal((await other.get('Topic', 'late'))?.version, 1);
    await store.close();
    await other.close();
  });

  describe('a watch', () => {
    it('whose deletions were forgotten asks for a listing; a younger one does not', async () => {
      const path = freshPath();
      const store = await open(path, { deletionsMax: 3 });
      const start = (await store.list('Topic')).version;
      const deletedAt: number[] = [];
      for (let index = 0; index < 6; index += 1) {
        const version = await createTopic(store, `t${index}`);
        await store.delete('Topic', `t${index}`, version);
        deletedAt.push((await store.list('Topic')).version);
      }
      const old = new WatchRecord(store, 'Topic', start);
      await old.until((events) => events.length > 0);
      assert.deepEqual(old.lines, ['resync']);
      const young = new WatchRecord(store, 'Topic', deletedAt[2] ?? 0);
      await young.until((events) => events.length === 3);
      assert.deepEqual(young.lines, ['deleted t3', 'deleted t4', 'deleted t5']);
      await store.close();
    });

    it('does not fall behind the deletions of other kinds', async () => {
      const path = freshPath();
      const store = await open(path, { deletionsMax: 3 });
      const { version } = await store.list('Broker');
      const record = new WatchRecord(store, 'Broker', version);
      for (let index = 0; index < 20; index += 1) {
        const created = await createTopic(store, `t${index}`);
        await store.delete('Topic', `t${index}`, created);
      }
      await store.create([{ kind: 'Broker', name: '0', spec: BROKER_SPEC }]);
      await record.until((events) => events.length > 0);
      assert.deepEqual(record.lines, ['put 0']);
      await store.close();
    });

    it('of thousands of objects arrives whole and in order', async () => {
      const path = freshPath();
      const store = await open(path);
      const names = Array.from({ length: 2000 }, (_, index) => `t${index}`);
      await store.create(names.map((name) => ({ kind: 'Topic', name, spec: topicSpec(name) })));
      const record = new WatchRecord(store, 'Topic', 0);
      await record.until((events) => events.length === names.length);
      assert.deepEqual(
        record.lines,
        names.map((name) => `put ${name}`),
      );
      assert.equal((await store.list('Topic')).objects.length, names.length);
      await store.close();
    });
  });
});

/** Passes if everything can be read, or if a typed error says that it cannot. */
async function readAll(open: () => Promise<ClusterStore>): Promise<void> {
  let store: ClusterStore | undefined;
  try {
    store = await open();
    await store.list('Topic');
    await createAndDelete(store);
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    assert.ok(
      ['CORRUPT_STATE', 'STORE_UNAVAILABLE', 'UNSUPPORTED_VERSION'].includes(error.code),
      String(error),
    );
  } finally {
    await store?.close();
  }
}

async function createAndDelete(store: ClusterStore): Promise<void> {
  const [version] = await store.create([{ kind: 'Topic', name: 'x', spec: topicSpec('x') }]);
  await store.delete('Topic', 'x', version ?? 0);
}
