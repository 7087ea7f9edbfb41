import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Offset } from '@millrace/core/ids';
import fc from 'fast-check';
import { OffsetIndex } from '../../src/log/segment/offsetIndex.ts';
import { OpenFiles } from '../../src/log/segment/openFiles.ts';
import { TimeIndex } from '../../src/log/segment/timeIndex.ts';
import { formattedDisk, simMachine } from '../io/sim/simMachine.ts';

const at = (value: number): Offset => value as Offset;

function machine() {
  const { storage, scheduler } = simMachine(1, undefined, formattedDisk('/log'));
  const files = (): OpenFiles => new OpenFiles(storage, 4);
  const offsets = (): OffsetIndex => new OffsetIndex('/log/a.index', at(1000), storage, files());
  const times = (): TimeIndex => new TimeIndex('/log/a.timeindex', at(1000), storage, files());
  return { storage, scheduler, offsets, times };
}

test('sealed indexes hold these bytes', () => {
  const { storage, offsets, times } = machine();
  const index = offsets();
  index.add({ offset: at(1005), position: 4096 });
  index.add({ offset: at(1260), position: 70_000 });
  index.file.seal();
  const hex = (path: string): string => storage.readFile(path).toString('hex');
  assert.equal(
    hex('/log/a.index'),
    '00000005' + '00001000' + '00000104' + '00011170' + '4d524958' + '00000002' + 'cb94ef2b',
  );
  const time = times();
  time.add(1_750_000_000_000, at(1005));
  time.file.seal();
  assert.equal(
    hex('/log/a.timeindex'),
    '000001977420dc00' + '00000005' + '4d524958' + '00000001' + '4e07d76e',
  );
});

test('the nearest entry is found in memory, in the file and once sealed, whatever was cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 1500 }),
      fc.constantFrom('memory', 'file', 'reopened', 'sealed', 'verified'),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (steps, state, cutAt) => {
        const { scheduler, offsets } = machine();
        let index = offsets();
        let entries: { offset: number; position: number }[] = [];
        let offset = 1000;
        for (const step of steps) {
          offset += step;
          entries.push({ offset, position: entries.length * 100 + 7 });
          index.add({ offset: at(offset), position: entries.length * 100 - 93 });
        }
        if (state !== 'memory') index.file.flush();
        if (state === 'sealed' || state === 'verified') index.file.seal();
        if (state === 'reopened') {
          index = offsets();
          index.reopen(Math.floor(steps.length * cutAt) * 100);
          entries = entries.filter(
            ({ position }) => position < Math.floor(steps.length * cutAt) * 100,
          );
        }
        if (state === 'verified') {
          index = offsets();
          index.file.assumeSealed();
          assert.ok(await scheduler.settle(index.file.verify()));
        }
        const check = async (): Promise<void> => {
          for (const target of [999, 1000, offset, 1000 + Math.floor((offset - 1000) * cutAt)]) {
            const expected = entries.findLast((entry) => entry.offset <= target);
            assert.deepEqual(await scheduler.settle(index.floor(at(target))), expected);
          }
        };
        await check();
        const position = Math.floor(steps.length * cutAt) * 100 + 7;
        index.cut(position);
        entries = entries.filter((entry) => entry.position < position);
        await check();
        index.add({ offset: at(offset + 5), position: steps.length * 100 + 500 });
        entries.push({ offset: offset + 5, position: steps.length * 100 + 500 });
        offset += 5;
        index.file.seal();
        await check();
      },
    ),
    { numRuns: 60 },
  );
});

test('an entry says up to which batch all is older', async () => {
  const { scheduler, times } = machine();
  const index = times();
  for (const [timestampMs, offset] of [
    [100, 1010],
    [200, 1020],
    [300, 1030],
  ] as const) {
    index.add(timestampMs, at(offset));
  }
  for (const [timestampMs, expected] of [
    [100, undefined],
    [101, 1010],
    [300, 1020],
    [900, 1030],
  ] as const) {
    assert.equal(await scheduler.settle(index.olderUpTo(timestampMs)), expected);
  }
  assert.equal(await scheduler.settle(index.newest()), 300);
});

test('a sealed index with any bit flipped or any byte missing does not verify', async () => {
  const { storage, scheduler, offsets } = machine();
  const index = offsets();
  for (let count = 1; count <= 3; count++)
    index.add({ offset: at(1000 + count), position: count * 50 });
  index.file.seal();
  const bytes = storage.readFile('/log/a.index');
  const verifies = async (changed: Buffer): Promise<boolean> => {
    await scheduler.settle(storage.replaceFile('/log/a.index', changed));
    const again = offsets();
    again.file.assumeSealed();
    return scheduler.settle(again.file.verify());
  };
  for (let byte = 0; byte < bytes.length; byte++) {
    const flipped = Buffer.from(bytes);
    flipped.writeUInt8(flipped.readUInt8(byte) ^ (1 << (byte % 8)), byte);
    assert.equal(await verifies(flipped), false, `byte ${byte}`);
    assert.equal(await verifies(bytes.subarray(0, byte)), false, `${byte} bytes`);
  }
});
