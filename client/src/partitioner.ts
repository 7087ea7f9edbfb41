/**
 * Which partition takes a record that names none. Keyed: murmur2(key) mod partitions, as existing clients. Without a
 * key: sticky, one partition until a batch is complete, then the next with a leader, so that batches fill.
 */
import { partitionForKey } from '@millrace/core/murmur2';

export class Partitioner {
  readonly #partitions: number;
  #sticky: number;

  /** `random` in [0, 1) picks where the round begins: producers that start together spread. */
  constructor(partitions: number, random: number) {
    this.#partitions = partitions;
    this.#sticky = Math.min(partitions - 1, Math.floor(random * partitions));
  }

  /** Also while its partition has no leader: a key never moves. */
  forKey(key: Uint8Array): number {
    return partitionForKey(key, this.#partitions);
  }

  get sticky(): number {
    return this.#sticky;
  }

  /**
   * Moves on once a batch of `partition` is complete. A batch of another partition changes nothing.
   * `isAvailable` tells which partitions can be sent to now; if none can, the next one in turn is taken.
   */
  batchCompleted(partition: number, isAvailable: (partition: number) => boolean): void {
    if (partition !== this.#sticky) return;
    const next = (partition + 1) % this.#partitions;
    this.#sticky = next;
    for (let step = 0; step < this.#partitions; step++) {
      const candidate = (next + step) % this.#partitions;
      if (isAvailable(candidate)) {
        this.#sticky = candidate;
        return;
      }
    }
  }
}
