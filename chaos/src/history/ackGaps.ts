/** Times without an acknowledgement, by partition. Times are of one monotonic clock, in milliseconds. */

export interface AckGap {
  readonly partition: number;
  /** The last acknowledgement before. */
  readonly fromMs: number;
  /** The first one after. */
  readonly toMs: number;
}

/** Shorter ones are the ordinary pace of a loaded machine. */
const GAP_MS_MIN = 100;

export class AckGaps {
  readonly #lastMs: number[];
  readonly #gapMsMin: number;
  readonly #gaps: AckGap[] = [];

  /** Shorter ones than `gapMsMin` are not kept. */
  constructor(partitions: number, nowMs: number, gapMsMin = GAP_MS_MIN) {
    this.#gapMsMin = gapMsMin;
    this.#lastMs = Array.from({ length: partitions }, () => nowMs);
  }

  acknowledged(partition: number, nowMs: number): void {
    const fromMs = this.#lastMs[partition] ?? nowMs;
    this.#lastMs[partition] = nowMs;
    if (nowMs - fromMs >= this.#gapMsMin) this.#gaps.push({ partition, fromMs, toMs: nowMs });
  }

  /** Every partition has had an acknowledgement at this time or later. */
  get oldestLastMs(): number {
    return Math.min(...this.#lastMs);
  }

  get gaps(): readonly AckGap[] {
    return this.#gaps;
  }
}

/** Undefined: none reached into from..to. */
export function longestWithin(
  gaps: readonly AckGap[],
  fromMs: number,
  toMs: number,
): AckGap | undefined {
  let longest: AckGap | undefined;
  for (const gap of gaps) {
    if (gap.toMs < fromMs || gap.fromMs > toMs) continue;
    if (longest === undefined || gap.toMs - gap.fromMs > longest.toMs - longest.fromMs) {
      longest = gap;
    }
  }
  return longest;
}
