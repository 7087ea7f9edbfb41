import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Offset } from '@millrace/core/ids';
import { type RetainedSegment, retainedStart } from '../../src/log/partition/retention.ts';
import { batchOf, type LoneLog, smallConfig } from './loneLog.ts';
import { simLog } from './simLog.ts';

/** Ten offsets and 100 bytes each; `ages` in milliseconds, undefined: not known. */
function segments(ages: readonly (number | undefined)[]): RetainedSegment[] {
  return ages.map((age, index) => ({
    baseOffset: (index * 10) as Offset,
    endOffset: (index * 10 + 10) as Offset,
    sizeBytes: 100,
    newestMs: () => Promise.resolve(age === undefined ? undefined : 1000 - age),
  }));
}

const bounds = { nowMs: 1000, sizeBytes: 350, before: 1000 as Offset };

test('retention takes the oldest segments that exceed a limit, and stops at the first that does not', async () => {
  const table: [Partial<typeof smallConfig>, (number | undefined)[], number, number | undefined][] =
    [
      [{}, [900, 900, 900], 1000, undefined],
      [{ retentionMs: 500 }, [900, 501, 500], 1000, 20],
      [{ retentionMs: 500 }, [900, 10, 900], 1000, 10],
      [{ retentionMs: 500 }, [900, undefined, 900], 1000, 10],
      [{ retentionMs: 500 }, [900, 900, 900], 20, 20],
      [{ retentionMs: 500 }, [900, 900, 900], 9, undefined],
      [{ retentionBytes: 350 }, [0, 0, 0], 1000, undefined],
      [{ retentionBytes: 250 }, [0, 0, 0], 1000, 10],
      [{ retentionBytes: 0 }, [0, 0, 0], 1000, 30],
      [{ retentionBytes: 250, retentionMs: 500 }, [0, 900, 0], 1000, 20],
      [{ retentionMs: 500, cleanupPolicy: 'compact' }, [900, 900], 1000, undefined],
      [{ retentionMs: 500, cleanupPolicy: 'compact,delete' }, [900, 0], 1000, 10],
    ];
  for (const [config, ages, before, expected] of table) {
    const start = await retainedStart(
      segments(ages),
      { ...smallConfig, ...config },
      { ...bounds, before: before as Offset },
    );
    assert.equal(start, expected, JSON.stringify([config, ages, before]));
  }
});

function fill(lone: LoneLog, count: number): void {
  for (let index = 0; index < count; index++) {
    lone.append(batchOf({ records: 1, valueBytes: 1000, timestampMs: lone.clock.nowMs }), index);
    lone.commit();
  }
}

test('segments go only once a durable line begins past them, and restarts agree', async () => {
  const { lone, settle, storage } = simLog({ config: { retentionBytes: 3000 } });
  fill(lone, 12);
  assert.equal(await settle(lone.log.retention.expire()), false, 'nothing is checkpointed yet');
  await settle(lone.checkpoint());
  const files = (): number =>
    storage.list('/log').filter(({ name }) => name.endsWith('.log')).length;
  const before = files();
  assert.equal(await settle(lone.log.retention.expire()), true);
  const start = lone.log.logStartOffset;
  assert.ok(start > 0);
  lone.log.retention.removeExpired();
  assert.equal(files(), before);
  await settle(lone.checkpoint());
  lone.log.retention.removeExpired();
  assert.ok(files() < before);
  assert.ok(lone.log.sizeBytes >= 3000);
  assert.deepEqual(lone.log.endOfEpoch(start - 1), { epoch: -1, endOffset: start });
  await settle(lone.restart());
  assert.equal(lone.log.logStartOffset, start);
  assert.equal(lone.log.logEndOffset, 12);
  assert.deepEqual(lone.log.endOfEpoch(start), { epoch: start, endOffset: start + 1 });
  await settle(lone.crash());
  assert.equal(lone.log.logStartOffset, start);
});

test('nothing at or above the high watermark goes', async () => {
  const { lone, settle } = simLog({ config: { retentionBytes: 0 } });
  fill(lone, 12);
  lone.log.highWatermark = 5 as Offset;
  await settle(lone.checkpoint());
  await settle(lone.log.retention.expire());
  assert.ok(lone.log.logStartOffset <= 5);
});

test('data older than retentionMs goes although its segment never filled, after a crash too', async () => {
  for (const boot of ['none', 'clean', 'crash']) {
    const { lone, settle } = simLog({ config: { retentionMs: 10_000 } });
    fill(lone, 2);
    await settle(lone.checkpoint());
    if (boot === 'clean') await settle(lone.restart());
    if (boot === 'crash') await settle(lone.crash());
    assert.equal(await settle(lone.log.retention.expire()), false);
    lone.clock.nowMs += 10_001;
    await settle(lone.log.retention.expire());
    await settle(lone.checkpoint());
    await settle(lone.log.retention.expire());
    assert.equal(lone.log.logStartOffset, 2, boot);
    // The epoch outlives its last batch: it must never come again.
    await settle(lone.checkpoint());
    await settle(lone.crash());
    assert.equal(lone.log.lastEpoch, 1);
    const next = batchOf({ records: 1, valueBytes: 1, timestampMs: lone.clock.nowMs });
    lone.append(next, 2);
    lone.commit();
    assert.equal(lone.log.logEndOffset, 3);
    await settle(lone.restart());
    assert.deepEqual(lone.log.endOfEpoch(2), { epoch: 2, endOffset: 3 });
  }
});

test('the log start stays where it is while a truncation is under way', async () => {
  const { lone, settle } = simLog({ config: { retentionBytes: 0 } });
  fill(lone, 12);
  await settle(lone.checkpoint());
  const announced = Promise.withResolvers<void>();
  lone.journalTruncation = () => announced.promise;
  const truncated = lone.log.truncateTo(10 as Offset);
  assert.equal(await settle(lone.log.retention.expire()), false);
  lone.log.retention.removeExpired();
  announced.resolve();
  await settle(truncated);
  assert.equal(lone.log.logStartOffset, 0);
  assert.equal(lone.log.logEndOffset, 10);
});

test('a truncation to the log start empties the log, whatever is left of expired segments', async () => {
  const { lone, settle } = simLog({ config: { retentionBytes: 3000 } });
  fill(lone, 12);
  await settle(lone.checkpoint());
  await settle(lone.log.retention.expire());
  const start = lone.log.logStartOffset;
  await settle(lone.log.truncateTo(start));
  assert.equal(lone.log.logEndOffset, start);
  lone.append(batchOf({ records: 1, valueBytes: 10, timestampMs: lone.clock.nowMs }), 20);
  lone.commit();
  await settle(lone.checkpoint());
  lone.log.retention.removeExpired();
  await settle(lone.crash());
  assert.equal(lone.log.logStartOffset, start);
  assert.equal(lone.log.logEndOffset, start + 1);
});
