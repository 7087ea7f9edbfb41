/**
 * What of this broker's data may go (safety.md, rule 25): that of a topic with a tombstone, a copy that has moved away once
 * its reassignment is complete, and what a creation that failed has left. The data of a topic that the store does not know
 * is kept.
 */
import type { BrokerId, TopicId } from '@millrace/core/ids';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { TopicMetadata } from '../cluster/metadata.ts';
import type { MetadataCache } from '../cluster/metadataCache.ts';
import type { Logger } from '../io/logger.ts';
import type { LogDirectory } from '../log/directory/logDirectory.ts';
import type { PartitionLog } from '../log/partition/partitionLog.ts';
import type { DiskWork } from './diskWork.ts';
import type { EngineRule, EngineRulesOff } from './engineRules.ts';

export interface LocalDeletionParts {
  readonly brokerId: BrokerId;
  readonly directory: LogDirectory;
  readonly cache: MetadataCache;
  readonly work: DiskWork;
  readonly logger: Logger;
  readonly rulesOff: EngineRulesOff | undefined;
  /** All data of a topic with a tombstone is gone. */
  readonly deleted: (topicId: TopicId) => void;
  /** A copy is gone; it may have been wanted again meanwhile. */
  readonly dropped: (topicId: TopicId) => void;
}

export class LocalDeletion {
  readonly #parts: LocalDeletionParts;
  /** Topics of which nothing was here before this boot failed to create a copy: what is left may go without a tombstone. */
  readonly #unfinished = new Set<TopicId>();

  constructor(parts: LocalDeletionParts) {
    this.#parts = parts;
  }

  /** The first copies of the topics could not be created. */
  unfinished(topicIds: readonly TopicId[]): void {
    for (const topicId of topicIds) this.#unfinished.add(topicId);
  }

  /** A copy of the topic is here. */
  finished(topicId: TopicId): void {
    this.#unfinished.delete(topicId);
  }

  /** Within a task of the disk. */
  async removeUnfinished(topicId: TopicId): Promise<void> {
    if (!this.#unfinished.has(topicId)) return;
    await this.#parts.directory.deleteTopic(topicId);
    this.#unfinished.delete(topicId);
  }

  /** The tombstone: all data of the topic goes to trash/. */
  tombstone({ topicId, name }: TopicMetadata): void {
    const { work, directory, deleted } = this.#parts;
    work.add(`delete ${name}`, async () => {
      await directory.deleteTopic(topicId);
      deleted(topicId);
      return 'done';
    });
  }

  /** Not in the store any more: what is here is kept and reported. */
  forget({ topicId, name, deleted }: TopicMetadata): void {
    const { work, directory, logger } = this.#parts;
    work.add(`tidy ${name}`, async () => {
      await this.removeUnfinished(topicId);
      if (this.#isOff('unknown-topics-kept')) await directory.deleteTopic(topicId);
      return 'done';
    });
    const kept = [...directory.all()].filter((log) => log.topicId === topicId);
    if (kept.length > 0 && !deleted) {
      logger.warn('data of a topic that is not in the store is kept', { topic: name });
    }
  }

  /** Whether a state that does not name this broker says that its copy is needed no more. */
  isComplete({ adding, initialized }: PartitionStatus): boolean {
    return initialized && (adding.length === 0 || this.#isOff('moved-copy-kept'));
  }

  /** The partition has moved to other brokers. */
  drop({ topicId, name }: TopicMetadata, p: number, log: PartitionLog): void {
    const { work, directory, cache, brokerId, logger, dropped } = this.#parts;
    work.add(`drop ${name}/${p}`, async () => {
      const now = cache.topic(topicId)?.partitions[p];
      if (now === undefined || now.replicas.includes(brokerId) || now.adding.includes(brokerId)) {
        return 'done';
      }
      if (directory.get(topicId, p) !== log) return 'done';
      await directory.deleteCopies([log]);
      logger.info('a copy that moved away is deleted', { topic: name, partition: p });
      dropped(topicId);
      return 'done';
    });
  }

  #isOff(rule: EngineRule): boolean {
    return this.#parts.rulesOff?.has(rule) === true;
  }
}
