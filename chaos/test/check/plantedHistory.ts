/** Small histories that are right, for tests to put a wrong into. */
import type { CopyBatch, CopyLog } from '../../src/history/copyLog.ts';
import type { PartitionHistory } from '../../src/history/partitionHistory.ts';
import { ReadLog, type ShownRecord } from '../../src/history/readLog.ts';
import { SendLog } from '../../src/history/sendLog.ts';
import { valueName } from '../../src/history/valueName.ts';

/** Offset, producer, sequence. */
export type Line = readonly [offset: number, producer: number, sequence: number];

/**
 * Two producers, five records each in turn. Producer 0's record 4 was never answered and is in the log at offset 8;
 * producer 1's record 4 was refused and is not.
 */
export const LOG: readonly Line[] = [
  [0, 0, 0],
  [1, 1, 0],
  [2, 0, 1],
  [3, 1, 1],
  [4, 0, 2],
  [5, 1, 2],
  [6, 0, 3],
  [7, 1, 3],
  [8, 0, 4],
];

export function sendLogs(lines: readonly Line[] = LOG): SendLog[] {
  return [0, 1].map((producer) => {
    const log = new SendLog(producer);
    for (let sequence = 0; sequence < 5; sequence++) log.begin();
    for (const [offset, by, sequence] of lines) {
      if (by === producer && sequence < 4) log.acknowledge(sequence, offset);
    }
    if (producer === 1) log.refuse(4);
    return log;
  });
}

/** In polls of three records, each with the high watermark just above it unless another is given. */
export function readLog(
  reader: string,
  lines: readonly Line[] = LOG,
  options: { readonly highWatermark?: number; readonly startOffset?: number } = {},
): ReadLog {
  const log = new ReadLog(reader, options.startOffset);
  const shown: ShownRecord[] = lines.map(([offset, producer, sequence]) => ({
    offset,
    value: valueName(producer, sequence),
  }));
  for (let at = 0; at < shown.length; at += 3) {
    const records = shown.slice(at, at + 3);
    const above = Math.max(...records.map(({ offset }) => offset)) + 1;
    log.poll(options.highWatermark ?? above, records);
  }
  return log;
}

export function batch(baseOffset: number, endOffset: number, digest = `${baseOffset}`): CopyBatch {
  return { baseOffset, endOffset, digest, isIntact: true };
}

export const BATCHES: readonly CopyBatch[] = [batch(0, 3), batch(3, 6), batch(6, 9)];

export function copyLog(brokerId: number, change: Partial<CopyLog> = {}): CopyLog {
  return {
    brokerId,
    copyId: `${brokerId}`.repeat(12),
    inIsr: true,
    batches: BATCHES,
    fault: undefined,
    isDamagedByUs: false,
    ...change,
  };
}

export function history(change: Partial<PartitionHistory> = {}): PartitionHistory {
  const follower = readLog('follower');
  return {
    partition: 0,
    sends: sendLogs(),
    reads: [follower, readLog('late reader', LOG.slice(2), { startOffset: 2 })],
    followers: [follower],
    final: readLog('the final reading'),
    highWatermark: 9,
    copies: [copyLog(0), copyLog(1), copyLog(2)],
    ...change,
  };
}
