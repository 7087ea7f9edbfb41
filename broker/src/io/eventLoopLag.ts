/** How late the event loop runs its timers, measured by libuv itself; nothing of it runs in JavaScript. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;

export interface LagWindow {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export class EventLoopLag {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor() {
    this.#histogram.enable();
  }

  /** Since the start or the last `takeWindow`. */
  get p99Ms(): number {
    return lagMs(this.#histogram.percentile(99));
  }

  /** Since the start or the last `takeWindow`; begins a new window. */
  takeWindow(): LagWindow {
    const window = {
      p50Ms: lagMs(this.#histogram.percentile(50)),
      p99Ms: lagMs(this.#histogram.percentile(99)),
      maxMs: lagMs(this.#histogram.max),
    };
    this.#histogram.reset();
    return window;
  }

  stop(): void {
    this.#histogram.disable();
  }
}

/** The histogram holds intervals between timers that are due every RESOLUTION_MS. */
function lagMs(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS) || 0;
}
