import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SeededRandom } from '../../../src/io/seededRandom.ts';
import type { SimDisk } from '../../../src/io/sim/simDisk.ts';
import { formattedDisk, simMachine } from './simMachine.ts';

function contentOf(disk: SimDisk): Record<string, string> {
  return Object.fromEntries(
    Array.from(disk.snapshot(), ([path, bytes]) => [path, bytes.toString()]),
  );
}

const seeds = Array.from({ length: 200 }, (_, seed) => seed);

/** The distinct disks that 200 power losses leave. */
function outcomesOf(disk: SimDisk): Set<string> {
  return new Set(
    seeds.map((seed) =>
      JSON.stringify(contentOf(disk.afterPowerLoss('random', new SeededRandom(seed)))),
    ),
  );
}

function fileMachine(seed: number) {
  const machine = simMachine(seed, undefined, formattedDisk('/data'));
  const file = machine.storage.open('/data/file', 'create');
  machine.storage.syncDirectoryNow('/data');
  return { ...machine, file };
}

const random = new SeededRandom(1);

test('synced bytes survive, unsynced ones any way', () => {
  const { file, disk } = fileMachine(1);
  file.writeNow([Buffer.from('synced')], 0);
  file.syncNow();
  file.writeNow([Buffer.from('SYNCED')], 0);
  assert.deepEqual(contentOf(disk), { '/data/file': 'SYNCED' });
  assert.deepEqual(contentOf(disk.afterPowerLoss('none', random)), { '/data/file': 'synced' });
  assert.deepEqual(contentOf(disk.afterPowerLoss('all', random)), { '/data/file': 'SYNCED' });
  assert.deepEqual(
    outcomesOf(disk),
    new Set(['{"/data/file":"synced"}', '{"/data/file":"SYNCED"}']),
  );
});

test('a synced file whose directory was not synced may be gone', () => {
  const { storage, disk } = simMachine(2, undefined, formattedDisk('/data'));
  const file = storage.open('/data/file', 'create');
  file.writeNow([Buffer.from('x')], 0);
  file.syncNow();
  assert.deepEqual(outcomesOf(disk), new Set(['{}', '{"/data/file":"x"}']));
  storage.syncDirectoryNow('/data');
  assert.deepEqual(outcomesOf(disk), new Set(['{"/data/file":"x"}']));
});

test('a directory is lost with what it holds unless its parent was synced', () => {
  const { storage, disk } = simMachine(3, undefined, formattedDisk('/data'));
  storage.mkdir('/data/a/b');
  storage.open('/data/a/b/file', 'create').syncNow();
  storage.syncDirectoryNow('/data/a/b');
  storage.syncDirectoryNow('/data/a');
  assert.deepEqual(outcomesOf(disk), new Set(['{}', '{"/data/a/b/file":""}']));
  storage.syncDirectoryNow('/data');
  assert.deepEqual(outcomesOf(disk), new Set(['{"/data/a/b/file":""}']));
});

test('a rename is there or not, never half', () => {
  const { storage, disk, file } = fileMachine(4);
  file.writeNow([Buffer.from('x')], 0);
  file.syncNow();
  storage.mkdir('/data/trash');
  storage.syncDirectoryNow('/data');
  storage.rename('/data/file', '/data/trash/file');
  const both = new Set(['{"/data/file":"x"}', '{"/data/trash/file":"x"}']);
  assert.deepEqual(outcomesOf(disk), both);
  storage.syncDirectoryNow('/data/trash');
  assert.deepEqual(outcomesOf(disk), both, 'the old parent is not synced yet');
  storage.syncDirectoryNow('/data');
  assert.deepEqual(outcomesOf(disk), new Set(['{"/data/trash/file":"x"}']));
});

test('an unlink that was not synced may be undone, and is never undone once it was', () => {
  const { storage, disk } = fileMachine(5);
  storage.unlink('/data/file');
  assert.deepEqual(outcomesOf(disk), new Set(['{}', '{"/data/file":""}']));
  storage.open('/data/file', 'createNew').writeNow([Buffer.from('new')], 0);
  storage.syncDirectoryNow('/data');
  assert.deepEqual(
    outcomesOf(disk),
    new Set([
      '{"/data/file":""}',
      '{"/data/file":"new"}',
      '{"/data/file":"\\u0000\\u0000\\u0000"}',
    ]),
  );
});

