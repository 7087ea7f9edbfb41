import { decodeRecordsPooled } from '@millrace/core/batchReader';
import { type BatchHeader, readBatchHeader } from '@millrace/core/batchHeader';
import { MillraceError } from '@millrace/core/errors';
import type { Offset } from '@millrace/core/ids';
import { baseOffsetOf, endOffsetOf, maxTimestampOf, sizeBytesOf } from '../segment/batchFields.ts';
import type { LogContent } from './logContent.ts';
import { LogCorruptError } from '../logCorruptError.ts';
import type { LogSegment } from '../segment/segment.ts';
import { storageFailed } from '../directory/storageFailed.ts';

const sliceBytes = 256 * 1024;
/** A batch that decompresses to more is answered by its first offset. */
const decompressedBytesMax = 64 << 20;

/** The first record at or after a timestamp. */
export interface TimestampedOffset {
  readonly offset: Offset;
  /** Of that record, milliseconds since 1970. */
  readonly timestampMs: number;
  readonly leaderEpoch: number;
}

/** The first record below `before` that is as new as `timestampMs`; undefined if there is none. */
export async function findTimestamp(
  content: LogContent,
  timestampMs: number,
  before: Offset,
): Promise<TimestampedOffset | undefined> {
  for (;;) {
    const { version } = content;
    try {
      const found = await findInLog(content, timestampMs, before);
      if (version === content.version) return found;
    } catch (error) {
      content.checkReadable(content.logStart);
      if (version === content.version) {
        throw error instanceof MillraceError
          ? error
          : storageFailed(content.name, error, 'not-applied');
      }
    }
    // Segments went while they were read: once more.
  }
}

async function findInLog(
  content: LogContent,
  timestampMs: number,
  before: Offset,
): Promise<TimestampedOffset | undefined> {
  for (const segment of Array.from(content.segments)) {
    if (segment.baseOffset >= before) return undefined;
    const newestMs = await segment.newestMs();
    if (newestMs !== undefined && newestMs < timestampMs) continue;
    const found = await findInSegment(content, segment, timestampMs, before);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function findInSegment(
  content: LogContent,
  segment: LogSegment,
  timestampMs: number,
  before: Offset,
): Promise<TimestampedOffset | undefined> {
  let position = await segment.locateTime(timestampMs);
  while (position < segment.sizeBytes) {
    const batches = await segment.readBatches(position, sliceBytes);
    if (batches.length === 0) {
      throw new LogCorruptError(`${segment.path}: no batch at byte ${position}`);
    }
    for (let at = 0; at < batches.length; at += sizeBytesOf(batches, at)) {
      if (baseOffsetOf(batches, at) >= before) return undefined;
      if (maxTimestampOf(batches, at) < timestampMs) continue;
      if (endOffsetOf(batches, at) <= content.logStart) continue;
      const found = await findInBatch(batches, at, timestampMs, content.logStart);
      if (found !== undefined) return found.offset < before ? found : undefined;
    }
    position += batches.length;
  }
  return undefined;
}

async function findInBatch(
  batches: Buffer,
  at: number,
  timestampMs: number,
  logStart: Offset,
): Promise<TimestampedOffset | undefined> {
  const header = readBatchHeader(batches, at);
  const { leaderEpoch } = header;
  // Markers of transactions are no consumer's records.
  if (header.isControl) return undefined;
  for (const record of await recordsOf(batches, at, header)) {
    if (record.timestamp >= timestampMs && record.offset >= logStart) {
      return { offset: record.offset as Offset, timestampMs: record.timestamp, leaderEpoch };
    }
  }
  return undefined;
}

async function recordsOf(
  batches: Buffer,
  at: number,
  header: BatchHeader,
): Promise<readonly { offset: number; timestamp: number }[]> {
  try {
    return await decodeRecordsPooled(batches, at, header, { maxBytes: decompressedBytesMax });
  } catch {
    // Nobody can read its records: consumers shall find it, and see for themselves.
    return [{ offset: header.baseOffset, timestamp: header.maxTimestamp }];
  }
}
