import { millraceError } from '@millrace/core/errors';
import type { Offset } from '@millrace/core/ids';
import type { LogDirectory } from '../directory/logDirectory.ts';
import type { PartitionLog } from '../partition/partitionLog.ts';

/**
 * A copy that cannot prove that it holds all it acknowledged starts anew, empty, at `startOffset` under another copyId
 * (safety.md, rules 6, 23): its log goes to trash/; the epoch that it adopted and the lowest minimum that it saw stay
 * known. Durable once it resolves; a crash on the way leaves the old copy or none.
 */
export async function resetCopy(
  directory: LogDirectory,
  log: PartitionLog,
  startOffset: Offset,
): Promise<PartitionLog> {
  const { topicName, config, adoptedEpoch, minIsr } = directory.copyFacts(log);
  const { topicId, partition } = log;
  await directory.deleteCopies([log]);
  const kept = { startOffset, adoptedEpoch, minIsr };
  const [fresh] = await directory.createCopies([{ topicId, topicName, partition, config, kept }]);
  if (fresh !== undefined) return fresh;
  throw millraceError('UNKNOWN_PARTITION', `${log.directory} is deleted`);
}
