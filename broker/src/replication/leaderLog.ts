import type { Offset } from '@millrace/core/ids';
import type { PartitionLog } from '../log/partition/partitionLog.ts';
import type { LeaderLog } from './fetchVerdict.ts';

/** The log of a partition as its followers may see it: what is in the segments, and not in the journal yet, is not there. */
export function leaderLogOf(partition: {
  readonly log: PartitionLog;
  readonly readableEnd: Offset;
}): LeaderLog {
  return {
    get logStart() {
      return partition.log.logStartOffset;
    },
    get readableEnd() {
      return partition.readableEnd;
    },
    get removedBelow() {
      return partition.log.removedBelow;
    },
    endOfEpoch(epoch) {
      const { readableEnd } = partition;
      const found = partition.log.endOfEpoch(epoch);
      return found.endOffset <= readableEnd
        ? found
        : { epoch: found.epoch, endOffset: readableEnd };
    },
  };
}
