/** Below that a timer is late by more than it waits. */
const GAP_MS_MIN = 1;
const GAP_MS_MAX = 50;
/** Of one answer in the smoothed round trip. */
const WEIGHT = 1 / 8;

/**
 * How far apart small batches of one partition leave while others are in flight. If each left at once, the window would
 * be full with a few records each, and the next record would wait for a whole round trip. Spread over the round trip,
 * they leave room for the next one at any time, and a message carries more.
 */
export class RequestSpacing {
  readonly #inFlightMax: number;
  #roundTripMs = 0;

  constructor(inFlightMax: number) {
    this.#inFlightMax = inFlightMax;
  }

  answered(roundTripMs: number): void {
    this.#roundTripMs += (roundTripMs - this.#roundTripMs) * WEIGHT;
  }

  /** Milliseconds; 0: at once, as always with nothing in flight. */
  gapMs(inFlight: number): number {
    if (inFlight === 0) return 0;
    const gapMs = Math.min(GAP_MS_MAX, Math.floor(this.#roundTripMs / this.#inFlightMax));
    return gapMs < GAP_MS_MIN ? 0 : gapMs;
  }
}
