import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { deframe, Outbox } from '../../src/ceiling/outbox.ts';

test('messages come out whole however the bytes are cut', async () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(bodies, fc.integer({ min: 1, max: 40 }), async (sent, cut) => {
      const framed = new PassThrough();
      const outbox = new Outbox(framed);
      for (const body of sent) outbox.send(body);
      await new Promise((resolve) => setImmediate(resolve));
      const bytes: Buffer = framed.read() ?? Buffer.alloc(0);

      const wire = new PassThrough();
      const received: Buffer[] = [];
      deframe(wire, (body) => received.push(Buffer.from(body)));
      for (let at = 0; at < bytes.length; at += cut) wire.write(bytes.subarray(at, at + cut));
      await new Promise((resolve) => wire.end(() => setImmediate(resolve)));
      assert.deepEqual(
        received,
        sent.map((body) => Buffer.from(body)),
      );
    }),
    { numRuns: 200 },
  );
});
