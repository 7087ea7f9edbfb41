import type { LagSample } from './lagSample.ts';
import { lagVerdict, type LagVerdict } from './lagVerdict.ts';

/** Samples of a window at most: what comes more often replaces the newest. */
const SAMPLES_PER_WINDOW = 12;

/**
 * What is remembered of one group in one partition. Where nothing is left to process one sample is kept, so that groups
 * that are up to date cost next to nothing.
 */
export class LagWindow {
  readonly #windowMs: number;
  #samples: LagSample[] = [];
  #sinceMs: number | undefined;
  #rewoundMs: number | undefined;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  get current(): LagSample | undefined {
    return this.#samples.at(-1);
  }

  get size(): number {
    return this.#samples.length;
  }

  /** In the order of their times. */
  add(sample: LagSample): void {
    const last = this.#samples.at(-1);
    this.#sinceMs ??= sample.atMs;
    if (last !== undefined && isRewound(last, sample)) {
      this.#rewoundMs = sample.atMs;
      this.#samples = [];
    }
    if (sample.records === 0) {
      this.#samples = [sample];
      return;
    }
    const before = this.#samples.at(-2);
    const gapMs = this.#windowMs / (2 * SAMPLES_PER_WINDOW);
    if (before !== undefined && sample.atMs - before.atMs < gapMs) this.#samples.pop();
    this.#samples.push(sample);
    // One at or before the beginning of the window stays.
    const beginMs = sample.atMs - this.#windowMs;
    while ((this.#samples[1]?.atMs ?? Number.POSITIVE_INFINITY) <= beginMs) this.#samples.shift();
  }

  /** `nowMs`: monotonic. */
  verdict(nowMs: number): LagVerdict {
    const watched = {
      samples: this.#samples,
      sinceMs: this.#sinceMs ?? nowMs,
      rewoundMs: this.#rewoundMs,
    };
    return lagVerdict(watched, nowMs, this.#windowMs);
  }
}

function isRewound(last: LagSample, { committed }: LagSample): boolean {
  return last.committed !== undefined && (committed === undefined || committed < last.committed);
}
