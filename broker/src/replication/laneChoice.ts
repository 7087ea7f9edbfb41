import type { FollowLane } from '@millrace/core/messages/follow';

/** Beyond it cold reads would hold up the ISR (contracts.md, Follow). */
const CATCHUP_BYTES = 4 << 20;
/** Back on the tail well below that, so that it does not go to and fro. */
const TAIL_BYTES = 1 << 20;

/** On which lane a partition belongs. How far it is behind is known in records; what they weigh, from the last ones. */
export class LaneChoice {
  #lane: FollowLane;
  #bytesPerRecord = 0;

  constructor(lane: FollowLane) {
    this.#lane = lane;
  }

  get lane(): FollowLane {
    return this.#lane;
  }

  measured(bytes: number, records: number): void {
    if (records > 0) this.#bytesPerRecord = bytes / records;
  }

  /** `records` are committed and not here. True if the lane has changed. */
  note(records: number): boolean {
    const behindBytes = records <= 0 ? 0 : records * this.#bytesPerRecord;
    const limit = this.#lane === 'tail' ? CATCHUP_BYTES : TAIL_BYTES;
    const lane: FollowLane = behindBytes > limit ? 'catchup' : 'tail';
    if (lane === this.#lane) return false;
    this.#lane = lane;
    return true;
  }
}
