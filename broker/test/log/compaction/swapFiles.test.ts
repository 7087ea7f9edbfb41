import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Offset } from '@millrace/core/ids';
import type { Swap } from '../../../src/log/compaction/swapFile.ts';
import { swapNames } from '../../../src/log/compaction/swapFiles.ts';
import { decodeProducers, encodeProducers } from '../../../src/log/producers/producerSnapshot.ts';
import { segmentPath } from '../../../src/log/segment/segmentFiles.ts';
import { formattedDisk, simMachine } from '../../io/sim/simMachine.ts';

test('a swap that is done again keeps the newest snapshot of producers, whatever its name is by now', () => {
  const { storage } = simMachine(1, undefined, formattedDisk('/'));
  const directory = '/';
  const bases = [0, 2, 4].map((base) => base as Offset);
  const path = (base: number): string => segmentPath(directory, base as Offset, '.producers');
  // The newest was renamed before power was lost; the removal of an older one was not on the disk yet.
  for (const [base, end] of [
    [0, 9],
    [2, 3],
  ] as const) {
    const bytes = encodeProducers({ endOffset: end as Offset, producers: [] }, 0);
    const file = storage.open(path(base), 'create');
    file.writeNow([bytes], 0);
    file.close();
  }
  const old = bases.map((baseOffset) => ({ baseOffset, sizeBytes: 1 }));
  const swap: Swap = { old, cleaned: { baseOffset: 0 as Offset, sizeBytes: 1 } };
  swapNames({ storage, directory }, swap);
  assert.equal(decodeProducers(storage.readFile(path(0)), 0).endOffset, 9);
  assert.ok(!storage.exists(path(2)));
});
