import assert from 'node:assert/strict';
import test from 'node:test';
import { stampBatch } from '@millrace/core/batchHeader';
import { encodeBatch } from '@millrace/core/batchWriter';
import { consumeSettings } from '../src/consumeOptions.ts';
import { decodeFetched } from '../src/decodeFetched.ts';

const settings = consumeSettings({ topic: 't' });

function batchAt(baseOffset: number, values: readonly string[], kind: 'data' | 'control' = 'data') {
  const records = values.map((value) => ({ key: null, value, timestamp: 5 }));
  const batch = encodeBatch(records, { kind, producerId: 1, producerEpoch: 0, baseSequence: 0 });
  stampBatch(batch, 0, baseOffset, 3);
  return batch;
}

function fetched(batches: readonly Buffer[], fromOffset: number, endOffset: number) {
  const bytes = batches.reduce((sum, { length }) => sum + length, 0);
  return { partition: 0, batches, bytes, fromOffset, endOffset, nextOffset: 0, highWatermark: 99 };
}

async function decoded(batches: readonly Buffer[], from: number, end: number, used = settings) {
  const parts = await Array.fromAsync(decodeFetched(fetched(batches, from, end), used));
  return parts.flatMap(({ records }) => records);
}

function compressedAt(baseOffset: number, values: readonly string[]) {
  const records = values.map((value) => ({ key: null, value, timestamp: 5 }));
  const batch = encodeBatch(records, { compression: 'zstd' });
  stampBatch(batch, 0, baseOffset, 3);
  return batch;
}

test('records outside the range that was asked for and control batches are left out', async () => {
  const batches = Buffer.concat([
    batchAt(10, ['a', 'b', 'c']),
    batchAt(13, ['commit'], 'control'),
    batchAt(14, ['d', 'e']),
  ]);
  const cases: [number, number, string][] = [
    [10, 100, 'abcde'],
    [11, 100, 'bcde'],
    [13, 100, 'de'],
    [0, 12, 'ab'],
    [12, 15, 'cd'],
    [15, 15, ''],
  ];
  for (const [from, end, expected] of cases) {
    const records = await decoded([batches], from, end);
    assert.equal(records.map(({ value }) => String(value)).join(''), expected, `${from}..${end}`);
  }
  assert.deepEqual(await decoded([batches], 14, 15), [
    {
      topic: 't',
      partition: 0,
      offset: 14,
      timestampMs: 5,
      key: null,
      value: Buffer.from('d'),
      headers: [],
      leaderEpoch: 3,
    },
  ]);
});

test('damaged bytes are an error, never other records', async () => {
  const good = batchAt(0, ['value']);
  for (let at = 0; at < good.length; at++) {
    // Base offset and leader epoch are not covered by the checksum.
    if (at < 8 || (at >= 12 && at < 16)) continue;
    const bad = Buffer.from(good);
    bad[at] = (bad[at] ?? 0) ^ 1;
    await assert.rejects(decoded([bad], 0, 100), { name: 'MillraceError' }, `byte ${at}`);
  }
  for (let length = 1; length < good.length; length++) {
    await assert.rejects(decoded([good.subarray(0, length)], 0, 100), {
      code: 'CORRUPT_BATCH',
    });
  }
});

test('a batch that decompresses beyond the limit is refused', async () => {
  const records = [{ key: null, value: 'x'.repeat(1_000_000), timestamp: 1 }];
  for (const compression of ['gzip', 'zstd'] as const) {
    const batch = encodeBatch(records, { compression });
    const small = consumeSettings({ topic: 't', batchBytesMax: 10_000 });
    await assert.rejects(decoded([batch], 0, 100, small), {
      code: 'RECORD_TOO_LARGE',
    });
    assert.equal((await decoded([batch], 0, 100)).length, 1);
  }
});

test('each compressed batch is decoded alone, and each part says where reading goes on', async () => {
  const batches = [
    Buffer.concat([
      batchAt(10, ['a', 'b']),
      batchAt(12, ['c']),
      compressedAt(13, ['d', 'e']),
      compressedAt(20, ['f']),
    ]),
    Buffer.concat([batchAt(21, ['commit'], 'control'), batchAt(22, ['g'])]),
  ];
  const parts = async (from: number, end: number) => {
    const whole = { ...fetched(batches, from, end), nextOffset: 50 };
    return (await Array.fromAsync(decodeFetched(whole, settings))).map(
      ({ records, nextOffset, highWatermark }) => [
        records.map(({ value }) => String(value)).join(''),
        nextOffset,
        highWatermark,
      ],
    );
  };
  assert.deepEqual(await parts(0, 100), [
    ['abc', 13, 99],
    ['de', 15, 99],
    ['f', 21, 99],
    ['g', 50, 99],
  ]);
  assert.deepEqual(await parts(14, 21), [
    ['e', 15, 99],
    ['f', 21, 99],
  ]);
});

test('nothing is decompressed before it is asked for', async () => {
  const damaged = compressedAt(2, ['c']);
  damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
  const parts = decodeFetched(fetched([compressedAt(0, ['a', 'b']), damaged], 0, 100), settings);
  assert.equal((await parts.next()).value?.records.length, 2);
  await assert.rejects(parts.next(), { code: 'CORRUPT_BATCH' });
});

test('many small batches without compression are handed out together, large ones in parts', async () => {
  const partsOf = (batches: readonly Buffer[]) =>
    Array.fromAsync(decodeFetched({ ...fetched(batches, 0, 1e9), nextOffset: 1e6 }, settings));
  const small = Array.from({ length: 1000 }, (_, index) => batchAt(index * 10, ['x']));
  assert.equal((await partsOf(small)).length, 1);

  const values = Array.from({ length: 100_000 }, (_, index) => `${index}`);
  for (const large of [batchAt(0, values), compressedAt(0, values)]) {
    const parts = await partsOf([large]);
    assert.ok(parts.every(({ records }) => records.length > 0 && records.length <= 10_000));
    const records = parts.flatMap((part) => part.records);
    assert.deepEqual(
      records.map(({ value }) => String(value)),
      values,
    );
    for (const [index, { nextOffset }] of parts.entries()) {
      const after = parts[index + 1]?.records[0]?.offset;
      if (after !== undefined) assert.equal(nextOffset, after);
    }
  }
});
