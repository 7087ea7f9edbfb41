import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBatch } from '@millrace/core/batchWriter';
import type { PartitionLog } from '../../src/log/partition/partitionLog.ts';
import { formattedDisk } from '../io/sim/simMachine.ts';
import { append, DirectoryWorld, topicId } from './directoryWorld.ts';

function batchAt(timestampMs: number): Buffer {
  return encodeBatch([{ timestamp: timestampMs, key: null, value: Buffer.alloc(600) }]);
}

async function appendAt(world: DirectoryWorld, log: PartitionLog, timestampMs: number) {
  const { baseOffset, endOffset } = append(log, batchAt(timestampMs));
  await world.run(log.whenDurable(endOffset));
  log.highWatermark = endOffset;
  return baseOffset;
}

async function logOf(world: DirectoryWorld): Promise<PartitionLog> {
  const directory = await world.open();
  return directory?.get(topicId, 0) ?? assert.fail('the log is gone');
}

test('an index that a boot has dropped does not come back, whoever has dropped it and however power is lost', async () => {
  const first = new DirectoryWorld(1, formattedDisk('/'));
  const directory = await first.open();
  await appendAt(first, await first.createLog(), 1000);
  await first.run(directory?.close() ?? assert.fail());

  // It removes the marker. The next one drops the indexes, and neither syncs that nor lives long enough to.
  const second = new DirectoryWorld(2, first.kill());
  await logOf(second);
  const third = new DirectoryWorld(3, second.kill());
  await logOf(third);

  const fourth = new DirectoryWorld(4, third.kill());
  const log = await logOf(fourth);
  const newer = await appendAt(fourth, log, 2000);
  await fourth.run(fourth.directory?.close() ?? assert.fail());

  const fifth = new DirectoryWorld(5, fourth.losePower('none'));
  const found = await logOf(fifth);
  found.highWatermark = found.logEndOffset;
  const record = await fifth.run(found.offsetForTimestamp(1500));
  assert.equal(record?.offset, newer);
});
