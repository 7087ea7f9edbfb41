/** Lanes that wait for their producer's id before they send. */
import { type MillraceError, toMillraceError } from '@millrace/core/errors';
import { backoffMs, RECONNECT_BACKOFF } from './backoff.ts';
import type { LaneSequences } from './laneSequences.ts';
import type { PartitionLane } from './partitionLane.ts';
import type { ProducerIdentity } from './producerIdentity.ts';

export interface LaneIdentitiesOwner {
  /** It may send, or ask again. */
  due(lane: PartitionLane): void;
  /** There is no id for it. */
  failQueued(lane: PartitionLane, error: MillraceError): void;
  after(delayMs: number, callback: () => void): void;
}

export class LaneIdentities {
  readonly #identity: ProducerIdentity;
  readonly #owner: LaneIdentitiesOwner;
  readonly #waiting = new Set<PartitionLane>();
  #failures = 0;

  constructor(identity: ProducerIdentity, owner: LaneIdentitiesOwner) {
    this.#identity = identity;
    this.#owner = owner;
  }

  /** The id is on its way by the time that a batch is. */
  prepare(): void {
    this.#identity.id().catch(() => {
      // Whoever needs it asks again.
    });
  }

  /** Whether the lane has its id now; else it is due again once it has, or once another try is. */
  identify(lane: PartitionLane, sequences: LaneSequences): boolean {
    const { spentId } = sequences;
    const known = this.#identity.known;
    if (known !== undefined && known !== spentId) sequences.identify(known);
    if (sequences.producerId !== undefined) return true;
    if (this.#waiting.has(lane)) return false;
    this.#waiting.add(lane);
    this.#identity.id(spentId).then(
      () => {
        this.#failures = 0;
        this.#goOn(lane);
      },
      (thrown: unknown) => this.#refused(lane, toMillraceError(thrown)),
    );
    return false;
  }

  #refused(lane: PartitionLane, error: MillraceError): void {
    if (!error.retriable) {
      this.#waiting.delete(lane);
      this.#owner.failQueued(lane, error);
      return;
    }
    lane.lastError = error;
    this.#failures += 1;
    const limits = RECONNECT_BACKOFF;
    const delayMs = backoffMs(this.#failures, Math.random(), error.retryAfterMs, limits);
    this.#owner.after(delayMs, () => this.#goOn(lane));
  }

  #goOn(lane: PartitionLane): void {
    this.#waiting.delete(lane);
    if (lane.hasDue) this.#owner.due(lane);
  }
}
