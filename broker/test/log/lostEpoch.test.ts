import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Offset } from '@millrace/core/ids';
import type { SimDisk } from '../../src/io/sim/simDisk.ts';
import { formattedDisk } from '../io/sim/simMachine.ts';
import { append, batchOf, DirectoryWorld, topicId } from './directoryWorld.ts';

/** A disk after a power loss during the sync of the journal, which half of the seeds let end. */
async function lostBatch(seed: number): Promise<SimDisk> {
  let isSlow = false;
  const world = new DirectoryWorld(seed, formattedDisk('/'), ({ kind, path }) =>
    isSlow && kind === 'sync' && path.includes('/journal/')
      ? { kind: 'delay', ms: 5000 }
      : undefined,
  );
  const directory = (await world.open()) ?? assert.fail();
  const log = await world.createLog();
  isSlow = true;
  append(log, batchOf('lost'), 2);
  await world.machine.scheduler.runFor(20);
  // Epochs are durable with it, the batch in its line is not.
  directory.checkpoint().catch(() => undefined);
  await world.machine.scheduler.runFor(1000);
  assert.deepEqual([log.writtenEndOffset, log.durableEndOffset], [1, 0]);
  return world.losePower('none');
}

test('an empty log that still knows the epoch of batches which a crash took forgets it when it is cut', async () => {
  let found = 0;
  for (let seed = 1; seed <= 8; seed++) {
    const world = new DirectoryWorld(seed, await lostBatch(seed));
    const log = (await world.open())?.get(topicId, 0) ?? assert.fail();
    if (log.logEndOffset > 0) continue;
    found += 1;
    assert.equal(log.lastEpoch, 2);
    await world.run(log.truncateTo(0 as Offset));
    assert.equal(log.lastEpoch, -1);
  }
  assert.ok(found > 0, 'the batch was never lost');
});