test('a cut that was not synced brings old bytes back, under new ones too', () => {
  const { disk, file } = fileMachine(6);
  file.writeNow([Buffer.alloc(1024, 'o')], 0);
  file.syncNow();
  file.truncate(512);
  file.writeNow([Buffer.alloc(512, 'n')], 512);
  const [o, n, zero] = ['o'.repeat(512), 'n'.repeat(512), '\0'.repeat(512)];
  const contents = [o, o + o, o + n, o + zero];
  assert.deepEqual(
    outcomesOf(disk),
    new Set(contents.map((content) => JSON.stringify({ '/data/file': content }))),
  );
});

test('a page is torn at sectors, and each sector is old or new', () => {
  const { disk, file } = fileMachine(7);
  file.writeNow([Buffer.alloc(8192, 'o')], 0);
  file.syncNow();
  file.writeNow([Buffer.alloc(8192, 'n')], 0);
  const outcomes = outcomesOf(disk);
  assert.ok(outcomes.size > 20);
  for (const outcome of outcomes) assert.match(outcome, /":"((o{512})|(n{512})){16}"}$/);
});

test('a sync covers what was written before its call, not what came during it', async () => {
  const { disk, file, scheduler } = fileMachine(8);
  file.writeNow([Buffer.alloc(512, 'a')], 0);
  const synced = file.sync();
  file.writeNow([Buffer.alloc(512, 'b')], 512);
  assert.ok(outcomesOf(disk).size > 2, 'nothing is durable before it ends');
  await scheduler.settle(synced);
  const a = 'a'.repeat(512);
  const contents = [a, a + 'b'.repeat(512), a + '\0'.repeat(512)];
  assert.deepEqual(
    outcomesOf(disk),
    new Set(contents.map((content) => JSON.stringify({ '/data/file': content }))),
  );
});

test('a file is replaced by the new content or not at all, wherever power fails', async () => {
  for (const seed of seeds) {
    const { disk, storage, scheduler, process } = fileMachine(seed);
    await scheduler.settle(storage.replaceFile('/data/file', Buffer.alloc(9000, 'o')));
    let done = false;
    void storage.replaceFile('/data/file', Buffer.alloc(9000, 'n')).then(() => {
      done = true;
    });
    for (let steps = seed % 12; steps > 0; steps -= 1) await scheduler.step();
    await scheduler.drain();
    process.kill();
    const after = disk.afterPowerLoss('random', new SeededRandom(seed));
    const content = contentOf(after)['/data/file'];
    if (done) assert.equal(content, 'n'.repeat(9000));
    else assert.match(content ?? '', /^(o{9000}|n{9000})$/);
  }
});

test('kill -9 loses nothing that was written', () => {
  const { disk, file, process } = fileMachine(9);
  file.writeNow([Buffer.from('x')], 0);
  process.kill();
  assert.deepEqual(contentOf(disk), { '/data/file': 'x' });
  assert.throws(() => file.writeNow([Buffer.from('y')], 0), { code: 'ESRCH' });
});

test('a pool write that kill -9 meets is done or not', async () => {
  const contents = new Set<string | undefined>();
  for (const seed of seeds.slice(0, 30)) {
    const { disk, file, process, scheduler } = fileMachine(seed);
    void file.write([Buffer.from('x')], 0);
    await scheduler.drain();
    process.kill();
    contents.add(contentOf(disk)['/data/file']);
  }
  assert.deepEqual(contents, new Set(['', 'x']));
});

test('a copy of a disk has its state, unsynced changes too, and a life of its own', () => {
  const { disk, file } = fileMachine(10);
  file.writeNow([Buffer.from('x')], 0);
  const copied = disk.copy();
  assert.deepEqual(outcomesOf(copied), outcomesOf(disk));
  file.writeNow([Buffer.from('y')], 0);
  assert.deepEqual(contentOf(copied), { '/data/file': 'x' });
});

test('whatever is done, all that a sync covered survives every power loss', () => {
  const step = fc.oneof(
    fc.record({ at: fc.nat(20_000), length: fc.integer({ min: 1, max: 9_000 }) }),
    fc.record({ cut: fc.nat(20_000) }),
    fc.constant('sync' as const),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), fc.nat(), (steps, seed) => {
      const { disk, file, storage } = fileMachine(seed);
      let fill = 0;
      for (const one of steps) {
        fill += 1;
        if (one === 'sync') file.syncNow();
        else if ('cut' in one) file.truncate(one.cut);
        else file.writeNow([Buffer.alloc(one.length, fill)], one.at);
      }
      file.syncNow();
      const content = storage.readFile('/data/file');
      for (const keep of ['none', 'random', 'all'] as const) {
        const after = disk.afterPowerLoss(keep, new SeededRandom(seed));
        assert.deepEqual(after.snapshot().get('/data/file'), content);
      }
    }),
    { numRuns: 100 },
  );
});
