/**
 * The sequences of one partition's records (safety.md, rule 15), in runs: within a run each batch begins where the one
 * before it ended, and is sent again with the same bytes. A batch that is given up may leave a gap, past which the leader
 * takes nothing: then the next run begins, with a higher producer epoch, which fences what is late of the one before.
 */
import { SEQUENCES } from '@millrace/core/batchHeader';
import type { ProducerBatch } from './producerBatch.ts';

const EPOCH_MAX = 2 ** 15 - 1;

export class LaneSequences {
  #producerId: number | undefined;
  #spentId: number | undefined;
  #epoch = 0;
  #next = 0;
  #run = 0;
  /** `broken`: a batch was given up, perhaps with its place empty. `dead`: the leader takes nothing more of this run. */
  #state: 'fresh' | 'confirmed' | 'broken' | 'dead' = 'fresh';

  /** Undefined: it needs one, other than `spentId`. */
  get producerId(): number | undefined {
    return this.#producerId;
  }

  /** All epochs of this one are used up. */
  get spentId(): number | undefined {
    return this.#spentId;
  }

  /** No new batch goes before the next run begins; what may be in the log already can be asked for, unless it is dead. */
  get isBroken(): boolean {
    return this.#state === 'broken' || this.#state === 'dead';
  }

  get isDead(): boolean {
    return this.#state === 'dead';
  }

  /**
   * A leader that does not know the producer takes any sequence for its first: a second batch could pass it. And what is
   * broken is mended with nothing in flight.
   */
  get goesAlone(): boolean {
    return this.#state !== 'confirmed';
  }

  identify(producerId: number): void {
    this.#producerId = producerId;
  }

  /** Writes the next place into the batch, unless it has one of this run. It must not be in the log. */
  stamp(batch: ProducerBatch): void {
    if (batch.place?.run === this.#run) return;
    if (this.#producerId === undefined || this.isBroken) throw new TypeError('no run to stamp');
    if (batch.inDoubt) throw new TypeError('a second place for what may have one');
    const producer = { producerId: this.#producerId, producerEpoch: this.#epoch };
    batch.stamp({ run: this.#run, stamp: { ...producer, baseSequence: this.#next } });
    this.#next = (this.#next + batch.recordCount) % SEQUENCES;
  }

  /** A batch is in the log. */
  confirm(): void {
    if (this.#state === 'fresh') this.#state = 'confirmed';
  }

  /** The batch is given up, whatever became of it. */
  lose(batch: ProducerBatch): void {
    if (batch.place?.run === this.#run && this.#state !== 'dead') this.#state = 'broken';
  }

  /** All before it was answered, and its sequence is refused: so would be whatever follows. */
  die(): void {
    this.#state = 'dead';
  }

  /** With nothing of the run in flight, nor anything that may be in the log. */
  renew(): void {
    this.#epoch += 1;
    if (this.#epoch > EPOCH_MAX) {
      this.#epoch = 0;
      this.#spentId = this.#producerId;
      this.#producerId = undefined;
    }
    this.restart();
  }

  /** In the log of another topic, which knows nothing of this producer. */
  restart(): void {
    this.#run += 1;
    this.#next = 0;
    this.#state = 'fresh';
  }
}
