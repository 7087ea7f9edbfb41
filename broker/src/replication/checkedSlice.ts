import { scanBatches } from '@millrace/core/batchCheck';
import { LogCorruptError } from '../log/logCorruptError.ts';
import type { Slice } from '../log/partition/logCursor.ts';

/**
 * What was read from a file for a follower, once each batch has its CRC: the follower would refuse it, and nobody would
 * know on which side it was damaged. Throws LogCorruptError.
 */
export function checkedSlice(slice: Slice): Slice {
  for (const buffer of slice.buffers) {
    const { fault } = scanBatches(buffer, 0);
    if (fault !== undefined) throw new LogCorruptError(fault.message, fault);
  }
  return slice;
}
