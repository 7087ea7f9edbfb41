import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { encodeBatch } from '@millrace/core/batchWriter';
import type { Offset } from '@millrace/core/ids';
import { NodeStorage } from '../../src/io/nodeStorage.ts';
import { LoneLog } from './loneLog.ts';

/** On a real disk: decompression runs in the thread pool, of which the simulated one knows nothing. */
function realLog(context: TestContext): LoneLog {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-time-'));
  const lone = new LoneLog({ storage: new NodeStorage(), directory });
  context.after(() => {
    lone.openFiles.closeAll();
    rmSync(directory, { recursive: true });
  });
  return lone;
}

const records = (timestamps: readonly number[]) =>
  timestamps.map((timestamp) => ({ key: null, value: 'x'.repeat(100), timestamp }));

test('the first record in offset order that is new enough is found, inside compressed batches too', async (context) => {
  for (const compression of ['none', 'gzip', 'zstd'] as const) {
    const lone = realLog(context);
    lone.append(encodeBatch(records([100, 300, 200]), { compression }), 1);
    lone.append(encodeBatch(records([150, 250, 350]), { compression }), 2);
    lone.commit();
    const table: [number, number | undefined, number | undefined, number | undefined][] = [
      [0, 0, 100, 1],
      [100, 0, 100, 1],
      [101, 1, 300, 1],
      [300, 1, 300, 1],
      [301, 5, 350, 2],
      [351, undefined, undefined, undefined],
    ];
    for (const [target, offset, timestampMs, leaderEpoch] of table) {
      const found = await lone.log.offsetForTimestamp(target);
      assert.deepEqual(
        [found?.offset, found?.timestampMs, found?.leaderEpoch],
        [offset, timestampMs, leaderEpoch],
        `${compression} ${target}`,
      );
    }
  }
});

test('nothing at or above the high watermark is found', async (context) => {
  const lone = realLog(context);
  lone.append(encodeBatch(records([100, 200, 300])));
  lone.commit();
  lone.log.highWatermark = 2 as Offset;
  assert.equal((await lone.log.offsetForTimestamp(200))?.offset, 1);
  assert.equal(await lone.log.offsetForTimestamp(300), undefined);
});

test('markers of transactions are not found', async (context) => {
  const lone = realLog(context);
  lone.append(
    encodeBatch(records([100]), {
      kind: 'control',
      producerId: 1,
      producerEpoch: 1,
      baseSequence: -1,
    }),
  );
  lone.append(encodeBatch(records([90])));
  lone.commit();
  assert.equal((await lone.log.offsetForTimestamp(0))?.offset, 1);
});

test('a batch that nobody can decompress is found by its header', async (context) => {
  const lone = realLog(context);
  const batch = encodeBatch(records([100, 200]), { compression: 'zstd' });
  batch.fill(0xee, 70);
  lone.append(batch);
  lone.commit();
  assert.deepEqual(await lone.log.offsetForTimestamp(150), {
    offset: 0,
    timestampMs: 200,
    leaderEpoch: 0,
  });
});

test('segments that retention removes during a lookup are looked up without', async (context) => {
  const lone = realLog(context);
  lone.log.applyConfig({ ...lone.config, retentionBytes: 0 });
  for (let count = 0; count < 40; count++) {
    lone.append(encodeBatch(records([100 + count, 100, 100, 100, 100])));
    lone.commit();
  }
  await lone.checkpoint();
  await lone.crash();
  lone.log.applyConfig({ ...lone.config, retentionBytes: 0 });
  const found = lone.log.offsetForTimestamp(139);
  await lone.log.retention.expire();
  await lone.checkpoint();
  lone.log.retention.removeExpired();
  assert.equal((await found)?.offset, 195);
  assert.ok(lone.log.logStartOffset > 0);
});
