import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Offset } from '@millrace/core/ids';
import { batchOf } from '../directoryWorld.ts';
import { simLog } from '../simLog.ts';
import { markerThatComesBack, truncationThenPowerLoss } from './crashStories.ts';

test('a truncation is seen by all boots or by none, wherever they are killed and power is lost', async () => {
  await truncationThenPowerLoss(new Set());
  await assert.rejects(truncationThenPowerLoss(new Set(['frames-durable-before-cut'])), {
    name: 'AssertionError',
  });
});

test('who waits for what a truncation removes is told, and not that others came in its place', async () => {
  const { lone, settle } = simLog();
  const { endOffset } = lone.append(batchOf('lost'));
  lone.log.flush();
  const acknowledged = lone.log.whenDurable(endOffset);
  acknowledged.catch(() => undefined);
  await settle(lone.log.truncateTo(0 as Offset));
  lone.append(batchOf('another'), 1);
  lone.commit();
  assert.equal(lone.log.durableEndOffset, endOffset);
  await assert.rejects(acknowledged, { code: 'NOT_LEADER', outcome: 'unknown' });
});

test('a marker that a power loss brings back is void', async () => {
  await markerThatComesBack(new Set());
  await assert.rejects(markerThatComesBack(new Set(['marker-names-checkpoint'])), {
    name: 'AssertionError',
  });
});
