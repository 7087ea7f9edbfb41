import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkBatches } from '../src/batchCheck.ts';
import { readBatchHeader } from '../src/batchHeader.ts';
import { decodeRecords } from '../src/batchReader.ts';
import {
  BatchBuilder,
  type BatchOptions,
  compressBatch,
  compressBatchNow,
  encodeBatch,
  encodedRecordBytes,
  stampProducer,
} from '../src/batchWriter.ts';
import { GOLDEN_RECORDS, GOLDEN_TIME, type GoldenName, goldenBatch } from './goldenBatch.ts';

const limits = { maxBytes: 2 ** 24 };

test('the bytes are those of the original client', () => {
  const one = [{ timestamp: GOLDEN_TIME, key: 'key', value: 'value' }];
  const t = [{ timestamp: GOLDEN_TIME, key: 't', value: 'x' }];
  const gaps = [
    { timestamp: GOLDEN_TIME, key: 'a', value: '1', offsetDelta: 0 },
    { timestamp: GOLDEN_TIME + 10, key: 'b', value: '2', offsetDelta: 3 },
    { timestamp: GOLDEN_TIME + 20, key: 'c', value: '3', offsetDelta: 70 },
  ];
  const commit = [
    {
      timestamp: GOLDEN_TIME + 1,
      key: Buffer.from('00000001', 'hex'),
      value: Buffer.from('000000000005', 'hex'),
    },
  ];
  const cases: [GoldenName, Parameters<typeof encodeBatch>[0], BatchOptions][] = [
    ['one', one, {}],
    ['mixed', GOLDEN_RECORDS, { baseOffset: 123_456_789_012, leaderEpoch: 42 }],
    [
      'idempotent',
      GOLDEN_RECORDS,
      { producerId: 4_000_000_000_001, producerEpoch: 17, baseSequence: 2_147_483_600 },
    ],
    [
      'transactional',
      t,
      {
        baseOffset: 500,
        leaderEpoch: 6,
        producerId: 9001,
        producerEpoch: 2,
        baseSequence: 11,
        kind: 'transactional',
      },
    ],
    [
      'commit',
      commit,
      {
        baseOffset: 501,
        leaderEpoch: 6,
        producerId: 9001,
        producerEpoch: 2,
        kind: 'transactional-control',
      },
    ],
    ['gaps', gaps, { baseOffset: 100, leaderEpoch: 9 }],
  ];
  for (const [name, records, options] of cases) {
    assert.equal(encodeBatch(records, options).toString('hex'), goldenBatch(name).toString('hex'));
  }
});

const field = fc.option(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'binary' })));
const record = fc.record({
  timestamp: fc.integer({ min: 0, max: 4e12 }),
  key: field,
  value: field,
  headers: fc.array(fc.record({ key: fc.string({ unit: 'grapheme' }), value: field }), {
    maxLength: 4,
  }),
});
const bytes = (given: Uint8Array | string | null) => (given === null ? null : Buffer.from(given));

test('what goes in comes out, and a leader takes it', async () => {
  const compression = fc.constantFrom('none', 'gzip', 'zstd' as const);
  const runs = { numRuns: 300 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { minLength: 1, maxLength: 20 }),
      compression,
      async (records, kind) => {
        const batch = encodeBatch(records, { compression: kind });
        const rules = { batchBytesMax: 2 ** 20, nowMs: 4e12, timestampAheadMsMax: 0 };
        const [header] = checkBatches(batch, rules);
        assert.ok(header !== undefined);
        const plain = encodeBatch(records);
        assert.deepEqual(compressBatchNow(plain, kind), batch);
        // The pool's zstd does not know the size beforehand: other bytes, the same records.
        const pooled = await compressBatch(plain, kind);
        assert.deepEqual(
          decodeRecords(pooled, 0, readBatchHeader(pooled, 0), limits),
          decodeRecords(plain, 0, readBatchHeader(plain, 0), limits),
        );
        assert.deepEqual(
          decodeRecords(batch, 0, header, limits),
          records.map(({ timestamp, key, value, headers }, offset) => ({
            offset,
            timestamp,
            key: bytes(key),
            value: bytes(value),
            headers: headers.map((given) => ({ key: given.key, value: bytes(given.value) })),
          })),
        );
        const bound = records.reduce((sum, given) => sum + encodedRecordBytes(given), 61);
        assert.ok(plain.length <= bound && plain.length > bound - records.length * 21);
      },
    ),
    runs,
  );
});

test('a builder grows, tells its size, hands out exact buffers and begins anew', () => {
  const builder = new BatchBuilder(61);
  for (let index = 0; index < 1000; index++) {
    assert.equal(builder.append(GOLDEN_TIME + index, `key ${index}`, Buffer.alloc(index)), index);
  }
  const size = builder.sizeBytes;
  assert.equal(builder.recordCount, 1000);
  assert.equal(builder.maxTimestamp, GOLDEN_TIME + 999);
  const first = builder.finish();
  assert.equal(first.length, size);
  assert.equal(first.buffer.byteLength, size);
  const copy = Buffer.from(first);

  assert.equal(builder.recordCount, 0);
  builder.append(5, null, null);
  const second = builder.finish();
  assert.deepEqual(second, encodeBatch([{ timestamp: 5, key: null, value: null }]));
  assert.deepEqual(first, copy);
  assert.equal(decodeRecords(first, 0, readBatchHeader(first, 0), limits).length, 1000);
});

test('a batch without records keeps the offsets it is given', () => {
  const batch = encodeBatch([], { baseOffset: 10, lastOffsetDelta: 4 });
  const header = readBatchHeader(batch, 0);
  assert.deepEqual([header.recordCount, header.lastOffsetDelta, batch.length], [0, 4, 61]);
});

test('a detached batch has the bytes of a finished one, in the buffer that the builder was given', () => {
  const buffer = Buffer.alloc(4096, 0xee);
  const builder = new BatchBuilder(buffer);
  const copying = new BatchBuilder();
  const options = { producerId: 7, producerEpoch: 1, baseSequence: 3 };
  for (let round = 0; round < 2; round++) {
    for (const value of ['one', 'two']) {
      builder.append(5 + round, 'key', value);
      copying.append(5 + round, 'key', value);
    }
    const batch = builder.detach(options);
    assert.deepEqual(batch, copying.finish(options));
    assert.equal(batch.buffer === buffer.buffer, round === 0, 'it begins anew without it');
    assert.equal(builder.recordCount, 0);
  }
});

test('a batch whose CRC was left for later is whole once its producer is stamped, as if encoded with it', () => {
  const stamp = { producerId: 4_000_000_000_001, producerEpoch: 3, baseSequence: 2_147_483_647 };
  const rules = { batchBytesMax: 2 ** 20, timestampAheadMsMax: 1, nowMs: GOLDEN_TIME + 1e6 };
  for (const compression of ['none', 'gzip', 'zstd'] as const) {
    const batch = encodeBatch(GOLDEN_RECORDS, { compression, crc: 'later' });
    assert.throws(() => checkBatches(Buffer.from(batch), rules), { code: 'CORRUPT_BATCH' });
    stampProducer(batch, stamp);
    assert.deepEqual(batch, encodeBatch(GOLDEN_RECORDS, { compression, ...stamp }));
    checkBatches(Buffer.from(batch), rules);
  }
});
