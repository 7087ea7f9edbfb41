import type { Offset } from '@millrace/core/ids';
import type { JournalEntry } from './journal.ts';
import { FRAME_HEADER_BYTES } from './journalFrame.ts';
import type { PartitionLog } from '../partition/partitionLog.ts';

/** One frame of a group of what logs have written. */
export interface GroupFrame {
  readonly log: PartitionLog;
  /** Exclusive: all of the log below it is in this frame and those before it. */
  readonly endOffset: Offset;
  readonly entry: JournalEntry;
}

/** In their order, each part within `bytesMax` of the journal; a frame that is greater is a part. The first is empty of none. */
export function partsOf(
  frames: readonly GroupFrame[],
  bytesMax: number,
): [readonly GroupFrame[], ...(readonly GroupFrame[])[]] {
  const full: (readonly GroupFrame[])[] = [];
  let last: GroupFrame[] = [];
  let bytes = 0;
  for (const frame of frames) {
    const frameBytes = FRAME_HEADER_BYTES + frame.entry.bytes;
    if (last.length > 0 && bytes + frameBytes > bytesMax) {
      full.push(last);
      last = [];
      bytes = 0;
    }
    last.push(frame);
    bytes += frameBytes;
  }
  const [first, ...more] = full;
  return first === undefined ? [last] : [first, ...more, last];
}
