/** Readers that wait for the disk while segments that they read are swapped: they miss nothing and see no damage. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { readBatchHeader } from '@millrace/core/batchHeader';
import type { Offset } from '@millrace/core/ids';
import type { LogCursor } from '../../../src/log/partition/logCursor.ts';
import { CompactedLog } from './compactedLog.ts';

/** Reopened, so that nothing is in memory. */
async function sealedLog(segmentBytesMax: number, fill: (log: CompactedLog) => Promise<void>) {
  const config = { segmentBytesMax, indexIntervalBytes: 64 };
  const written = await CompactedLog.create(config);
  await fill(written);
  await written.seal();
  const log = await CompactedLog.open(written.world.kill());
  assert.ok(log);
  log.log.highWatermark = log.log.durableEndOffset;
  return log;
}

/** Calls `begin` in the tick in which the files are swapped, before they are. */
function atSwap({ log: { compaction } }: CompactedLog, begin: () => void): void {
  const apply = compaction.apply.bind(compaction);
  compaction.apply = (swap) => {
    begin();
    return apply(swap);
  };
}

function baseOffsets(buffers: readonly Buffer[]): number[] {
  return buffers.map((buffer) => readBatchHeader(buffer, 0).baseOffset);
}

for (const from of [4, 18]) {
  test(`a reader that looks up offset ${from} during a swap reads on from there`, async () => {
    const log = await sealedLog(8192, async (written) => {
      for (let segment = 0; segment < 5; segment++) {
        for (let batch = 0; batch < 4; batch++) {
          const key = `k${segment}-${batch}=${'x'.repeat(200)}`;
          written.append([key, `dup=${segment}${'y'.repeat(100)}`]);
        }
        await written.roll();
      }
    });
    const end = log.log.logEndOffset;
    const read: number[] = [];
    const failures: unknown[] = [];
    let isDone = false;
    const readAll = async (cursor: LogCursor): Promise<void> => {
      for (;;) {
        const slice = await cursor.next({ bytesMax: 100, before: end });
        if (slice.bytes === 0) return;
        read.push(...baseOffsets(slice.buffers));
      }
    };
    atSwap(log, () => {
      if (read.length > 0 || isDone) return;
      readAll(log.log.openCursor(from as Offset))
        .catch((error: unknown) => failures.push(error))
        .finally(() => {
          isDone = true;
        });
    });
    await log.compact();
    await log.world.run(log.until(() => isDone));
    assert.deepEqual(failures, []);
    const expected = Array.from({ length: 20 }, (_, batch) => 2 * batch);
    assert.deepEqual(
      read,
      [...expected, 40].filter((offset) => offset >= from),
    );
  });
}

for (const skipped of [0, 3, 9]) {
  test(`a read of two parts, from offset ${skipped}, is no damage if the segment is swapped in between`, async () => {
    const log = await sealedLog(64 << 10, async (written) => {
      for (let segment = 0; segment < 4; segment++) {
        for (let batch = 0; batch < 3; batch++) {
          written.append([`dup=${segment}`]);
          written.append([`k${segment}-${batch}=${'x'.repeat(6000)}`, 'dup=0']);
        }
        await written.roll();
      }
    });
    const limits = { bytesMax: 80, before: log.log.logEndOffset };
    const cursor = log.log.openCursor(skipped as Offset);
    await log.world.run(Promise.resolve(cursor.next(limits)));
    const from = cursor.nextOffset;
    const outcomes: unknown[] = [];
    atSwap(log, () => {
      if (outcomes.length > 0) return;
      outcomes.push('begun');
      Promise.resolve(cursor.next(limits)).then(
        ({ buffers }) => outcomes.push(baseOffsets(buffers)),
        (error: unknown) => outcomes.push(error),
      );
    });
    await log.compact();
    await log.world.run(log.until(() => outcomes.length === 2));
    const [, bases] = outcomes;
    assert.ok(Array.isArray(bases) && bases.length === 1, String(bases));
    // A batch of a key that came again later may be gone: then it is the next one.
    assert.ok(bases[0] >= from && bases[0] <= from + 1, `${bases[0]} after ${from}`);
  });
}
