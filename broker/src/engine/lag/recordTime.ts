import { readBatchHeader } from '@millrace/core/batchHeader';
import { decompressedSection, SectionReader } from '@millrace/core/batchReader';
import { type Offset, toOffset } from '@millrace/core/ids';
import type { Partition } from '../../replication/partition.ts';

/** At least a batch is read. */
const READ_BYTES = 4096;
/** A batch that decompresses to more is as old as its newest record. */
const SECTION_BYTES_MAX = 64 << 20;

/**
 * Timestamp of the first record at or after `offset` and the log start, below the high watermark; undefined if there is
 * none. Rejects if the log can't be read there.
 */
export async function recordTime(
  partition: Partition,
  offset: number,
): Promise<number | undefined> {
  const { log } = partition;
  const from = Math.max(offset, log.logStartOffset);
  const before = partition.readBound('read-uncommitted');
  if (from >= before) return undefined;
  const cursor = log.openCursor(toOffset(from));
  for (;;) {
    const { buffers } = await cursor.next({ bytesMax: READ_BYTES, before });
    if (buffers.length === 0) return undefined;
    for (const buffer of buffers) {
      const found = await timeIn(buffer, from as Offset);
      if (found !== undefined) return found;
    }
  }
}

async function timeIn(batches: Buffer, from: Offset): Promise<number | undefined> {
  for (let at = 0; at < batches.length; ) {
    const header = readBatchHeader(batches, at);
    const begin = at;
    at += header.sizeBytes;
    const isBefore = header.baseOffset + header.lastOffsetDelta < from;
    // Markers of transactions are no consumer's records.
    if (isBefore || header.isControl || header.recordCount === 0) continue;
    try {
      const limits = { maxBytes: SECTION_BYTES_MAX };
      const section = await decompressedSection(batches, begin, header, limits);
      const records = new SectionReader(section, header);
      for (let record = records.next(); record !== undefined; record = records.next()) {
        if (record.offset >= from) return record.timestamp;
      }
    } catch {
      // Nobody can read its records; a consumer stands before it all the same.
      return header.maxTimestamp;
    }
  }
  return undefined;
}
