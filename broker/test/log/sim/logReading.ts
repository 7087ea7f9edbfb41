import type { Offset } from '@millrace/core/ids';
import type { PartitionLog } from '../../../src/log/partition/partitionLog.ts';
import { splitBatches, type StampedBatch } from './batchSource.ts';
import type { FoundCopy } from './copyModel.ts';

/** All batches of a log from `from` up to `to`, as a reader with slices of `bytesMax` gets them. */
export async function readBatches(
  log: PartitionLog,
  from: number,
  to: number,
  bytesMax: number,
): Promise<StampedBatch[]> {
  const cursor = log.openCursor(from as Offset);
  const batches: StampedBatch[] = [];
  for (;;) {
    const slice = await cursor.next({ bytesMax, before: to as Offset });
    if (slice.bytes === 0) return batches;
    for (const buffer of slice.buffers) batches.push(...splitBatches(buffer));
  }
}

export async function lookAt(log: PartitionLog, removedBelow: number): Promise<FoundCopy> {
  const { copyId, durableEndOffset, logStartOffset, logEndOffset, highWatermark, lastEpoch } = log;
  return {
    copyId,
    start: logStartOffset,
    end: logEndOffset,
    durableEnd: durableEndOffset,
    highWatermark,
    lastEpoch,
    removedBelow,
    producers: log.producers.remembered().map((known) => ({ ...known, lastSeenMs: 0 })),
    isOffline: log.failure !== undefined,
    batches: await readBatches(log, logStartOffset, logEndOffset, 10_000),
  };
}
