import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Offset } from '@millrace/core/ids';
import type { SimDisk } from '../../src/io/sim/simDisk.ts';
import { formattedDisk } from '../io/sim/simMachine.ts';
import { booted, directoryOf, logOf } from './bootedDirectory.ts';
import { smallLogs } from './directoryWorld.ts';

/** A power loss after a log of twelve batches, two a segment, was cut to seven, below its line. */
async function cutBelowLine(): Promise<SimDisk> {
  const world = await booted(formattedDisk('/data'));
  const log = await world.createLog({ ...smallLogs, segmentBytesMax: 2500 });
  for (let batch = 0; batch < 12; batch++) await world.appendDurably(log, `b${batch}`, 1000);
  await world.run(directoryOf(world).checkpoint());
  await world.run(log.truncateTo(7 as Offset));
  return world.losePower('all');
}

test('a segment lost below a truncation that ends the log in an earlier segment than its line is missed', async () => {
  const disk = await cutBelowLine();
  const segments = [...disk.snapshot().keys()].filter((path) => path.endsWith('.log'));
  disk.unlink(segments[1] ?? assert.fail('the log has no second segment'));
  const next = await booted(disk, 2);
  assert.deepEqual(
    directoryOf(next).recovered.mintedCopies.map(({ reason }) => reason),
    ['corruption'],
  );
});

test('a truncation that ends the log in an earlier segment than its line keeps the copy', async () => {
  const next = await booted(await cutBelowLine(), 2);
  assert.deepEqual(directoryOf(next).recovered.mintedCopies, []);
  assert.equal(logOf(next).logEndOffset, 7);
});
