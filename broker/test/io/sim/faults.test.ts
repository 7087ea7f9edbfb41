import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../../../src/io/seededRandom.ts';
import {
  faultAt,
  firstOf,
  randomFaults,
  shortTransfers,
  type SimFaultPlan,
} from '../../../src/io/sim/simFaults.ts';
import { formattedDisk, simMachine } from './simMachine.ts';

function fileMachine(seed: number, plan?: SimFaultPlan) {
  const machine = simMachine(seed, plan, formattedDisk('/data'));
  const file = machine.storage.open('/data/file', 'create');
  machine.storage.syncDirectoryNow('/data');
  return { ...machine, file };
}

test('short writes are completed above the disk', async () => {
  const plan = shortTransfers(new SeededRandom(1), 0.9);
  const { file, storage, scheduler } = fileMachine(1, plan);
  const buffers = Array.from({ length: 40 }, (_, index) => Buffer.alloc(index * 7, index));
  file.writeNow(buffers, 3);
  await scheduler.settle(file.write(buffers, 10_000));
  const bytes = Buffer.concat(buffers);
  const content = storage.readFile('/data/file');
  assert.deepEqual(content.subarray(3, 3 + bytes.length), bytes);
  assert.deepEqual(content.subarray(10_000), bytes);
});

test('a failed write throws its code and may have written a first part', async () => {
  const lengths = new Set<number>();
  for (let seed = 0; seed < 20; seed += 1) {
    const plan = faultAt(0, { kind: 'error', code: 'EIO' }, ({ kind }) => kind === 'write');
    const { file, scheduler } = fileMachine(seed, plan);
    await assert.rejects(scheduler.settle(file.write([Buffer.alloc(1000, 1)], 0)), { code: 'EIO' });
    lengths.add(file.size());
    file.writeNow([Buffer.alloc(10)], 0);
  }
  assert.ok(lengths.size > 10);
});

test('a full disk takes what fits, then says ENOSPC, and still takes what needs no space', () => {
  const { disk, file, storage } = fileMachine(2);
  disk.capacityBytes = 10_000;
  file.writeNow([Buffer.alloc(4000, 1)], 0);
  assert.equal(storage.freeBytes('/data').free, 6000);
  assert.throws(() => file.writeNow([Buffer.alloc(8000, 2)], 4000), { code: 'ENOSPC' });
  assert.equal(file.size(), 10_000);
  file.writeNow([Buffer.alloc(10_000, 3)], 0);
  file.truncate(0);
  assert.equal(storage.freeBytes('/data').free, 10_000);
});

test('after a failed sync the bytes read as new, later syncs succeed, and power loss tells', () => {
  let lost = 0;
  for (let seed = 0; seed < 40; seed += 1) {
    const plan = faultAt(1, { kind: 'error', code: 'EIO' }, ({ kind }) => kind === 'sync');
    const { disk, file, storage, random } = fileMachine(seed, plan);
    file.writeNow([Buffer.from('old')], 0);
    file.syncNow();
    file.writeNow([Buffer.from('new')], 0);
    assert.throws(() => file.syncNow(), { code: 'EIO' });
    assert.equal(storage.readFile('/data/file').toString(), 'new');
    file.writeNow([Buffer.from('other sector')], 4096);
    file.syncNow();
    const after = disk.afterPowerLoss('all', random).snapshot().get('/data/file');
    assert.equal(after?.subarray(4096).toString(), 'other sector');
    if (after?.subarray(0, 3).toString() === 'old') lost += 1;
  }
  assert.ok(lost > 10 && lost < 40, `${lost} of 40 lost`);
});

test('after a failed directory sync a name may be lost for good', () => {
  const found = new Set<boolean>();
  for (let seed = 0; seed < 20; seed += 1) {
    const plan = faultAt(1, { kind: 'error', code: 'EIO' }, ({ kind }) => kind === 'syncDirectory');
    const { disk, storage, random } = fileMachine(seed, plan);
    storage.open('/data/other', 'create').close();
    assert.throws(() => storage.syncDirectoryNow('/data'), { code: 'EIO' });
    storage.syncDirectoryNow('/data');
    assert.ok(storage.exists('/data/other'));
    found.add(disk.afterPowerLoss('all', random).exists('/data/other'));
  }
  assert.equal(found.size, 2);
});

test('a flipped bit is read, at once and after power loss', () => {
  const { disk, file, storage, random } = fileMachine(3);
  file.writeNow([Buffer.from([0, 0, 0])], 0);
  disk.flipBit('/data/file', 1, 7);
  assert.deepEqual(storage.readFile('/data/file'), Buffer.from([0, 128, 0]));
  file.syncNow();
  disk.flipBit('/data/file', 2, 0);
  const after = disk.afterPowerLoss('none', random).snapshot().get('/data/file');
  assert.deepEqual(after, Buffer.from([0, 128, 1]));
});

test('a delay holds a sync back in virtual time, and a synchronous call stops the clock’s owner', async () => {
  const plan = firstOf(
    faultAt(0, { kind: 'delay', ms: 5000 }, ({ kind }) => kind === 'sync'),
    faultAt(0, { kind: 'delay', ms: 7 }, ({ kind }) => kind === 'write'),
  );
  const { clock, file, scheduler } = fileMachine(4, plan);
  const startMs = clock.monotonicMs();
  file.writeNow([Buffer.from('x')], 0);
  assert.equal(clock.monotonicMs() - startMs, 7);
  await scheduler.settle(file.sync());
  assert.ok(clock.monotonicMs() - startMs >= 5007);
});

test('a process dies in the middle of a synchronous write', () => {
  const lengths = new Set<number>();
  for (let seed = 0; seed < 20; seed += 1) {
    const plan = faultAt(0, { kind: 'kill' }, ({ kind }) => kind === 'write');
    const { file, process, disk } = fileMachine(seed, plan);
    assert.throws(() => file.writeNow([Buffer.alloc(1000)], 0), { code: 'ESRCH' });
    assert.ok(!process.alive);
    lengths.add(disk.file('/data/file', 'stat').size);
  }
  assert.ok(lengths.size > 10);
});

test('random faults hit the operations and paths of their rules alone', () => {
  const rules = [
    {
      operations: ['sync'] as const,
      path: /journal/,
      probability: 1,
      fault: { kind: 'error', code: 'EIO' } as const,
    },
  ];
  const { file, storage } = fileMachine(5, randomFaults(new SeededRandom(5), rules));
  file.syncNow();
  const journal = storage.open('/data/journal', 'create');
  journal.writeNow([Buffer.from('x')], 0);
  assert.throws(() => journal.syncNow(), { code: 'EIO' });
});
