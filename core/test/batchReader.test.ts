import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BatchHeader, readBatchHeader } from '../src/batchHeader.ts';
import { controlTypeOf, decodeRecords, decodeRecordsPooled } from '../src/batchReader.ts';
import { encodeBatch } from '../src/batchWriter.ts';
import type { DecodedRecord, RecordInput } from '../src/record.ts';
import { GOLDEN_RECORDS, GOLDEN_TIME, type GoldenName, goldenBatch } from './goldenBatch.ts';

const limits = { maxBytes: 2 ** 20 };

function decode(name: GoldenName): DecodedRecord[] {
  const batch = goldenBatch(name);
  return decodeRecords(batch, 0, readBatchHeader(batch, 0), limits);
}

const bytes = (given: Uint8Array | string | null) => (given === null ? null : Buffer.from(given));

function decoded(records: readonly RecordInput[], baseOffset: number): DecodedRecord[] {
  return records.map(({ timestamp, key, value, headers = [] }, index) => ({
    offset: baseOffset + index,
    timestamp,
    key: bytes(key),
    value: bytes(value),
    headers: headers.map((header) => ({ key: header.key, value: bytes(header.value) })),
  }));
}

test('records of the original client come out, compressed or not', async () => {
  assert.deepEqual(decode('mixed'), decoded(GOLDEN_RECORDS, 123_456_789_012));
  for (const name of ['gzip', 'zstd'] as const) {
    assert.deepEqual(decode(name), decoded(GOLDEN_RECORDS, 7), name);
    const batch = goldenBatch(name);
    const header = readBatchHeader(batch, 0);
    assert.deepEqual(await decodeRecordsPooled(batch, 0, header, limits), decode(name));
  }
});

test('keys and values are views, not copies', () => {
  const batch = goldenBatch('one');
  const [record] = decodeRecords(batch, 0, readBatchHeader(batch, 0), limits);
  assert.equal(record?.value?.buffer, batch.buffer);
});

test('gaps of compaction show in the offsets, an emptied batch has no records', () => {
  assert.deepEqual(
    decode('gaps').map(({ offset }) => offset),
    [100, 103, 170],
  );
  assert.deepEqual(decode('emptied'), []);
});

test('control records say commit or abort', () => {
  assert.deepEqual(decode('commit').map(controlTypeOf), ['commit']);
  assert.deepEqual(decode('abort').map(controlTypeOf), ['abort']);
  assert.deepEqual(decode('one').map(controlTypeOf), ['unknown']);
});

test('with LogAppendTime every record has the time of the batch', () => {
  assert.deepEqual(
    decode('appendTime').map(({ timestamp }) => timestamp),
    [GOLDEN_TIME + 9999],
  );
});

test('a batch elsewhere in the buffer is read in its place', () => {
  const [before, batch] = [goldenBatch('gzip'), goldenBatch('mixed')];
  const buf = Buffer.concat([before, batch, before]);
  const header = readBatchHeader(buf, before.length);
  assert.deepEqual(decodeRecords(buf, before.length, header, limits), decode('mixed'));
});

test('what decompresses past the bound is refused', async () => {
  const zeros = { timestamp: 0, key: null, value: Buffer.alloc(8 * 2 ** 20) };
  for (const compression of ['gzip', 'zstd'] as const) {
    const bomb = encodeBatch([zeros], { compression });
    const header = readBatchHeader(bomb, 0);
    const refused = { code: 'RECORD_TOO_LARGE' };
    assert.throws(() => decodeRecords(bomb, 0, header, limits), refused);
    await assert.rejects(decodeRecordsPooled(bomb, 0, header, limits), refused);
  }
});

test('unsupported compression is refused', () => {
  assert.throws(() => decode('lz4'), { code: 'UNSUPPORTED_COMPRESSION' });
  assert.throws(() => decode('snappy'), { code: 'UNSUPPORTED_COMPRESSION' });
});

test('every changed byte of the records decodes or is corrupt, and counts that lie are found', () => {
  const whole = encodeBatch(GOLDEN_RECORDS);
  const header = readBatchHeader(whole, 0);
  const corrupt = { code: 'CORRUPT_BATCH' };
  for (let at = 61; at < whole.length; at++) {
    for (const byte of [0, 1, 0x7f, 0x80, 0xff]) {
      const changed = Buffer.from(whole);
      changed.writeUInt8(byte, at);
      try {
        decodeRecords(changed, 0, header, limits);
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'CORRUPT_BATCH');
      }
    }
  }
  for (const recordCount of [0, 6, 8, 2 ** 31 - 1]) {
    const lying: BatchHeader = { ...header, recordCount, lastOffsetDelta: 2 ** 31 - 1 };
    assert.throws(() => decodeRecords(whole, 0, lying, limits), corrupt);
  }
  const longer: BatchHeader = { ...header, sizeBytes: whole.length + 1 };
  assert.throws(() => decodeRecords(whole, 0, longer, limits), corrupt);
});
