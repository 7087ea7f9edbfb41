import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Offset } from '@millrace/core/ids';
import { OpenFiles } from '../../src/log/segment/openFiles.ts';
import { LogSegment } from '../../src/log/segment/segment.ts';
import { segmentPlace } from '../../src/log/segment/segmentPlace.ts';
import { formattedDisk, simMachine } from '../io/sim/simMachine.ts';

const broken = (error: unknown): never => assert.fail(String(error));

test('a sync that ends while a write is under way does not stand for that write', async () => {
  const plan = ({ kind, path }: { kind: string; path: string }) =>
    kind === 'write' && path.endsWith('.log') ? ({ kind: 'delay', ms: 1000 } as const) : undefined;
  const { storage, clock, scheduler } = simMachine(1, plan, formattedDisk('/data'));
  const openFiles = new OpenFiles(storage, 2);
  const place = segmentPlace('/data', { storage, openFiles, clock }, () => 4096);
  const segment = new LogSegment(place, 0 as Offset);
  let isWritten = false;
  let isSynced = false;
  void segment.write([Buffer.alloc(100, 1)], 100, broken).then(() => {
    isWritten = true;
  });
  void segment.sync().then(() => {
    isSynced = true;
  });
  await scheduler.runFor(500);
  assert.deepEqual([isSynced, isWritten], [true, false]);
  await scheduler.runFor(1000);
  assert.deepEqual([isWritten, segment.isDirty], [true, true]);
});
