/**
 * Deleted topics until nothing is left of them: the objects go once every replica has confirmed that its data is gone
 * (safety.md, rule 25; contracts.md, Cluster state objects).
 */
import { toMillraceError } from '@millrace/core/errors';
import type { BrokerId, TopicId } from '@millrace/core/ids';
import type { Logger } from '../io/logger.ts';
import type { ClusterStore } from '../store/clusterStore.ts';
import type { Chunk } from './chunk.ts';
import { type ClusterModel, isDeleted, type TopicEntry } from './clusterModel.ts';
import type { Roster } from './roster.ts';

export interface TopicDeletionParts {
  readonly store: ClusterStore;
  readonly logger: Logger;
  readonly model: ClusterModel;
  readonly roster: Roster;
  readonly onGone: (chunk: Chunk) => void;
}

export class TopicDeletion {
  readonly #parts: TopicDeletionParts;
  readonly #removing = new Set<TopicId>();

  constructor(parts: TopicDeletionParts) {
    this.#parts = parts;
  }

  /** The broker holds nothing of it any more. */
  confirmed(brokerId: BrokerId, topicId: TopicId): void {
    this.#parts.roster.get(brokerId)?.copies.removeTopic(topicId);
    this.check(topicId);
  }

  checkAll(): void {
    for (const topicId of this.#parts.model.topics.keys()) this.check(topicId);
  }

  check(topicId: TopicId): void {
    const entry = this.#parts.model.topics.get(topicId);
    if (entry === undefined || !isDeleted(entry) || this.#removing.has(topicId)) return;
    if (entry.topic !== undefined || !this.#isConfirmed(entry)) return;
    this.#removing.add(topicId);
    this.#remove(entry)
      .catch((thrown: unknown) => {
        const cause = toMillraceError(thrown).message;
        this.#parts.logger.warn('a deleted topic is not removed yet', { topic: entry.name, cause });
      })
      .finally(() => this.#removing.delete(topicId));
  }

  #isConfirmed(entry: TopicEntry): boolean {
    const holders = new Set<BrokerId>();
    for (const { object } of entry.chunks) {
      for (const replicas of object.spec.replicas) for (const id of replicas) holders.add(id);
      for (const { replicas, adding } of object.status?.partitions ?? []) {
        for (const id of [...replicas, ...adding]) holders.add(id);
      }
    }
    for (const { brokerId, copies } of this.#parts.roster.all()) {
      if (copies.hasTopic(entry.topicId)) holders.add(brokerId);
    }
    return [...holders].every((brokerId) => {
      const member = this.#parts.roster.get(brokerId);
      if (member?.session === undefined || member.copies.hasTopic(entry.topicId)) return false;
      // A copy that it was told to create may be there by now.
      const { creating } = member.session;
      return ![...creating].some((key) => key.startsWith(entry.topicId));
    });
  }

  async #remove(entry: TopicEntry): Promise<void> {
    const { store, onGone } = this.#parts;
    // The last first: what is left has no hole.
    for (const chunk of entry.chunks.toReversed()) {
      await store.delete('PartitionAssignment', chunk.name, chunk.object.version);
      onGone(chunk);
    }
  }
}
