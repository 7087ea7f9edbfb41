import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32c } from '@millrace/core/crc32c';
import { newCopyId } from '@millrace/core/ids';
import { SeededRandom } from '../../src/io/seededRandom.ts';
import type { SimFaultPlan } from '../../src/io/sim/simFaults.ts';
import { Journal, type JournalEntry, type JournalEvents } from '../../src/log/journal/journal.ts';
import { JournalFile } from '../../src/log/journal/journalFile.ts';
import { JournalScanner } from '../../src/log/journal/journalScan.ts';
import { allRules } from '../../src/log/logRules.ts';
import { WritePace } from '../../src/log/journal/writePace.ts';
import { formattedDisk, simMachine } from '../io/sim/simMachine.ts';

const copyId = newCopyId(new SeededRandom(1).bytes(6));
const journalId = Buffer.alloc(16, 7);
const fileBytes = 32 * 1024;

function entry(offset: number, bytes: number): JournalEntry {
  const body = Buffer.alloc(bytes, offset & 0xff);
  return { kind: 'append', copyId, offset, position: 0, batches: [body], bytes };
}

async function begun(filesMax: number, plan?: SimFaultPlan, events: Partial<JournalEvents> = {}) {
  const machine = simMachine(1, plan, formattedDisk('/journal'));
  const { storage, clock, scheduler } = machine;
  const directory = '/journal';
  const first = await scheduler.settle(JournalFile.allocate(storage, directory, 0, fileBytes));
  const pace = new WritePace(clock);
  const work = Journal.begin(
    { storage, clock, pace, directory, journalId, fileBytes, filesMax, rulesOff: allRules },
    [first],
  );
  const journal = await scheduler.settle(work);
  journal.listen({
    onSynced() {},
    onFileFilled() {},
    onFull() {},
    onWritten() {},
    onFailed() {},
    ...events,
  });
  return { ...machine, journal };
}

/** Into the page cache, without waiting for anything. */
function writeNow(journal: Journal, ...entries: readonly JournalEntry[]): void {
  assert.equal(journal.write(entries), undefined);
}

async function framesIn(machine: Awaited<ReturnType<typeof begun>>, after = 0) {
  const scanner = new JournalScanner(machine.storage, '/journal', journalId, after);
  const scan = await machine.scheduler.settle(scanner.scan());
  const frames: { sequence: number; offset: number; bytes: number }[] = [];
  const work = scanner.replay(scan, ({ header, body }) => {
    frames.push({ sequence: header.sequence, offset: header.offset, bytes: body.length });
  });
  await machine.scheduler.settle(work);
  return { scan, frames };
}

test('groups begin on 4 KiB and are found in order', async () => {
  const machine = await begun(2);
  const { journal, storage } = machine;
  writeNow(journal, entry(0, 100), entry(1, 5000));
  writeNow(journal, entry(2, 10));
  const bytes = storage.readFile('/journal/0');
  // Frame sequences at the begin of each group: open, then 2, then 4 after 2 x 52 + 5,100 bytes.
  for (const [at, sequence] of [
    [0, 1],
    [4096, 2],
    [4096 + 8192, 4],
  ] as const) {
    assert.equal(bytes.readBigUInt64BE(at + 8), BigInt(sequence));
  }
  const { scan, frames } = await framesIn(machine);
  assert.deepEqual(frames, [
    { sequence: 1, offset: 0, bytes: 0 },
    { sequence: 2, offset: 0, bytes: 100 },
    { sequence: 3, offset: 1, bytes: 5000 },
    { sequence: 4, offset: 2, bytes: 10 },
  ]);
  assert.equal(scan.hole, undefined);
  assert.equal(scan.tornTail, false);
});

