import { millraceError } from '@millrace/core/errors';
import type { TopicId } from '@millrace/core/ids';
import { lineKey } from '../journal/checkpointFile.ts';
import type { PartitionFile } from './partitionFile.ts';
import type { PartitionLog } from '../partition/partitionLog.ts';

export interface Copy {
  readonly log: PartitionLog;
  /** What its partition.json says, durably. */
  file: PartitionFile;
}

export interface CopyName {
  readonly topicId: TopicId;
  readonly partition: number;
}

/** The copies of a directory by name, and the names of those that are being created. */
export class CopyTable {
  readonly #copies = new Map<string, Copy>();
  readonly #creating = new Set<string>();

  get({ topicId, partition }: CopyName): Copy | undefined {
    return this.#copies.get(lineKey(topicId, partition));
  }

  /** Whether this very log is still one of them. */
  has(log: PartitionLog): boolean {
    return this.get(log)?.log === log;
  }

  *logs(): Generator<PartitionLog> {
    for (const { log } of this.#copies.values()) yield log;
  }

  put(copy: Copy): void {
    this.#copies.set(lineKey(copy.log.topicId, copy.log.partition), copy);
  }

  remove(log: PartitionLog): void {
    if (this.has(log)) this.#copies.delete(lineKey(log.topicId, log.partition));
  }

  /**
   * Those of `names` for which there is no copy yet, reserved until `release`. CONFLICT if one exists
   * and is not empty, or is being created.
   */
  reserve<Name extends CopyName>(names: readonly Name[]): Name[] {
    const missing = names.filter((name) => {
      const key = lineKey(name.topicId, name.partition);
      const log = this.get(name)?.log;
      if (log === undefined && !this.#creating.has(key)) return true;
      if (log !== undefined && log.logEndOffset === 0) return false;
      throw millraceError('CONFLICT', `a copy of ${key} exists already`);
    });
    for (const { topicId, partition } of missing) this.#creating.add(lineKey(topicId, partition));
    return missing;
  }

  release(names: readonly CopyName[]): void {
    for (const { topicId, partition } of names) this.#creating.delete(lineKey(topicId, partition));
  }
}
