import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { NodeStorage } from '../../src/io/nodeStorage.ts';
import { batchOf, headersOf, LoneLog, readAll } from './loneLog.ts';

/** Longer by hand. */
const numRuns = Number(process.env.MILLRACE_PROPERTY_RUNS ?? 20);

type Step =
  | { readonly kind: 'append'; readonly sizes: readonly number[]; readonly newEpoch: boolean }
  | { readonly kind: 'commit' | 'slow commit' | 'roll' | 'checkpoint' | 'restart' | 'crash' }
  | { readonly kind: 'read'; readonly from: number; readonly bytesMax: number }
  | { readonly kind: 'truncate' | 'time' | 'epoch'; readonly at: number };

const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      sizes: fc.array(fc.oneof(fc.nat(400), fc.constant(6000)), { minLength: 1, maxLength: 4 }),
      newEpoch: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('commit' as const, 'slow commit' as const) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'roll' as const,
        'checkpoint' as const,
        'restart' as const,
        'crash' as const,
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('read' as const),
      from: fraction,
      bytesMax: fc.nat(5000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('truncate' as const, 'time' as const, 'epoch' as const),
      at: fraction,
    }),
  },
);

interface Appended {
  readonly base: number;
  readonly end: number;
  readonly epoch: number;
  readonly bytes: Buffer;
}

/** The log as an array of batches. */
class Model {
  batches: Appended[] = [];
  /** Of these, written. */
  committed = 0;
  epoch = 0;

  get end(): number {
    return this.batches[this.committed - 1]?.end ?? 0;
  }

  bytesFrom(offset: number): Buffer {
    const written = this.batches.slice(0, this.committed);
    return Buffer.concat(written.filter(({ end }) => end > offset).map(({ bytes }) => bytes));
  }
}

async function perform(lone: LoneLog, model: Model, action: Step): Promise<void> {
  switch (action.kind) {
    case 'append': {
      if (action.newEpoch) model.epoch += 1;
      const batches = action.sizes.map((valueBytes) =>
        batchOf({ records: 1 + (valueBytes % 3), valueBytes, timestampMs: lone.clock.nowMs }),
      );
      lone.clock.nowMs += 1000;
      const bytes = Buffer.concat(batches);
      lone.append(bytes, model.epoch);
      let at = 0;
      for (const { baseOffset, lastOffsetDelta, sizeBytes } of headersOf(bytes)) {
        // Stamped in place.
        const stamped = Buffer.from(bytes.subarray(at, at + sizeBytes));
        const end = baseOffset + lastOffsetDelta + 1;
        model.batches.push({ base: baseOffset, end, epoch: model.epoch, bytes: stamped });
        at += sizeBytes;
      }
      return;
    }
    case 'commit':
      lone.commit();
      model.committed = model.batches.length;
      return;
    case 'slow commit':
      await lone.commitSlowly();
      model.committed = model.batches.length;
      return;
    case 'roll':
      lone.log.roll();
      return;
    case 'checkpoint':
      await lone.checkpoint();
      return;
    case 'restart':
    case 'crash':
      if (action.kind === 'restart') await lone.restart();
      else await lone.crash();
      model.batches = model.batches.slice(0, model.committed);
      return;
    case 'read': {
      const from = Math.floor(action.from * model.end);
      const read = await readAll(lone.log, from, model.end, action.bytesMax);
      assert.deepEqual(read, model.bytesFrom(from));
      return;
    }
    case 'truncate': {
      lone.commit();
      model.committed = model.batches.length;
      const to = Math.ceil(action.at * model.end);
      await lone.log.truncateTo(to as never);
      model.batches = model.batches.filter(({ end }) => end <= to);
      model.committed = model.batches.length;
      return;
    }
    case 'time': {
      const target = Math.floor(action.at * (lone.clock.nowMs - startMs)) + startMs;
      const found = await lone.log.offsetForTimestamp(target);
      const expected = model.batches
        .slice(0, model.committed)
        .map(({ bytes, base, epoch }) => ({ header: headersOf(bytes)[0], base, epoch }))
        .find(({ header }) => (header?.maxTimestamp ?? 0) >= target);
      assert.equal(found?.leaderEpoch, expected?.epoch);
      const delta = Math.max(0, target - (expected?.header?.baseTimestamp ?? 0));
      assert.equal(found?.offset, expected && expected.base + delta);
      return;
    }
    case 'epoch': {
      const epoch = Math.floor(action.at * model.epoch);
      const below = model.batches
        .slice(0, model.committed)
        .findLast((batch) => batch.epoch <= epoch);
      const found = lone.log.endOfEpoch(epoch);
      if (model.committed > 0) assert.equal(found.epoch, below?.epoch ?? -1);
      assert.equal(found.endOffset, below?.end ?? 0);
      return;
    }
  }
}

const startMs = 1_750_000_000_000;

test('a log is the array of its batches through appends, rolls, cuts, restarts and crashes', async () => {
  const root = mkdtempSync(join(tmpdir(), 'millrace-log-'));
  let runs = 0;
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 60 }),
        fc.constantFrom(0, 2000, 1 << 20),
        fc.constantFrom(600, 1 << 20),
        async (steps, tailCacheBytes, runBytesMax) => {
          const storage = new NodeStorage();
          const directory = join(root, String(runs++));
          storage.mkdir(directory);
          const options = { storage, directory, tailCacheBytes, runBytesMax, openFilesMax: 2 };
          const lone = new LoneLog(options);
          const model = new Model();
          for (const action of steps) await perform(lone, model, action);
          lone.commit();
          model.committed = model.batches.length;
          assert.equal(lone.log.writtenEndOffset, model.end);
          assert.deepEqual(await readAll(lone.log, 0), model.bytesFrom(0));
          await lone.crash();
          assert.equal(lone.log.durableEndOffset, model.end);
          // Of an empty log the file may still know the epoch of what was cut.
          const { epoch } = model.batches.at(-1) ?? { epoch: lone.log.lastEpoch };
          assert.equal(lone.log.lastEpoch, epoch);
          assert.deepEqual(await readAll(lone.log, 0), model.bytesFrom(0));
          lone.openFiles.closeAll();
          rmSync(directory, { recursive: true });
        },
      ),
      { numRuns },
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
