/** What one session reported of the copies of its broker: the newest of each. */
import type { TopicId } from '@millrace/core/ids';
import type { CopyReport } from '../cluster/sessionMessages.ts';

export class CopyTable {
  readonly #byTopic = new Map<TopicId, Map<number, CopyReport>>();

  put(report: CopyReport): void {
    const { topicId, partition } = report;
    const copies = this.#byTopic.get(topicId);
    if (copies === undefined) this.#byTopic.set(topicId, new Map([[partition, report]]));
    else copies.set(partition, report);
  }

  get(topicId: TopicId, partition: number): CopyReport | undefined {
    return this.#byTopic.get(topicId)?.get(partition);
  }

  hasTopic(topicId: TopicId): boolean {
    return this.#byTopic.has(topicId);
  }

  removeTopic(topicId: TopicId): void {
    this.#byTopic.delete(topicId);
  }

  *all(): Iterable<CopyReport> {
    for (const copies of this.#byTopic.values()) yield* copies.values();
  }
}
