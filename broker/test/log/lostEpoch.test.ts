import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Offset } from '@millrace/core/ids';
import { encodeEpochs, EPOCHS_FILE } from '../../src/log/epochs/epochsFile.ts';
import { formattedDisk } from '../io/sim/simMachine.ts';
import { append, batchOf, DirectoryWorld, topicId } from './directoryWorld.ts';

test('an empty log that still knows the epoch of batches which a crash took forgets it when it is cut', async () => {
  const first = new DirectoryWorld(1, formattedDisk('/'));
  await first.open();
  const { directory } = await first.createLog();
  // A checkpoint saves the epochs of all that is written, also of what no sync has covered.
  const epochs = encodeEpochs([{ epoch: 2, startOffset: 0 as Offset }]);
  await first.run(first.machine.storage.replaceFile(join(directory, EPOCHS_FILE), epochs));
  const second = new DirectoryWorld(2, first.losePower('none'));
  const log = (await second.open())?.get(topicId, 0) ?? assert.fail();
  assert.deepEqual([log.logEndOffset, log.lastEpoch], [0, 2]);
  await second.run(log.truncateTo(0 as Offset));
  assert.equal(log.lastEpoch, -1);
  const { endOffset } = append(log, batchOf('of an older epoch'), 1);
  await second.run(log.whenDurable(endOffset));
  assert.equal(log.lastEpoch, 1);
});
