import type { BootId, Offset } from '@millrace/core/ids';
import type { CopyName } from '@millrace/core/resources/partitionAssignment';

/** What a leader knows, in one leader epoch, of one copy that follows it: moved only by fetches that pass. */
export class FollowerProgress {
  readonly copy: CopyName;
  #hasPassed = false;
  #fetchOffset = 0 as Offset;
  #durableEnd = 0 as Offset;
  #bootId: BootId | undefined;
  #caughtUpMs: number;

  /** `nowMs`: as if it had everything now, so that it has its time to come. */
  constructor(copy: CopyName, nowMs: number) {
    this.copy = copy;
    this.#caughtUpMs = nowMs;
  }

  /** Whether it has fetched in this epoch. */
  get hasPassed(): boolean {
    return this.#hasPassed;
  }

  get fetchOffset(): Offset {
    return this.#fetchOffset;
  }

  get durableEnd(): Offset {
    return this.#durableEnd;
  }

  /** Monotonic: the latest time at which it is known to have held, durably, all that the leader had then. */
  get caughtUpMs(): number {
    return this.#caughtUpMs;
  }

  /** Of its broker, at its last fetch. */
  get bootId(): BootId | undefined {
    return this.#bootId;
  }

  passed(fetchOffset: Offset, durableEnd: Offset, bootId: BootId): void {
    this.#bootId = bootId;
    this.#hasPassed = true;
    this.#fetchOffset = fetchOffset;
    this.#durableEnd = durableEnd;
  }

  caughtUpAt(nowMs: number): void {
    if (nowMs > this.#caughtUpMs) this.#caughtUpMs = nowMs;
  }
}
