import type { Offset } from '@millrace/core/ids';
import { baseOffsetOf, endOffsetOf, sizeBytesOf } from '../segment/batchFields.ts';
import type { LogContent } from './logContent.ts';
import { LogCorruptError } from '../logCorruptError.ts';
import type { LogPosition } from './logPosition.ts';

/** Where the last batch ends that ends at or below `offset`; there may be a gap before the next one. */
export async function batchBoundary(content: LogContent, offset: Offset): Promise<LogPosition> {
  if (offset >= content.end.offset) return content.end;
  const segment = content.segments.below(offset);
  if (segment === undefined || offset <= content.logStart) {
    // What lies below the log start may go at any time; a gap above it is not part of what is left.
    const start = Math.min(offset, content.logStart) as Offset;
    return { offset: start, segmentBase: start, position: 0 };
  }
  const { baseOffset: segmentBase } = segment;
  let position = await segment.locate(offset);
  let passed: Offset | undefined;
  // The index may name the very batch that goes: what ends before it is not known then.
  let first = offset;
  while (position < segment.sizeBytes) {
    const batches = await segment.readBatches(position, 64 * 1024);
    if (batches.length === 0) {
      throw new LogCorruptError(`${segment.path}: no batch at byte ${position}`);
    }
    for (let at = 0; at < batches.length; at += sizeBytesOf(batches, at)) {
      if (endOffsetOf(batches, at) > offset) {
        if (position + at === 0) return await batchBoundary(content, segmentBase);
        if (passed !== undefined) return { offset: passed, segmentBase, position: position + at };
        first = baseOffsetOf(batches, at);
        break;
      }
      passed = endOffsetOf(batches, at);
    }
    if (passed === undefined) position = await segment.locate((first - 1) as Offset);
    else position += batches.length;
  }
  return { offset: passed ?? offset, segmentBase, position };
}
