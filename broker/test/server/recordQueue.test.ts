import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { encodeBatch, compressBatchNow } from '@millrace/core/batchWriter';
import { toOffset } from '@millrace/core/ids';
import type { FetchedEntry } from '../../src/engine/fetchSession.ts';
import { Decompression } from '../../src/server/decompression.ts';
import { RecordQueue } from '../../src/server/recordQueue.ts';

interface Shape {
  readonly records: number;
  readonly compression: 'none' | 'gzip' | 'zstd';
}

function entryOf(shapes: readonly Shape[], fromOffset: number, endOffset?: number): FetchedEntry {
  let baseOffset = 0;
  const batches = shapes.map(({ records, compression }) => {
    const values = Array.from({ length: records }, (_, index) => ({
      key: null,
      value: `${baseOffset + index}`.padEnd(20, '.'),
      timestamp: 1000,
    }));
    const batch = compressBatchNow(encodeBatch(values, { baseOffset }), compression);
    baseOffset += records;
    return batch;
  });
  return {
    topicId: 't',
    partition: 0,
    leaderEpoch: 1,
    highWatermark: baseOffset,
    logStart: 0,
    fromOffset,
    nextOffset: baseOffset,
    endOffset,
    end: endOffset !== undefined,
    error: undefined,
    batches,
  };
}

const shapes = fc.array(
  fc.record({
    records: fc.integer({ min: 1, max: 60 }),
    compression: fc.constantFrom('none' as const, 'gzip' as const, 'zstd' as const),
  }),
  { minLength: 1, maxLength: 6 },
);

test('records come in order and once, whatever the size of the messages and of what is kept', async () => {
  const sizes = fc.integer({ min: 1, max: 4000 });
  await fc.assert(
    fc.asyncProperty(shapes, sizes, fc.nat(), fc.boolean(), async (list, bytes, seed, scarce) => {
      const decompression = new Decompression();
      // Nothing may be kept: every message decompresses its batch again.
      if (scarce) assert.ok(decompression.keep(32 << 20));
      const total = list.reduce((sum, { records }) => sum + records, 0);
      const from = seed % total;
      const end = from + 1 + (seed % (total - from));
      const queue = new RecordQueue(decompression, () => assert.fail('nothing is broken'));
      queue.add([entryOf(list, from, end)]);
      const offsets: number[] = [];
      let finished = false;
      while (!queue.isEmpty) {
        for (const message of await queue.next(bytes)) {
          offsets.push(...message.records.map(({ offset }) => offset));
          const last = offsets.at(-1);
          if (!message.end && last !== undefined) assert.equal(message.nextOffset, last + 1);
          finished = message.end;
        }
      }
      assert.deepEqual(
        offsets,
        Array.from({ length: end - from }, (_, index) => from + index),
      );
      assert.ok(finished);
    }),
    { numRuns: 60 },
  );
});

test('a batch that does not decode ends its partition with an error, after the records before it', async () => {
  const good = entryOf([{ records: 3, compression: 'zstd' }], 0);
  const bad = encodeBatch([{ key: null, value: 'x'.repeat(100), timestamp: 1 }], { baseOffset: 3 });
  bad.writeInt16BE(4, 21);
  const broken: number[] = [];
  const queue = new RecordQueue(new Decompression(), ({ partition }) => broken.push(partition));
  queue.add([
    { ...good, batches: [...good.batches, bad], nextOffset: toOffset(4) },
    { ...good, partition: 1 },
    { ...good, fromOffset: 4, batches: [bad] },
  ]);
  const messages = await queue.next(1 << 20);
  assert.deepEqual(
    messages.map(({ partition, records, error, nextOffset }) => [
      partition,
      records.length,
      error?.code,
      nextOffset,
    ]),
    [
      [0, 3, 'CORRUPT_BATCH', 3],
      [1, 3, undefined, 3],
    ],
  );
  assert.deepEqual(broken, [0]);
  assert.ok(queue.isEmpty);
});
