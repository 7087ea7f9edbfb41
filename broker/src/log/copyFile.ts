import { join } from 'node:path';
import type { MillraceError } from '@millrace/core/errors';
import type { Storage } from '../io/storage.ts';
import type { Copy } from './copyTable.ts';
import {
  encodePartitionFile,
  PARTITION_FILE,
  type PartitionFile,
  writePartitionFile,
} from './partitionFile.ts';
import { refusedByStorage } from './storageFailed.ts';

/** Another partition.json of a copy, in force and durable once it resolves. `fail`: of the whole directory. */
export async function savePartitionFile(
  storage: Storage,
  copy: Copy,
  file: PartitionFile,
  fail: (error: unknown) => MillraceError,
): Promise<void> {
  const { directory } = copy.log;
  try {
    await writePartitionFile(storage, directory, file);
  } catch (error) {
    // Renamed and not synced: nobody knows which one the next boot finds.
    const found = storage.readFile(join(directory, PARTITION_FILE));
    if (!found.equals(encodePartitionFile(copy.file))) throw fail(error);
    throw refusedByStorage(directory, error);
  }
  copy.file = file;
}
