/**
 * Which partitions are to be decided again. At takeover nothing is, for half a second or until every broker that is not
 * proven dead has registered: else the first to register would lead all that the others hold too.
 */
import type { BrokerId } from '@millrace/core/ids';
import type { Clock, TimerHandle } from '../io/clock.ts';
import type { AssignmentWriter } from './assignmentWriter.ts';
import type { Chunk } from './chunk.ts';
import type { ClusterModel } from './clusterModel.ts';
import type { Roster } from './roster.ts';

const HOLD_MS_MAX = 500;
const RECHECK_MS = 1000;

export interface PartitionMarksParts {
  readonly self: BrokerId;
  readonly clock: Clock;
  readonly model: ClusterModel;
  readonly roster: Roster;
  readonly writer: AssignmentWriter;
}

export class PartitionMarks {
  readonly #parts: PartitionMarksParts;
  /** Where time alone may change the decision. */
  readonly #recheck = new Map<Chunk, Set<number>>();
  #recheckedMs = 0;
  #holdTimer: TimerHandle | undefined;
  #isHeld = true;

  constructor(parts: PartitionMarksParts) {
    this.#parts = parts;
    this.#holdTimer = parts.clock.setTimer(HOLD_MS_MAX, () => this.#release());
  }

  close(): void {
    this.#holdTimer?.cancel();
    this.#isHeld = true;
  }

  /** The roster changed: perhaps nobody is waited for any more. */
  rosterChanged(): void {
    if (!this.#isHeld || this.#holdTimer === undefined) return;
    const { roster, self } = this.#parts;
    if (roster.get(self)?.state !== 'live') return;
    for (const { state } of roster.all()) if (state === 'silent') return;
    this.#release();
  }

  one(chunk: Chunk, index: number): void {
    if (!this.#isHeld) this.#parts.writer.mark(chunk, index);
  }

  indexes(chunk: Chunk, indexes: readonly number[]): void {
    for (const index of indexes) this.one(chunk, index);
  }

  chunk(chunk: Chunk): void {
    for (let index = 0; index < chunk.partitions; index += 1) this.one(chunk, index);
  }

  all(): void {
    for (const chunk of this.#parts.model.chunks.values()) this.chunk(chunk);
  }

  /** All that the broker has, or should have, a part in. */
  broker(brokerId: BrokerId): void {
    const prefix = `${brokerId}:`;
    for (const chunk of this.#parts.model.chunks.values()) {
      const { spec, status } = chunk.object;
      for (const [index, wanted] of spec.replicas.entries()) {
        const now = status?.partitions[index];
        const concerns =
          wanted.includes(brokerId) ||
          now?.replicas.includes(brokerId) === true ||
          now?.adding.includes(brokerId) === true ||
          now?.isr.some((copy) => copy.startsWith(prefix)) === true ||
          now?.eligible.some((copy) => copy.startsWith(prefix)) === true;
        if (concerns) this.one(chunk, index);
      }
    }
  }

  /** A replica is filled: another move may begin. */
  reassigning(): void {
    for (const chunk of this.#parts.model.chunks.values()) {
      const { spec, status } = chunk.object;
      for (const [index, wanted] of spec.replicas.entries()) {
        const now = status?.partitions[index]?.replicas;
        if (now !== undefined && wanted.some((id) => !now.includes(id))) this.one(chunk, index);
      }
    }
  }

  later(chunk: Chunk, index: number): void {
    const indexes = this.#recheck.get(chunk);
    if (indexes === undefined) this.#recheck.set(chunk, new Set([index]));
    else indexes.add(index);
  }

  tick(): void {
    const nowMs = this.#parts.clock.monotonicMs();
    if (nowMs - this.#recheckedMs < RECHECK_MS) return;
    this.#recheckedMs = nowMs;
    const due = [...this.#recheck];
    this.#recheck.clear();
    for (const [chunk, indexes] of due) this.indexes(chunk, [...indexes]);
  }

  #release(): void {
    if (this.#holdTimer === undefined) return;
    this.#holdTimer.cancel();
    this.#holdTimer = undefined;
    this.#isHeld = false;
    this.all();
  }
}
