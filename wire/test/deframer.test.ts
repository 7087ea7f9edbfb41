import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deframer } from '@millrace/wire/deframer';
import { Status } from '@millrace/wire/status';
import fc from 'fast-check';

function frame(body: Uint8Array, flags = 0, length = body.length): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(flags, 0);
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, body]);
}

/** Cuts `bytes` at sizes taken round robin from `sizes`, each piece in memory of its own. */
function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length] ?? 1);
    pieces.push(Buffer.from(bytes.subarray(at, at + size)));
    at += size;
  }
  return pieces;
}

test('messages come out whole and in order however the bytes are cut and whenever it is paused', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 10 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 10 }),
      (bodies, sizes, pauses) => {
        const out: Buffer[] = [];
        let paused = false;
        const deframer = new Deframer(300, (body) => {
          assert.equal(paused, false, 'nothing comes while paused');
          out.push(body);
          if (pauses[out.length % pauses.length]) {
            deframer.pause();
            paused = true;
          }
        });
        const resume = (): void => {
          while (paused) {
            paused = false;
            assert.equal(deframer.resume(), undefined);
          }
        };
        for (const chunk of cut(Buffer.concat(bodies.map((body) => frame(body))), sizes)) {
          assert.equal(deframer.push(chunk), undefined);
          resume();
        }
        assert.deepEqual(
          out.map(String),
          bodies.map((body) => String(Buffer.from(body))),
        );
        assert.equal(deframer.heldBytes, 0);
        assert.equal(deframer.midMessage, false);
      },
    ),
  );
});

test('a body longer than the first allocation grows as it arrives', () => {
  const body = Buffer.alloc(5_000_003, 'abcdefg');
  let got: Buffer | undefined;
  const deframer = new Deframer(6_000_000, (message) => {
    got = message;
  });
  for (const chunk of cut(frame(body), [65_536])) deframer.push(chunk);
  assert.ok(got?.equals(body));
});

test('a body inside one chunk is a view, not a copy', () => {
  const chunk = frame(Buffer.from('abc'));
  let got: Buffer | undefined;
  new Deframer(10, (message) => {
    got = message;
  }).push(chunk);
  assert.equal(got?.buffer, chunk.buffer);
});

test('a length alone reserves little memory', () => {
  const before = process.memoryUsage().arrayBuffers;
  const held = Array.from({ length: 20 }, () => {
    const deframer = new Deframer(2 ** 32, () => {});
    deframer.push(frame(Buffer.alloc(1), 0, 2 ** 31));
    return deframer;
  });
  assert.ok(process.memoryUsage().arrayBuffers - before < 64 * 1024 * 1024);
  assert.equal(held.length, 20);
});

test('resume from within a message is no recursion', () => {
  let count = 0;
  const deframer = new Deframer(1, () => {
    count++;
    deframer.pause();
    deframer.resume();
  });
  deframer.push(Buffer.alloc(5 * 100_000));
  assert.equal(count, 100_000);
});

for (const [what, bytes, code] of [
  ['length max + 1', frame(Buffer.alloc(0), 0, 11), Status.RESOURCE_EXHAUSTED],
  ['length 2^31', frame(Buffer.alloc(20), 0, 2 ** 31), Status.RESOURCE_EXHAUSTED],
  ['length 2^32 - 1', frame(Buffer.alloc(20), 0, 2 ** 32 - 1), Status.RESOURCE_EXHAUSTED],
  ['the compressed flag', frame(Buffer.alloc(3), 1), Status.UNIMPLEMENTED],
  ['an unknown flag', frame(Buffer.alloc(3), 2), Status.INTERNAL],
  ['all flags', frame(Buffer.alloc(3), 255), Status.INTERNAL],
] as const) {
  test(`${what} is a typed fault, holds nothing, and stays`, () => {
    for (const size of [1, 4, 100]) {
      let messages = 0;
      const deframer = new Deframer(10, () => messages++);
      let fault: number | undefined;
      for (const chunk of cut(bytes, [size])) fault = deframer.push(chunk)?.code ?? fault;
      assert.equal(fault, code);
      assert.equal(deframer.heldBytes, 0);
      assert.equal(deframer.push(frame(Buffer.alloc(1)))?.code, code);
      assert.equal(messages, 0);
    }
  });
}

test('random bytes never throw and never hand over more than the limit', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), (chunks) => {
      const deframer = new Deframer(64, (body) => assert.ok(body.length <= 64));
      for (const chunk of chunks) deframer.push(Buffer.from(chunk));
      assert.ok(deframer.heldBytes <= 64 + 5);
    }),
  );
});
