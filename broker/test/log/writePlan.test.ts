import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBatch } from '@millrace/core/batchWriter';
import type { Offset } from '@millrace/core/ids';
import fc from 'fast-check';
import { planRuns, type QueuedBatches } from '../../src/log/partition/writePlan.ts';

/** Appends of batches of these value sizes; `isView` ones share their memory with other bytes. */
function queued(
  appends: readonly { sizes: readonly number[]; isView: boolean }[],
): QueuedBatches[] {
  let offset = 0;
  return appends.map(({ sizes, isView }) => {
    const from = offset;
    const bytes = Buffer.concat(
      sizes.map((size) =>
        encodeBatch([{ key: null, value: Buffer.alloc(size, size), timestamp: 1 }], {
          baseOffset: offset++,
          leaderEpoch: 3,
        }),
      ),
    );
    const own = Buffer.allocUnsafeSlow(bytes.length + (isView ? 100 : 0)).subarray(0, bytes.length);
    bytes.copy(own);
    return { from: from as Offset, endOffset: offset as Offset, buffer: own };
  });
}

const appends = fc.array(
  fc.record({
    sizes: fc.array(fc.oneof(fc.nat(500), fc.nat(60_000)), { minLength: 1, maxLength: 5 }),
    isView: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

const allocated = new WeakSet<Buffer>();

function allocate(bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  allocated.add(buffer);
  return buffer;
}

test('runs hold what was queued, in order, in segments and runs of bounded size and memory of their own', () => {
  fc.assert(
    fc.property(
      appends,
      fc.constantFrom(undefined, 0, 900, 100_000),
      fc.constantFrom(2000, 100_000, 1 << 30),
      fc.constantFrom(1000, 70_000, 1 << 22),
      (given, growingBytes, segmentBytesMax, runBytesMax) => {
        const all = queued(given);
        const growing =
          growingBytes === undefined
            ? undefined
            : { baseOffset: 0 as Offset, sizeBytes: growingBytes };
        const runs = planRuns(all, growing, { segmentBytesMax, runBytesMax, allocate });
        const pieces = runs.flatMap((run) => run.pieces);
        assert.deepEqual(
          Buffer.concat(pieces.map((piece) => piece.buffer)),
          Buffer.concat(all.map((batches) => batches.buffer)),
        );
        let offset = 0;
        let segmentBytes = growingBytes;
        for (const run of runs) {
          if (run.target === 'new segment') segmentBytes = 0;
          assert.ok(segmentBytes !== undefined);
          assert.equal(run.baseOffset, offset);
          assert.equal(
            run.bytes,
            run.pieces.reduce((sum, { buffer }) => sum + buffer.length, 0),
          );
          const isOneBatch = run.endOffset === run.baseOffset + 1;
          assert.ok(run.bytes <= runBytesMax || isOneBatch);
          assert.ok(
            segmentBytes + run.bytes <= segmentBytesMax || isOneBatch || segmentBytes === 0,
          );
          segmentBytes += run.bytes;
          for (const piece of run.pieces) {
            assert.equal(piece.from, offset);
            assert.equal(piece.lastEpoch, 3);
            assert.ok(allocated.has(piece.buffer));
            offset = piece.endOffset;
          }
          assert.equal(run.endOffset, offset);
        }
        assert.equal(offset, all.at(-1)?.endOffset);
      },
    ),
  );
});

test('small appends of a tick become one buffer', () => {
  const small = queued(Array.from({ length: 50 }, () => ({ sizes: [100], isView: true })));
  const limits = { segmentBytesMax: 1 << 28, runBytesMax: 1 << 22, allocate };
  assert.equal(planRuns(small, undefined, limits)[0]?.pieces.length, 1);
});

test('a segment ends before an offset that its indexes could not hold', () => {
  const [first] = queued([{ sizes: [10], isView: false }]);
  assert.ok(first !== undefined);
  first.buffer.writeBigInt64BE(2n ** 40n, 0);
  const far = { ...first, endOffset: (2 ** 40 + 1) as Offset };
  const growing = { baseOffset: 0 as Offset, sizeBytes: 10 };
  const [run] = planRuns([far], growing, {
    segmentBytesMax: 1 << 28,
    runBytesMax: 1 << 22,
    allocate,
  });
  assert.equal(run?.target, 'new segment');
  assert.equal(run?.baseOffset, 2 ** 40);
});
