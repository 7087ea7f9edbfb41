import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { Checkpointer } from '../journal/checkpointer.ts';
import type { CopyTable } from './copyTable.ts';
import type { DataDirectory } from '../directory/dataDirectory.ts';
import type { FlushQueues } from '../journal/flushQueues.ts';
import type { PartitionLog } from '../partition/partitionLog.ts';

export interface CopyDeletion {
  readonly data: DataDirectory;
  readonly queues: FlushQueues;
  readonly checkpointer: Checkpointer;
  readonly copies: CopyTable;
  /** Of the whole directory. */
  readonly fail: (error: unknown) => MillraceError;
}

/** Out of the table, the checkpoint and topics/, durably; what is queued in them is dropped. */
export async function deleteCopies(
  logs: readonly PartitionLog[],
  { data, queues, checkpointer, copies, fail }: CopyDeletion,
): Promise<void> {
  await queues.hold(logs);
  // No sync of a checkpoint may meet a file that goes away.
  await checkpointer.between(async () => {
    for (const log of logs) {
      queues.forget(log);
      checkpointer.forget(log);
      copies.remove(log);
      log.close(millraceError('UNKNOWN_PARTITION', `${log.directory} is deleted`));
    }
    try {
      await data.discard(logs);
    } catch (error) {
      // Half of them may be gone, and the next checkpoint would pass the frames of the others.
      throw fail(error);
    }
  });
  await checkpointer.dropLines(logs);
}
