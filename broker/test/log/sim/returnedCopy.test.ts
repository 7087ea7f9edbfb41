// Seed 9739 of `restarts`: the name of a deleted copy comes back with a power loss, after a boot that saw it gone has
// written a checkpoint without its line.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readBatchHeader } from '@millrace/core/batchHeader';
import { encodeBatch } from '@millrace/core/batchWriter';
import type { SimDisk } from '../../../src/io/sim/simDisk.ts';
import { faultAt, type SimFaultPlan, type SimOperation } from '../../../src/io/sim/simFaults.ts';
import { formattedDisk } from '../../io/sim/simMachine.ts';
import { booted, directoryOf, logOf } from '../bootedDirectory.ts';
import { append, DirectoryWorld, topicId } from '../directoryWorld.ts';
import { splitBatches } from './batchSource.ts';
import { CopyModel, type FoundCopy } from './copyModel.ts';
import { lookAt } from './logReading.ts';
import { checkRecovered } from './recoveryCheck.ts';

const unclean = { ending: 'crash', wasClean: false, isMinted: true, isCompacted: false } as const;

test('a deleted copy that a power loss brings back is looked at and takes no batch, at this boot and the next', async () => {
  const { disk, model } = await deletedAndForgotten();
  const second = await booted(disk, 2);
  await checkGivenUp(second, model);
  // What it does not know of its producers must not reach a later boot as a snapshot.
  await second.run(directoryOf(second).close());
  const third = await booted(second.losePower('none'), 3);
  await checkGivenUp(third, model);
});

test('a copy that is not given up must remember its producers', async () => {
  const { disk, model } = await deletedAndForgotten();
  const world = await booted(disk, 2);
  const found = await look(world);
  const served: FoundCopy = { ...found, isOffline: false };
  assert.throws(() => checkRecovered(model, served, unclean), /producer 3 wrote 0 at 0/);
});

async function checkGivenUp(world: DirectoryWorld, model: CopyModel): Promise<void> {
  const { mintedCopies } = directoryOf(world).recovered;
  assert.deepEqual(
    mintedCopies.map(({ reason, detail }) => [reason, detail]),
    [['corruption', 'the checkpoint has no line of it']],
  );
  const found = await look(world);
  assert.equal(found.batches.length, 1, 'its batches can be read');
  assert.throws(() => append(logOf(world), sequenced()), { code: 'PARTITION_OFFLINE' });
  checkRecovered(model, found, unclean);
}

async function look(world: DirectoryWorld): Promise<FoundCopy> {
  return (await world.run(lookAt(logOf(world), 0))) ?? assert.fail('the process died');
}

/** Killed with the copy in the trash, unsynced; the next boot drops its line and dies; power is lost. */
async function deletedAndForgotten(): Promise<{ disk: SimDisk; model: CopyModel }> {
  const deletion = { hasBegun: false };
  const syncOfNames = ({ kind, path }: SimOperation): boolean =>
    deletion.hasBegun && kind === 'syncDirectory' && path.includes('/topics');
  const first = await booted(formattedDisk('/data'), 1, killAt(syncOfNames));
  const log = await first.createLog();
  const model = new CopyModel(topicId, 0, 'fsync');
  const batch = sequenced();
  const { endOffset } = append(log, batch);
  await first.run(log.whenDurable(endOffset));
  await first.run(directoryOf(first).checkpoint());
  model.append(splitBatches(batch).map((one) => ({ ...one, timestamps: [] })));
  model.stage = 'deleting';
  model.isTrusted = false;
  deletion.hasBegun = true;
  await first.run(directoryOf(first).deleteCopies([log]));
  assert.ok(!first.machine.process.alive, 'it dies before the deletion is durable');

  // Its checkpoint is durable by then, and no name in topics/ is synced again.
  const emptiesTrash = ({ kind, path }: SimOperation): boolean =>
    kind === 'list' && path === '/data/trash';
  const boot = new DirectoryWorld(2, first.kill(), killAt(emptiesTrash));
  await boot.open();
  assert.ok(!boot.machine.process.alive, 'it dies before it empties the trash');
  return { disk: boot.losePower('none'), model };
}

function sequenced(): Buffer {
  const records = [{ key: null, value: Buffer.from('alpha'), timestamp: 1_750_000_000_000 }];
  const batch = encodeBatch(records, { producerId: 3, producerEpoch: 0, baseSequence: 0 });
  assert.equal(readBatchHeader(batch, 0).producerId, 3);
  return batch;
}

function killAt(matches: (operation: SimOperation) => boolean): SimFaultPlan {
  return faultAt(0, { kind: 'kill' }, matches);
}
