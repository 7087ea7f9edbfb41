import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CopyId, Offset } from '@millrace/core/ids';
import fc from 'fast-check';
import { decodeExtent, encodeExtent } from '../../src/log/journal/extent.ts';
import {
  FRAME_HEADER_BYTES,
  type FrameFields,
  frameSeal,
  isFrameIntact,
  readFrameHeader,
  writeFrameHeader,
} from '../../src/log/journal/journalFrame.ts';

const seal = frameSeal(Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex'));
const copyId = 'a1b2c3d4e5f6' as CopyId;

function frame(fields: FrameFields, batches: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(FRAME_HEADER_BYTES, 0xff);
  writeFrameHeader(header, 0, fields, batches, seal);
  return Buffer.concat([header, ...batches]);
}

const golden: readonly [string, FrameFields, readonly Buffer[], string][] = [
  [
    'open',
    { sequence: 1, syncedSequence: 0, kind: 'open', copyId: undefined, offset: 0, position: 0 },
    [],
    '00000030' +
      'CRC' +
      '0000000000000001000000000000000001000102000000000000030400000000000000000000000000000000',
  ],
  [
    'append',
    { sequence: 7, syncedSequence: 5, kind: 'append', copyId, offset: 2 ** 40, position: 4096 },
    [Buffer.from('one'), Buffer.from('two')],
    '00000036' +
      'CRC' +
      '0000000000000007000000000000000502000102a1b2c3d4e5f6030400000100000000000000000000001000' +
      '6f6e6574776f',
  ],
  [
    'truncate',
    { sequence: 8, syncedSequence: 7, kind: 'truncate', copyId, offset: 12, position: 80 },
    [Buffer.from('000000000000000300000000000000010000000000000200', 'hex')],
    '00000048' +
      'CRC' +
      '0000000000000008000000000000000703000102a1b2c3d4e5f60304000000000000000c0000000000000050' +
      '000000000000000300000000000000010000000000000200',
  ],
  [
    'extent',
    { sequence: 9, syncedSequence: 7, kind: 'extent', copyId, offset: 12, position: 80 },
    [
      encodeExtent({
        baseOffset: 12 as Offset,
        position: 80,
        segmentBase: 3 as Offset,
        endOffset: 20 as Offset,
        bytes: 4096,
        crc: 0xe3069283,
        lastEpoch: 5,
      }),
    ],
    '0000004c' +
      'CRC' +
      '0000000000000009000000000000000704000102a1b2c3d4e5f60304000000000000000c0000000000000050' +
      '0000000000000003000000000000001400001000e306928300000005',
  ],
];

/** CRC-32C of journalId and the bytes from 8 on, computed by another implementation. */
const goldenCrcs: Record<string, string> = {
  open: '5f076953',
  append: '60d040b8',
  truncate: 'd0b7dd55',
  extent: '8aaf4f85',
};

for (const [name, fields, batches, hex] of golden) {
  test(`the bytes of a frame of kind ${name} never change`, () => {
    const bytes = frame(fields, batches);
    assert.equal(bytes.toString('hex'), hex.replace('CRC', goldenCrcs[name] ?? ''));
    const header = readFrameHeader(bytes, 0, bytes.length, seal);
    assert.deepEqual(header, {
      sizeBytes: bytes.length,
      ...fields,
      copyId: fields.copyId ?? '000000000000',
    });
    assert.ok(isFrameIntact(bytes, 0, bytes.length, seal));
  });
}

test('a frame reads back as it was written', () => {
  const safe = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  const property = fc.property(
    fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    safe,
    safe,
    fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 3 }),
    (sequence, offset, position, bodies) => {
      const fields = { sequence, syncedSequence: sequence - 1, offset, position, copyId };
      const bytes = frame(
        { ...fields, kind: 'append' },
        bodies.map((body) => Buffer.from(body)),
      );
      const header = readFrameHeader(bytes, 0, bytes.length, seal);
      assert.deepEqual(header, { sizeBytes: bytes.length, kind: 'append', ...fields });
      assert.ok(isFrameIntact(bytes, 0, bytes.length, seal));
    },
  );
  fc.assert(property);
});

test('no frame with a flipped bit, cut short or of another journal is taken for one', () => {
  const [, fields, batches] = golden[1]!;
  const bytes = frame(fields, batches);
  const isTaken = (candidate: Buffer, by = seal): boolean => {
    const header = readFrameHeader(candidate, 0, candidate.length, by);
    return header !== undefined && isFrameIntact(candidate, 0, header.sizeBytes, by);
  };
  assert.ok(isTaken(bytes));
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    assert.ok(!isTaken(flipped), `bit ${bit}`);
  }
  for (let length = 0; length < bytes.length; length++) {
    assert.ok(!isTaken(bytes.subarray(0, length)), `${length} bytes`);
  }
  assert.ok(!isTaken(bytes, frameSeal(Buffer.from('000102030405060708090a0b0c0d0e10', 'hex'))));
  assert.ok(!isTaken(Buffer.alloc(4096)));
});

test('an extent reads back as it was written, and one of another length is of another version', () => {
  const safe = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const epoch = fc.integer({ min: -1, max: 2 ** 31 - 1 });
  const property = fc.property(safe, safe, safe, uint32, uint32, epoch, (...values) => {
    const [baseOffset, endOffset, segmentBase, bytes, crc, lastEpoch] = values;
    const extent = { baseOffset, endOffset, segmentBase, position: 7, bytes, crc, lastEpoch };
    const body = encodeExtent(extent as Parameters<typeof encodeExtent>[0]);
    const fields = { sequence: 2, syncedSequence: 1, kind: 'extent' as const, copyId };
    const whole = frame({ ...fields, offset: baseOffset, position: 7 }, [body]);
    const header = readFrameHeader(whole, 0, whole.length, seal)!;
    assert.deepEqual(decodeExtent(header, body), extent);
    assert.throws(() => decodeExtent(header, body.subarray(1)), { code: 'UNSUPPORTED_VERSION' });
  });
  fc.assert(property);
});
