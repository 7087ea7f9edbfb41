import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { OutputBuffer } from '../../src/output/outputBuffer.ts';

test('what is put in comes out, whatever was given back before', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 50 }),
    fc.uint8Array({ maxLength: 50 }),
    fc.integer({ min: 100_000, max: 400_000 }).map((length) => 'ü'.repeat(length)),
  );
  fc.assert(
    fc.property(fc.array(fc.array(piece, { maxLength: 5 }), { maxLength: 5 }), (rounds) => {
      const buffer = new OutputBuffer();
      for (const pieces of rounds) {
        for (const part of pieces) {
          if (typeof part === 'string') buffer.text(part);
          else buffer.bytes(part);
        }
        const expected = Buffer.concat(pieces.map((part) => Buffer.from(part as string)));
        assert.equal(buffer.length, expected.length);
        const taken = buffer.take();
        assert.ok(taken.equals(expected));
        buffer.giveBack(taken);
        assert.equal(buffer.length, 0);
      }
    }),
    { numRuns: 50 },
  );
});
