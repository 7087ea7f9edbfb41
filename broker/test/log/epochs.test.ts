import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Offset } from '@millrace/core/ids';
import { Epochs, type EpochStart } from '../../src/log/epochs/epochs.ts';
import { decodeEpochs, encodeEpochs } from '../../src/log/epochs/epochsFile.ts';
import { LogCorruptError } from '../../src/log/logCorruptError.ts';

const start = (epoch: number, startOffset: number): EpochStart => ({
  epoch,
  startOffset: startOffset as Offset,
});
const some = (): Epochs => new Epochs([start(1, 0), start(4, 10), start(7, 25)]);
const at = (value: number): Offset => value as Offset;

test('the end of an epoch is where the next one begins, or the log end', () => {
  const table: [number, number, number][] = [
    [0, -1, 0],
    [1, 1, 10],
    [3, 1, 10],
    [4, 4, 25],
    [7, 7, 30],
    [9, 7, 30],
  ];
  for (const [asked, epoch, endOffset] of table) {
    assert.deepEqual(some().endOf(asked, at(30)), { epoch, endOffset });
  }
  assert.deepEqual(new Epochs().endOf(3, at(5)), { epoch: -1, endOffset: 5 });
});

test('an epoch is noted once, at its first batch, and never falls', () => {
  const epochs = some();
  const { changes } = epochs;
  epochs.note(7, at(28));
  assert.equal(epochs.changes, changes);
  epochs.note(9, at(28));
  assert.deepEqual(epochs.starts.at(-1), start(9, 28));
  assert.throws(() => epochs.note(8, at(30)), RangeError);
});

test('a cut forgets what begins at or past it, a trim what ends at or before it', () => {
  const cut = some();
  cut.cut(at(10));
  assert.deepEqual(cut.starts, [start(1, 0)]);
  const trimmed = some();
  trimmed.trim(at(12));
  assert.deepEqual(trimmed.starts, [start(4, 12), start(7, 25)]);
  const { changes } = trimmed;
  trimmed.trim(at(12));
  trimmed.cut(at(40));
  assert.equal(trimmed.changes, changes);
});

test('the last epoch outlives its batches, and gives way to the next at the same offset', () => {
  const epochs = some();
  epochs.trim(at(40));
  assert.deepEqual(epochs.starts, [start(7, 40)]);
  epochs.note(8, at(40));
  assert.deepEqual(epochs.starts, [start(8, 40)]);
});

test('the file holds these bytes', () => {
  const bytes = encodeEpochs(some().starts);
  assert.equal(bytes.toString(), 'millrace-epochs 1\n1 0\n4 10\n7 25\ncrc32c dd4f83ea\n');
  assert.deepEqual(decodeEpochs(bytes), some().starts);
  assert.deepEqual(decodeEpochs(encodeEpochs([])), []);
});

test('a file with any bit flipped or any byte missing is refused', () => {
  const bytes = encodeEpochs(some().starts);
  for (let index = 0; index < bytes.length; index++) {
    for (let bit = 0; bit < 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(index) ^ (1 << bit), index);
      // Hexadecimal digits have two cases.
      if (flipped.toString().toLowerCase() === bytes.toString()) continue;
      assert.throws(() => decodeEpochs(flipped), LogCorruptError);
    }
    assert.throws(() => decodeEpochs(bytes.subarray(0, index)), LogCorruptError);
  }
  assert.throws(() => decodeEpochs(encodeEpochs([start(2, 5), start(2, 6)])), LogCorruptError);
  assert.throws(() => decodeEpochs(encodeEpochs([start(2, 5), start(3, 5)])), LogCorruptError);
  assert.throws(() => decodeEpochs(encodeEpochs([start(2 ** 31, 5)])), LogCorruptError);
});
