import type { TopicId } from '@millrace/core/ids';
import type { MetadataChange } from '../cluster/metadataCache.ts';

/** Which topics there are and how many partitions they have: of all that metadata tell, what groups depend on. */
export class TopicShapes {
  readonly #partitions = new Map<TopicId, number>();

  /** True if the change is one of these. */
  changed({ topics, gone }: Pick<MetadataChange, 'topics' | 'gone'>): boolean {
    let isChanged = false;
    for (const { topicId, partitions, deleted } of topics) {
      const count = deleted ? undefined : partitions.length;
      if (this.#partitions.get(topicId) === count) continue;
      isChanged = true;
      if (count === undefined) this.#partitions.delete(topicId);
      else this.#partitions.set(topicId, count);
    }
    for (const { topicId } of gone) {
      if (this.#partitions.delete(topicId)) isChanged = true;
    }
    return isChanged;
  }
}
