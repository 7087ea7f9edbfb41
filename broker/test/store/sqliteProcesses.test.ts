import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { SeededRandom } from '../../src/io/seededRandom.ts';
import { systemClock } from '../../src/io/systemClock.ts';
import { systemRandom } from '../../src/io/systemRandom.ts';
import type { ClusterStore } from '../../src/store/clusterStore.ts';
import { openSqliteStore } from '../../src/store/sqliteStore.ts';
import { ChildLines } from './childLines.ts';
import { createCounter, topicSpec, withCode } from './storedExamples.ts';
import { temporaryDirectory } from './temporaryDirectory.ts';

/** Rounds of kill -9; more for a soak. */
const KILLS = Number(process.env['MILLRACE_TEST_STORE_KILLS'] ?? 4);
const SEED = Number(process.env['MILLRACE_TEST_SEED'] ?? Date.now());

describe('several processes on one store file', () => {
  const directory = temporaryDirectory();
  const opened: ClusterStore[] = [];
  const children: ChildLines[] = [];
  after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(opened.map((store) => store.close()));
    directory.remove();
  });
  let files = 0;
  const freshPath = (): string => join(directory.path, `cluster-${files++}.db`);
  const open = async (path: string, busyMsMax = 2000) => {
    const options = { clock: systemClock, random: systemRandom, busyMsMax, pollMs: 5 };
    const store = await openSqliteStore(path, options);
    opened.push(store);
    return store;
  };
  const start = (...args: ConstructorParameters<typeof ChildLines>) => {
    const child = new ChildLines(...args);
    children.push(child);
    return child;
  };

  it('take every number of a shared counter once', async () => {
    const path = freshPath();
    const store = await open(path);
    await createCounter(store);
    const perProcess = 60;
    const takers = [0, 1, 2].map(() => start('take', path, perProcess));
    await Promise.all(takers.map((child) => child.ended));
    const lines = takers.flatMap((child) => child.lines);
    assert.equal(lines.filter((line) => line === 'done').length, takers.length);
    const taken = lines.filter((line) => line !== 'done').map(Number);
    assert.deepEqual(
      taken.toSorted((a, b) => a - b),
      Array.from({ length: takers.length * perProcess }, (_, index) => index),
    );
    await store.close();
  });

  it('keep all that was acknowledged when one is killed, and the others go on', async (context) => {
    context.diagnostic(`seed ${SEED}`);
    const random = new SeededRandom(SEED);
    const path = freshPath();
    const witness = await open(path);
    const acknowledged: string[] = [];
    for (let round = 0; round < KILLS; round += 1) {
      const child = start('write', path, 1_000_000);
      await child.untilLines(1 + random.int(40));
      child.kill('SIGKILL');
      await child.ended;
      assert.ok(child.lines.length > 0);
      acknowledged.push(...child.lines);
      const name = `witness-${round}`;
      await witness.create([{ kind: 'Topic', name, spec: topicSpec(name) }]);
      acknowledged.push(name);
      const fresh = await open(path);
      const { objects } = await fresh.list('Topic');
      const stored = new Set(objects.map((object) => object.name));
      assert.deepEqual(
        acknowledged.filter((each) => !stored.has(each)),
        [],
      );
      // At most the one write that was under way in each killed process.
      assert.ok(stored.size <= acknowledged.length + round + 1);
      await fresh.close();
    }
    await witness.close();
  });

  it('go on when one that is stopped in its tracks runs again or dies', async () => {
    const path = freshPath();
    const store = await open(path, 300);
    const child = start('write', path, 1_000_000);
    await child.untilLines(20);
    child.kill('SIGSTOP');
    // It may or may not hold the lock: either answer is honest, and reads never wait for it.
    const name = 'beside';
    const written = await store.create([{ kind: 'Topic', name, spec: topicSpec(name) }]).then(
      () => true,
      (error: unknown) => {
        assert.ok(withCode('STORE_UNAVAILABLE', 'not-applied')(error));
        return false;
      },
    );
    assert.equal((await store.get('Topic', name)) !== undefined, written);
    child.kill('SIGKILL');
    await child.ended;
    const after = 'after';
    await store.create([{ kind: 'Topic', name: after, spec: topicSpec(after) }]);
    await store.close();
  });

  it('keep all that was acknowledged when the disk takes no more', async () => {
    const path = freshPath();
    const child = start('write', path, 1_000_000, 256);
    await child.ended;
    const last = child.lines.pop();
    assert.match(last ?? '', /^STORE_UNAVAILABLE (not-applied|unknown)$/);
    assert.ok(child.lines.length > 0);
    const store = await open(path);
    const { objects } = await store.list('Topic');
    const stored = new Set(objects.map((object) => object.name));
    assert.deepEqual(
      child.lines.filter((each) => !stored.has(each)),
      [],
    );
    assert.ok(stored.size <= child.lines.length + 1);
    await store.create([{ kind: 'Topic', name: 'more', spec: topicSpec('more') }]);
    await store.close();
  });
});