test('an end is synced only by a sync issued after its write', async () => {
  const synced: number[] = [];
  const machine = await begun(2, undefined, { onSynced: (sequence) => synced.push(sequence) });
  const { journal, scheduler } = machine;
  writeNow(journal, entry(0, 10));
  journal.sync();
  writeNow(journal, entry(1, 10));
  await scheduler.settle(journal.whenSynced(3));
  assert.deepEqual(synced, [2, 3]);
});

test('a full journal waits for a checkpoint and goes on in the freed file', async () => {
  const events: string[] = [];
  const machine = await begun(2, undefined, {
    onFull: (state) => events.push(state),
    onFileFilled: () => events.push('filled'),
  });
  const { journal, scheduler } = machine;
  let written = 0;
  const writing = (async () => {
    for (let offset = 0; offset < 20; offset++) {
      await journal.write([entry(offset, 6000)]);
      written = offset + 1;
    }
  })();
  await scheduler.runUntilIdle();
  assert.ok(written < 20);
  assert.equal(events.filter((event) => event === 'filled').length, 2);
  assert.equal(events.at(-1), 'waiting');
  assert.equal(journal.fileCount, 2);
  const stuckAt = written;
  // A checkpoint that covers too little frees nothing.
  journal.release(1);
  await scheduler.runUntilIdle();
  assert.equal(written, stuckAt);
  while (written < 20) {
    journal.release(journal.syncedSequence);
    await scheduler.runUntilIdle();
  }
  await writing;
  assert.equal(journal.fileCount, 2);
  assert.ok(events.includes('going-on'));
  const { frames } = await framesIn(machine, journal.writtenSequence - 3);
  assert.deepEqual(
    frames.map(({ offset }) => offset),
    [17, 18, 19],
  );
});

test('after a failed sync nothing is synced or written again', async () => {
  let syncs = 0;
  const failures: string[] = [];
  const plan: SimFaultPlan = ({ kind, path }) => {
    if (kind !== 'sync' || path !== '/journal/0') return undefined;
    syncs += 1;
    return syncs === 3 ? { kind: 'error', code: 'EIO' } : undefined;
  };
  const { journal, scheduler } = await begun(2, plan, {
    onFailed: ({ code }) => failures.push(code),
  });
  writeNow(journal, entry(0, 10));
  await assert.rejects(scheduler.settle(journal.whenSynced(2)), { code: 'STORAGE_FAILED' });
  assert.throws(() => journal.write([entry(1, 10)]), { code: 'STORAGE_FAILED' });
  journal.sync();
  await assert.rejects(journal.whenSynced(2));
  await scheduler.runUntilIdle();
  assert.equal(syncs, 3);
  assert.deepEqual(failures, ['STORAGE_FAILED']);
  assert.equal(journal.syncedSequence, 1);
});

test('a failed write fails the journal', async () => {
  const failures: string[] = [];
  let isBroken = false;
  const plan: SimFaultPlan = ({ kind }) =>
    isBroken && kind === 'write' ? { kind: 'error', code: 'EIO' } : undefined;
  const { journal } = await begun(2, plan, { onFailed: ({ code }) => failures.push(code) });
  isBroken = true;
  assert.throws(() => journal.write([entry(0, 10)]), { code: 'STORAGE_FAILED' });
  isBroken = false;
  assert.throws(() => journal.write([entry(0, 10)]), { code: 'STORAGE_FAILED' });
  assert.deepEqual(failures, ['STORAGE_FAILED']);
});

test('frames past the end that were not synced are a torn tail', async () => {
  const machine = await begun(2);
  const { journal, disk } = machine;
  for (let offset = 0; offset < 3; offset++) writeNow(journal, entry(offset, 10));
  // The group of frame 3 was not synced when frame 4 was written.
  disk.flipBit('/journal/0', 2 * 4096 + 30, 0);
  const { scan, frames } = await framesIn(machine, 1);
  assert.deepEqual(
    frames.map(({ sequence }) => sequence),
    [2],
  );
  assert.equal(scan.endSequence, 2);
  assert.equal(scan.hole, undefined);
  assert.equal(scan.tornTail, true);
});

