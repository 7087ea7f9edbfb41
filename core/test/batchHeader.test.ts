import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  BATCH_HEADER_BYTES,
  endOffset,
  readBatchHeader,
  stampBatch,
  writeInt64,
} from '../src/batchHeader.ts';
import { GOLDEN_TIME, goldenBatch } from './goldenBatch.ts';

test('every field of a golden header is read', () => {
  const batch = goldenBatch('idempotent');
  assert.deepEqual(readBatchHeader(batch, 0), {
    baseOffset: 0,
    sizeBytes: batch.length,
    leaderEpoch: -1,
    magic: 2,
    crc: batch.readUInt32BE(17),
    attributes: 0,
    compression: 'none',
    isTransactional: false,
    isControl: false,
    timestampType: 'create',
    lastOffsetDelta: 6,
    baseTimestamp: GOLDEN_TIME,
    maxTimestamp: GOLDEN_TIME + 1_000_000,
    producerId: 4_000_000_000_001,
    producerEpoch: 17,
    baseSequence: 2_147_483_600,
    recordCount: 7,
  });
});

test('attributes say compression, control, transaction and kind of timestamp', () => {
  for (const name of ['gzip', 'zstd', 'lz4', 'snappy'] as const) {
    assert.equal(readBatchHeader(goldenBatch(name), 0).compression, name);
  }
  const commit = readBatchHeader(goldenBatch('commit'), 0);
  assert.equal(commit.isControl && commit.isTransactional, true);
  assert.equal(readBatchHeader(goldenBatch('transactional'), 0).isControl, false);
  assert.equal(readBatchHeader(goldenBatch('appendTime'), 0).timestampType, 'append');
});

test('a batch that compaction thinned out or emptied keeps its end offset', () => {
  const gaps = readBatchHeader(goldenBatch('gaps'), 0);
  assert.deepEqual([gaps.recordCount, endOffset(gaps)], [3, 171]);
  const emptied = readBatchHeader(goldenBatch('emptied'), 0);
  assert.deepEqual([emptied.recordCount, endOffset(emptied)], [0, 1010]);
  assert.equal(emptied.sizeBytes, BATCH_HEADER_BYTES);
});

test('stamping sets offset and epoch, and changes nothing under the CRC', () => {
  const batch = Buffer.concat([Buffer.alloc(5), goldenBatch('one')]);
  const under = batch.subarray(5 + 16).toString('hex');
  stampBatch(batch, 5, 2 ** 52 + 3, 7);
  const header = readBatchHeader(batch, 5);
  assert.deepEqual([header.baseOffset, header.leaderEpoch], [2 ** 52 + 3, 7]);
  assert.equal(batch.subarray(5 + 16).toString('hex'), under);
});

test('64-bit fields hold any safe integer', () => {
  const buf = Buffer.alloc(8);
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      writeInt64(buf, 0, value);
      assert.equal(buf.readBigInt64BE(0), BigInt(value));
    }),
  );
});

test('zeros, ones and too few bytes are no batch', () => {
  const corrupt = { code: 'CORRUPT_BATCH' };
  assert.throws(() => readBatchHeader(Buffer.alloc(4096), 0), corrupt);
  assert.throws(() => readBatchHeader(Buffer.alloc(4096, 0xff), 0), corrupt);
  for (let end = 0; end < BATCH_HEADER_BYTES; end++) {
    assert.throws(() => readBatchHeader(goldenBatch('one').subarray(0, end), 0), corrupt);
  }
  assert.throws(() => readBatchHeader(goldenBatch('one'), 100), corrupt);
});

test('fields out of their range are refused', () => {
  const broken = (write: (buf: Buffer) => void): Buffer => {
    const buf = goldenBatch('one');
    write(buf);
    return buf;
  };
  const cases: [string, string, Buffer][] = [
    ['a length of 0', 'CORRUPT_BATCH', broken((b) => b.writeInt32BE(0, 8))],
    ['a length of -1', 'CORRUPT_BATCH', broken((b) => b.writeInt32BE(-1, 8))],
    ['a length below the header', 'CORRUPT_BATCH', broken((b) => b.writeInt32BE(48, 8))],
    ['magic 0', 'UNSUPPORTED_FORMAT', broken((b) => b.writeInt8(0, 16))],
    ['magic 1', 'UNSUPPORTED_FORMAT', broken((b) => b.writeInt8(1, 16))],
    ['magic 3', 'CORRUPT_BATCH', broken((b) => b.writeInt8(3, 16))],
    ['base offset -1', 'CORRUPT_BATCH', broken((b) => b.writeBigInt64BE(-1n, 0))],
    ['base offset 2^53', 'CORRUPT_BATCH', broken((b) => b.writeBigInt64BE(2n ** 53n, 0))],
    ['an end past 2^53', 'CORRUPT_BATCH', broken((b) => b.writeBigInt64BE(2n ** 53n - 1n, 0))],
    ['base timestamp -2^63', 'CORRUPT_BATCH', broken((b) => b.writeBigInt64BE(-(2n ** 63n), 27))],
    ['producer id 2^62', 'CORRUPT_BATCH', broken((b) => b.writeBigInt64BE(2n ** 62n, 43))],
    ['leader epoch -2', 'CORRUPT_BATCH', broken((b) => b.writeInt32BE(-2, 12))],
    ['compression 7', 'CORRUPT_BATCH', broken((b) => b.writeInt16BE(7, 21))],
    ['last offset delta -1', 'CORRUPT_BATCH', broken((b) => b.writeInt32BE(-1, 23))],
    ['record count -1', 'CORRUPT_BATCH', broken((b) => b.writeInt32BE(-1, 57))],
    ['more records than offsets', 'CORRUPT_BATCH', broken((b) => b.writeInt32BE(2, 57))],
  ];
  for (const [name, code, buf] of cases) {
    assert.throws(() => readBatchHeader(buf, 0), { code }, name);
  }
});
