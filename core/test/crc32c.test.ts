import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { crc32c, crc32cOfRange } from '../src/crc32c.ts';

// RFC 3720, B.4, and the check value of the catalogue of CRCs.
const VECTORS: [string, number][] = [
  ['', 0],
  [Buffer.from('123456789').toString('hex'), 0xe3069283],
  ['00'.repeat(32), 0x8a9136aa],
  ['ff'.repeat(32), 0x62a8ab43],
  [Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('hex'), 0x46dd794e],
  [Buffer.from(Array.from({ length: 32 }, (_, index) => 31 - index)).toString('hex'), 0x113fdb5c],
];

test('published vectors come out', () => {
  for (const [hex, crc] of VECTORS) assert.equal(crc32c(Buffer.from(hex, 'hex')), crc, hex);
});

test('the table and the native function agree, chained at any place', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), fc.nat(2000), (bytes, cut) => {
      const whole = crc32c(bytes);
      let byteByByte = 0;
      for (const byte of bytes) byteByByte = crc32c(Uint8Array.of(byte), byteByByte);
      assert.equal(whole, byteByByte);
      const first = crc32c(bytes.subarray(0, cut));
      assert.equal(crc32c(bytes.subarray(cut), first), whole);
    }),
  );
});

test('a range is checksummed like the view of it', () => {
  const bytes = Buffer.from(Array.from({ length: 1000 }, (_, index) => (index * 7) & 0xff));
  for (const [from, to] of [
    [0, 0],
    [3, 90],
    [1, 257],
    [10, 999],
  ] as const) {
    assert.equal(crc32cOfRange(bytes, from, to), crc32c(bytes.subarray(from, to)));
  }
});