test('a bad frame that a later one names as synced is a hole', async () => {
  const machine = await begun(2);
  const { journal, scheduler, disk } = machine;
  for (let offset = 0; offset < 2; offset++) writeNow(journal, entry(offset, 10));
  await scheduler.settle(journal.whenSynced(3));
  writeNow(journal, entry(2, 10));
  disk.flipBit('/journal/0', 2 * 4096 + 60, 0);
  const { scan } = await framesIn(machine, 1);
  assert.equal(scan.endSequence, 2);
  assert.match(scan.hole ?? '', /frame 3 is missing/);
});

test('a journal that ends before its checkpoint is a hole', async () => {
  const machine = await begun(2);
  writeNow(machine.journal, entry(0, 10));
  const { scan } = await framesIn(machine, 9);
  assert.match(scan.hole ?? '', /names frame 9, the last one found is 2/);
});

test('a file that cannot be read is a hole', async () => {
  let isBroken = false;
  const plan: SimFaultPlan = ({ kind }) =>
    isBroken && kind === 'read' ? { kind: 'error', code: 'EIO' } : undefined;
  const machine = await begun(2, plan);
  isBroken = true;
  const { scan } = await framesIn(machine);
  assert.match(scan.hole ?? '', /journal file 0 cannot be read \(EIO\)/);
});

test('no frame of another journal is found', async () => {
  const machine = await begun(2);
  writeNow(machine.journal, entry(0, 10));
  const scanner = new JournalScanner(machine.storage, '/journal', Buffer.alloc(16, 8), 1);
  const scan = await machine.scheduler.settle(scanner.scan());
  assert.equal(scan.found, false);
});

test('a file whose first group was torn when it was begun again still tells what was synced', async () => {
  const machine = await begun(2);
  const { journal, storage, scheduler, disk } = machine;
  const write = async (offset: number): Promise<void> => {
    await scheduler.settle(Promise.resolve(journal.write([entry(offset, 100)])));
  };
  // A page each: 1 to 8 in the first file, 9 to 16 in the second, 17 and 18 in the first again.
  for (let sequence = 2; sequence <= 16; sequence++) await write(sequence);
  await scheduler.settle(journal.whenSynced(16));
  journal.release(8);
  const before = storage.readFile('/journal/0').subarray(0, 4096);
  for (let sequence = 17; sequence <= 18; sequence++) await write(sequence);
  const torn = disk.file('/journal/0', 'damage');
  assert.equal(torn.view(0, 4096).readBigUInt64BE(8), 17n);
  torn.write(before, 0);
  const whole = (await framesIn(machine, 9)).scan;
  assert.equal(whole.hole, undefined);
  assert.equal(whole.endSequence, 16);
  assert.equal(whole.tornTail, true);
  assert.deepEqual(whole.neededFiles, new Set([0, 1]));

  disk.file('/journal/1', 'damage').write(Buffer.alloc(4096), 7 * 4096);
  const { scan } = await framesIn(machine, 9);
  assert.equal(scan.hole, 'frame 16 is missing; frames up to 16 were synced');
});

test('a frame of a kind that only a newer version knows is refused, not taken for a torn tail', async () => {
  const machine = await begun(2);
  writeNow(machine.journal, entry(0, 10));
  const bytes = machine.storage.readFile('/journal/0').subarray(4096, 4096 + 62);
  bytes[24] = 5;
  bytes.writeUInt32BE(crc32c(bytes.subarray(8), crc32c(journalId)), 4);
  machine.disk.file('/journal/0', 'newer').write(bytes, 4096);
  const scanAfter = (sequence: number): Promise<unknown> =>
    machine.scheduler.settle(
      new JournalScanner(machine.storage, '/journal', journalId, sequence).scan(),
    );
  await assert.rejects(scanAfter(1), { code: 'UNSUPPORTED_VERSION' });
  // A checkpoint covers it.
  await scanAfter(2);
});
