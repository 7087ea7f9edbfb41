/** Checkers of what one reader is shown in one partition. */
import type { Checker } from './checker.ts';
import { FinalLog } from './finalLog.ts';

export const pollOrder: Checker = {
  name: 'non-monotonic poll',
  meaning: 'shown to a reader after an offset at or above it',
  *check({ reads, final }) {
    for (const { reader, offsets } of [...reads, final]) {
      let last = -1;
      for (const offset of offsets) {
        if (offset <= last) yield `${reader} was shown offset ${offset} after ${last}`;
        last = Math.max(last, offset);
      }
    }
  },
};

export const pollSkip: Checker = {
  name: 'poll skip',
  meaning: 'a reader went past an offset that the log has without showing it',
  *check(history) {
    const log = new FinalLog(history);
    for (const { reader, startOffset, offsets } of history.reads) {
      let next = startOffset;
      for (const offset of offsets) {
        const skipped = log.firstIn(next, offset);
        if (skipped !== undefined) yield `${reader} went from ${next} to ${offset} past ${skipped}`;
        next = Math.max(next, offset + 1);
      }
    }
  },
};

export const readPastWatermark: Checker = {
  name: 'read past the high watermark',
  meaning: 'shown to a reader at or above the high watermark of the same reply',
  *check({ reads, final }) {
    for (const { reader, offsets, polls } of [...reads, final]) {
      for (const [index, { from, highWatermark }] of polls.entries()) {
        const before = polls[index + 1]?.from ?? offsets.length;
        for (let at = from; at < before; at++) {
          const offset = offsets[at];
          if (offset === undefined || offset < highWatermark) continue;
          yield `${reader} was shown offset ${offset} with a high watermark of ${highWatermark}`;
        }
      }
    }
  },
};
