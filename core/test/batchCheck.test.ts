import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type BatchRules,
  checkBatches,
  checkBatchesFromLog,
  scanBatches,
} from '../src/batchCheck.ts';
import { readBatchHeader, stampBatch } from '../src/batchHeader.ts';
import { decodeRecords } from '../src/batchReader.ts';
import { encodeBatch } from '../src/batchWriter.ts';
import { crc32c } from '../src/crc32c.ts';
import { isErrorCode, MillraceError } from '../src/errors.ts';
import { GOLDEN_RECORDS, GOLDEN_TIME, goldenBatch } from './goldenBatch.ts';

const rules: BatchRules = {
  batchBytesMax: 2 ** 20,
  nowMs: GOLDEN_TIME + 1_000_000,
  timestampAheadMsMax: 1000,
};

/** Makes the CRC right again after a change, so that only the later checks can object. */
function resealed(batch: Buffer, change: (batch: Buffer) => void): Buffer {
  const copy = Buffer.from(batch);
  change(copy);
  copy.writeUInt32BE(crc32c(copy.subarray(21)), 17);
  return copy;
}

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'none';
  } catch (error) {
    assert.ok(error instanceof MillraceError, String(error));
    assert.ok(isErrorCode(error.code));
    assert.equal(error.outcome, 'not-applied');
    return error.code;
  }
}

test('batches of the original client are taken, one after the other', () => {
  const parts = (['one', 'mixed', 'gzip', 'zstd', 'idempotent'] as const).map(goldenBatch);
  const headers = checkBatches(Buffer.concat(parts), rules);
  assert.deepEqual(
    headers.map(({ sizeBytes }) => sizeBytes),
    parts.map(({ length }) => length),
  );
});

test('what a client may not write is refused with the code that says why', () => {
  const one = goldenBatch('one');
  const cases: [string, Buffer][] = [
    ['INVALID_REQUEST', Buffer.alloc(0)],
    ['UNSUPPORTED_COMPRESSION', goldenBatch('lz4')],
    ['UNSUPPORTED_COMPRESSION', goldenBatch('snappy')],
    ['UNSUPPORTED_FORMAT', goldenBatch('appendTime')],
    ['INVALID_RECORD', goldenBatch('transactional')],
    ['INVALID_RECORD', goldenBatch('commit')],
    ['INVALID_RECORD', goldenBatch('gaps')],
    ['INVALID_RECORD', goldenBatch('emptied')],
    ['UNSUPPORTED_FORMAT', resealed(one, (b) => b.writeInt16BE(0x40, 21))],
    ['UNSUPPORTED_FORMAT', resealed(one, (b) => b.writeInt16BE(-0x8000, 21))],
    ['INVALID_RECORD', resealed(one, (b) => b.writeBigInt64BE(5n, 43))],
    ['INVALID_RECORD', resealed(one, (b) => b.writeBigInt64BE(-2n, 43))],
    ['INVALID_RECORD', resealed(one, (b) => b.writeInt16BE(0, 51))],
    ['INVALID_TIMESTAMP', resealed(one, (b) => b.writeBigInt64BE(-2n, 35))],
    ['INVALID_TIMESTAMP', resealed(one, (b) => b.writeBigInt64BE(BigInt(GOLDEN_TIME - 1), 35))],
    ['CORRUPT_BATCH', Buffer.concat([one, Buffer.alloc(1)])],
    ['CORRUPT_BATCH', Buffer.concat([one, Buffer.alloc(100)])],
  ];
  for (const [index, [code, buf]] of cases.entries()) {
    assert.equal(
      codeOf(() => checkBatches(buf, rules)),
      code,
      `case ${index}`,
    );
  }
});

test('a coordinator may write control and transactional batches', () => {
  for (const name of ['transactional', 'commit', 'abort'] as const) {
    checkBatches(goldenBatch(name), { ...rules, origin: 'coordinator' });
  }
});

test('size and clock are held against the limits, each to the last byte and millisecond', () => {
  const batch = goldenBatch('mixed');
  checkBatches(batch, { ...rules, batchBytesMax: batch.length });
  const small = { ...rules, batchBytesMax: batch.length - 1 };
  assert.equal(
    codeOf(() => checkBatches(batch, small)),
    'RECORD_TOO_LARGE',
  );
  checkBatches(batch, { ...rules, nowMs: rules.nowMs - 1000 });
  const early = { ...rules, nowMs: rules.nowMs - 1001 };
  assert.equal(
    codeOf(() => checkBatches(batch, early)),
    'INVALID_TIMESTAMP',
  );
});

