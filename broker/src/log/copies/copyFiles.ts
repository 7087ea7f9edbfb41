import { join } from 'node:path';
import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { Offset } from '@millrace/core/ids';
import type { Storage } from '../../io/storage.ts';
import type { Copy } from './copyTable.ts';
import {
  afterCut,
  encodePartitionFile,
  PARTITION_FILE,
  type PartitionFile,
  writePartitionFile,
} from './partitionFile.ts';
import { refusedByStorage } from '../directory/storageFailed.ts';

/** partition.json of the copies: one change at a time of each, made of what the last one left. */
export class CopyFiles {
  readonly #storage: Storage;
  /** Nobody knows what the disk holds: the directory fails with it. */
  readonly #fail: (error: unknown) => MillraceError;
  readonly #saving = new Map<Copy, Promise<void>>();
  readonly #closed = new WeakSet<Copy>();

  constructor(storage: Storage, fail: (error: unknown) => MillraceError) {
    this.#storage = storage;
    this.#fail = fail;
  }

  /** Durable once it resolves. Rejects with UNKNOWN_PARTITION once the copy is closed, with what the storage refuses. */
  save(copy: Copy, change: (file: PartitionFile) => PartitionFile): Promise<void> {
    const before = this.#saving.get(copy) ?? Promise.resolve();
    const saved = before.then(() => this.#replace(copy, change(copy.file)));
    const settled = saved.then(
      () => {},
      () => {},
    );
    this.#saving.set(copy, settled);
    void settled.then(() => {
      if (this.#saving.get(copy) === settled) this.#saving.delete(copy);
    });
    return saved;
  }

  /** See afterCut. As `save`. */
  async cut(copy: Copy, end: Offset, beginning: 'kept' | 'over' = 'kept'): Promise<void> {
    await this.save(copy, ({ begun, ...file }) =>
      afterCut(beginning === 'over' ? file : { ...file, begun }, end),
    );
    const { log, file } = copy;
    // What a pass had raised in memory was about what is cut.
    log.removedBelow = file.removedBelow as Offset;
  }

  /** Its directory is about to go: resolves once nothing is written to it any more. */
  async close(copy: Copy): Promise<void> {
    this.#closed.add(copy);
    await this.#saving.get(copy);
  }

  async #replace(copy: Copy, file: PartitionFile): Promise<void> {
    const { directory } = copy.log;
    if (this.#closed.has(copy)) {
      throw millraceError('UNKNOWN_PARTITION', `${directory} is deleted`);
    }
    const kept = encodePartitionFile(copy.file);
    if (encodePartitionFile(file).equals(kept)) return;
    try {
      await writePartitionFile(this.#storage, directory, file);
    } catch (error) {
      // Renamed and not synced: nobody knows which one the next boot finds.
      const found = this.#storage.readFile(join(directory, PARTITION_FILE));
      if (!found.equals(kept)) throw this.#fail(error);
      throw refusedByStorage(directory, error);
    }
    copy.file = file;
    // In memory it is raised first.
    copy.log.removedBelow = Math.max(copy.log.removedBelow, file.removedBelow) as Offset;
  }
}
