import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  ByteCursor,
  sizeOfUnsignedVarint,
  sizeOfUnsignedVarlong,
  sizeOfVarint,
  sizeOfVarlong,
  writeUnsignedVarint,
  writeUnsignedVarlong,
  writeVarint,
  writeVarlong,
} from '../src/varint.ts';

const safe = fc.maxSafeInteger();

/** The definition, on 64-bit integers. */
function reference(value: bigint): Buffer {
  let raw = BigInt.asUintN(64, value);
  const bytes: number[] = [];
  while (raw >= 0x80n) {
    bytes.push(Number(raw & 0x7fn) | 0x80);
    raw >>= 7n;
  }
  bytes.push(Number(raw));
  return Buffer.from(bytes);
}

const zigzag = (value: number): bigint => (BigInt(value) << 1n) ^ (BigInt(value) >> 63n);

function written(write: (buf: Buffer, at: number, value: number) => number, value: number): Buffer {
  const buf = Buffer.alloc(16, 0xaa);
  return buf.subarray(1, write(buf, 1, value));
}

test('varlongs are written by the definition, have the size foretold and are read back', () => {
  fc.assert(
    fc.property(safe, (value) => {
      const bytes = written(writeVarlong, value);
      assert.deepEqual(bytes, reference(zigzag(value)));
      assert.equal(sizeOfVarlong(value), bytes.length);
      assert.equal(new ByteCursor(bytes, 0, bytes.length).readVarlong(), value);
    }),
    { numRuns: 2000, examples: [[Number.MAX_SAFE_INTEGER], [Number.MIN_SAFE_INTEGER], [2 ** 31]] },
  );
});

test('varints, unsigned varints and unsigned varlongs likewise', () => {
  const int32 = fc.integer();
  fc.assert(
    fc.property(int32, fc.nat({ max: 0x7fff_ffff }), safe, (signed, unsigned, long) => {
      const cases = [
        [writeVarint, signed, zigzag(signed), sizeOfVarint, 'readVarint'],
        [
          writeUnsignedVarint,
          unsigned * 2,
          BigInt(unsigned * 2),
          sizeOfUnsignedVarint,
          'readUnsignedVarint',
        ],
        [
          writeUnsignedVarlong,
          Math.abs(long),
          BigInt(Math.abs(long)),
          sizeOfUnsignedVarlong,
          'readUnsignedVarlong',
        ],
      ] as const;
      for (const [write, value, raw, size, read] of cases) {
        const bytes = written(write, value);
        assert.deepEqual(bytes, reference(raw), read);
        assert.equal(size(value), bytes.length, read);
        assert.equal(new ByteCursor(bytes, 0, bytes.length)[read](), value, read);
      }
    }),
    { numRuns: 1000 },
  );
});

test('every truncation is refused, not read past', () => {
  const bytes = Buffer.concat([written(writeVarlong, -(2 ** 50)), Buffer.alloc(10)]);
  for (let end = 0; end < 8; end++) {
    const cursor = new ByteCursor(bytes, 0, end);
    assert.throws(() => cursor.readVarlong(), { code: 'CORRUPT_BATCH' });
    assert.ok(cursor.at <= end);
  }
});

test('values that do not fit are refused, with the code of the reader', () => {
  const read = (hex: string, how: 'readVarint' | 'readUnsignedVarint' | 'readVarlong') => {
    const bytes = Buffer.from(hex, 'hex');
    return new ByteCursor(bytes, 0, bytes.length, 'INVALID_REQUEST')[how]();
  };
  const refused = { code: 'INVALID_REQUEST' };
  assert.equal(read('ffffffff0f', 'readUnsignedVarint'), 2 ** 32 - 1);
  assert.throws(() => read('ffffffff1f', 'readUnsignedVarint'), refused);
  assert.throws(() => read('ffffffffff01', 'readVarint'), refused);
  assert.throws(() => read(`${'ff'.repeat(9)}01`, 'readVarlong'), refused);
  assert.throws(() => read(`${'ff'.repeat(9)}02`, 'readVarlong'), refused);
  assert.throws(() => read(`${'80'.repeat(10)}00`, 'readVarlong'), refused);
  assert.equal(read('ffffffffffffff0f', 'readVarlong'), -(2 ** 52));
});

test('skipping checks the length before it moves', () => {
  const cursor = new ByteCursor(Buffer.alloc(8), 2, 6);
  assert.throws(() => cursor.skip(-1), { code: 'CORRUPT_BATCH' });
  assert.throws(() => cursor.skip(5), { code: 'CORRUPT_BATCH' });
  assert.equal(cursor.skip(4), 2);
  assert.equal(cursor.remaining(), 0);
});