test('a message names the batch and where it begins', () => {
  const one = goldenBatch('one');
  const buf = Buffer.concat([one, goldenBatch('snappy')]);
  assert.throws(() => checkBatches(buf, rules), /batch 1 at byte 76: compressed with snappy/);
});

test('every truncation of a batch is refused', () => {
  for (const name of ['mixed', 'gzip'] as const) {
    const whole = goldenBatch(name);
    for (let end = 1; end < whole.length; end++) {
      assert.equal(
        codeOf(() => checkBatches(whole.subarray(0, end), rules)),
        'CORRUPT_BATCH',
      );
    }
  }
});

test('every flipped bit is refused, but for offset and epoch, which the leader stamps anyway', () => {
  const whole = goldenBatch('mixed');
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const flipped = Buffer.from(whole);
    flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    const code = codeOf(() => checkBatches(flipped, rules));
    const stamped = bit < 8 * 8 || (bit >= 12 * 8 && bit < 16 * 8);
    if (!stamped) {
      assert.ok(code === 'CORRUPT_BATCH' || code === 'UNSUPPORTED_FORMAT', `bit ${bit}: ${code}`);
    } else if (code === 'none') {
      stampBatch(flipped, 0, readBatchHeader(whole, 0).baseOffset, 42);
      assert.deepEqual(flipped, whole);
    }
  }
});

test('bytes changed under a right CRC are refused, or every reader can decode them', () => {
  const whole = encodeBatch(GOLDEN_RECORDS);
  const change = fc.record({
    at: fc.integer({ min: 21, max: whole.length - 1 }),
    byte: fc
      .constantFrom(0, 1, 2, 3, 0x7f, 0x80, 0xfe, 0xff)
      .chain((edge) => fc.oneof(fc.constant(edge), fc.nat(255))),
  });
  const runs = Number(process.env['MILLRACE_FUZZ_RUNS'] ?? 20_000);
  let taken = 0;
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      const batch = resealed(whole, (copy) => {
        for (const { at, byte } of changes) copy.writeUInt8(byte, at);
      });
      if (codeOf(() => checkBatches(batch, rules)) !== 'none') return;
      taken += 1;
      const header = readBatchHeader(batch, 0);
      if (header.compression !== 'none') return;
      const records = decodeRecords(batch, 0, header, { maxBytes: 2 ** 20 });
      assert.deepEqual(
        records.map(({ offset }) => offset),
        records.map((_, index) => index),
      );
      for (const { timestamp } of records) assert.ok(timestamp <= header.maxTimestamp);
    }),
    { numRuns: runs },
  );
  assert.ok(taken > 0);
});

test('random bytes are never a batch and never more than a typed error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
      assert.notEqual(
        codeOf(() => checkBatches(Buffer.from(bytes), rules)),
        'none',
      );
      assert.equal(scanBatches(Buffer.from(bytes), 0).validBytes, 0);
    }),
  );
});

test('a log is scanned up to the first batch that does not continue it', () => {
  const [first, second, third] = (['gaps', 'gzip', 'emptied'] as const).map(goldenBatch);
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  stampBatch(second, 0, 900, 9);
  stampBatch(third, 0, 1000, 9);
  const log = Buffer.concat([first, second, third]);
  for (let end = 0; end <= log.length; end++) {
    const scanned = scanBatches(log.subarray(0, end), 100);
    const boundaries: number[] = [0, first.length, first.length + second.length, log.length];
    assert.equal(
      scanned.validBytes,
      boundaries.findLast((boundary) => boundary <= end),
    );
    assert.equal(scanned.fault === undefined, boundaries.includes(end));
  }
  assert.equal(checkBatchesFromLog(log, 100).length, 3);
  assert.throws(() => checkBatchesFromLog(log, 101), /base offset 100 below the log end 101/);
  assert.throws(() => checkBatchesFromLog(log, 100, 10), /leader epoch 9 after 10/);
});

test('a record without a key is refused where keys are required, compressed or not', () => {
  const time = rules.nowMs;
  for (const compression of ['none', 'gzip', 'zstd'] as const) {
    const records = [
      { timestamp: time, key: 'k', value: 'v' },
      { timestamp: time, key: null, value: 'v' },
    ];
    const keyless = encodeBatch(records, { compression });
    assert.equal(
      codeOf(() => checkBatches(keyless, { ...rules, keys: 'required' })),
      'INVALID_RECORD',
    );
    assert.equal(
      codeOf(() => checkBatches(keyless, rules)),
      'none',
    );
    const keyed = encodeBatch(records.slice(0, 1), { compression });
    assert.equal(
      codeOf(() => checkBatches(keyed, { ...rules, keys: 'required' })),
      'none',
    );
  }
});
