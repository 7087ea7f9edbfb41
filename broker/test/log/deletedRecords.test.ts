import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Offset } from '@millrace/core/ids';
import { CompactedLog } from './compaction/compactedLog.ts';

test('records that are deleted twice at once are gone for every boot when either call answers', async () => {
  const one = await CompactedLog.create({ cleanupPolicy: 'delete' });
  for (const text of ['a=1', 'b=1', 'c=1']) one.append([text]);
  await one.seal();
  const { directory } = one.world;
  assert.ok(directory !== undefined);
  await one.world.run(directory.checkpoint());
  const first = directory.retention.deleteRecords(one.log, 2 as Offset).catch(() => undefined);
  const again = await one.world.run(directory.retention.deleteRecords(one.log, 2 as Offset));
  assert.equal(again, 2);
  const booted = (await CompactedLog.open(one.world.losePower('none'))) ?? assert.fail();
  assert.equal(booted.log.logStartOffset, 2);
  await one.world.run(first);
});
