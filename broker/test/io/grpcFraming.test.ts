import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { GrpcFraming } from '../../src/io/grpcFraming.ts';

test('however the bytes are cut, what is unfinished is what came since the end of the last message', () => {
  const lengths = fc.array(fc.nat({ max: 700 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(lengths, fc.array(fc.integer({ min: 1, max: 400 })), (list, cuts) => {
      const stream = Buffer.concat(
        list.map((length) => {
          const message = Buffer.alloc(5 + length, 0xff);
          message[0] = 0;
          message.writeUInt32BE(length, 1);
          return message;
        }),
      );
      const ends = new Set<number>();
      let end = 0;
      for (const length of list) ends.add((end += 5 + length));
      const framing = new GrpcFraming();
      let at = 0;
      for (let index = 0; at < stream.length; index++) {
        const next = Math.min(stream.length, at + (cuts[index] ?? 1000));
        framing.pass(stream.subarray(at, next));
        at = next;
        const last = Math.max(0, ...[...ends].filter((each) => each <= at));
        assert.equal(framing.unfinishedBytes, at - last);
      }
    }),
  );
});
