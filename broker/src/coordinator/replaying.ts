/** Reads a log from its start and hands over its records, in slices that leave the event loop to others. */
import { type BatchHeader, readBatchHeader } from '@millrace/core/batchHeader';
import { decompressedSection, SectionReader } from '@millrace/core/batchReader';
import type { Offset } from '@millrace/core/ids';
import type { DecodedRecord } from '@millrace/core/record';
import type { Clock } from '../io/clock.ts';
import type { CoordinatorLog } from './coordinatorLog.ts';
import { Pace } from './pace.ts';

const SLICE_BYTES_MAX = 256 * 1024;
const RECORDS_PER_LOOK = 64;
/** Decompressed: coordinators do not compress, a later version may. */
const SECTION_BYTES_MAX = 64 << 20;

export interface Replaying {
  readonly log: CoordinatorLog;
  readonly clock: Clock;
  /** Exclusive, below the high watermark. */
  readonly end: Offset;
  record(record: DecodedRecord): void;
  /** Everything below it is replayed. */
  progress(offset: Offset): void;
  /** Looked at after each wait; it ends then. */
  isOver(): boolean;
}

/** Resolves once all below `end` is replayed, or `isOver`. Rejects with what the log or `record` throws. */
export async function replayLog(parts: Replaying): Promise<void> {
  const { log, end } = parts;
  const pace = new Pace(parts.clock);
  const cursor = log.openCursor(log.startOffset);
  for (;;) {
    const slice = await cursor.next({ bytesMax: SLICE_BYTES_MAX, before: end });
    if (parts.isOver() || slice.buffers.length === 0) return;
    for (const buffer of slice.buffers) {
      for (let at = 0; at < buffer.length; ) {
        const header = readBatchHeader(buffer, at);
        if (!(await replayBatch(parts, pace, buffer, at, header))) return;
        at += header.sizeBytes;
      }
    }
    parts.progress(slice.nextOffset);
  }
}

/** False: it is over. */
async function replayBatch(
  parts: Replaying,
  pace: Pace,
  buffer: Buffer,
  at: number,
  header: BatchHeader,
): Promise<boolean> {
  const section = await decompressedSection(buffer, at, header, { maxBytes: SECTION_BYTES_MAX });
  if (parts.isOver()) return false;
  const reader = new SectionReader(section, header);
  let count = 0;
  for (let record = reader.next(); record !== undefined; record = reader.next()) {
    parts.record(record);
    if (++count % RECORDS_PER_LOOK !== 0 || !pace.isDue) continue;
    await pace.rest();
    if (parts.isOver()) return false;
  }
  return true;
}
