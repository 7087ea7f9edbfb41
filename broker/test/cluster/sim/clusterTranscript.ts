import { type Logger, silentLogger } from '../../../src/io/logger.ts';
import type { SimScheduler } from '../../../src/io/sim/simScheduler.ts';

const linesMax = 6000;

/** What happened in one seed, for people: virtual time, who, event. */
export class ClusterTranscript {
  readonly #scheduler: SimScheduler;
  readonly #lines: string[] = [];

  constructor(scheduler: SimScheduler) {
    this.#scheduler = scheduler;
  }

  note(who: string, event: string): void {
    this.#lines.push(`${this.#scheduler.nowMs.toFixed(3).padStart(10)} ms  ${who}  ${event}`);
    if (this.#lines.length > 2 * linesMax) this.#lines.splice(0, linesMax);
  }

  /** What production code says goes in between. */
  logger(who: string): Logger {
    const at =
      (level: string) =>
      (message: string, fields: object = {}): void => {
        const details = Object.entries(fields).map(([key, value]) => ` ${key}=${told(value)}`);
        this.note(who, `${level}: ${message}${details.join('')}`);
      };
    return { ...silentLogger, info: at('info'), warn: at('warn'), error: at('error') };
  }

  last(count: number): string[] {
    return this.#lines.slice(-count);
  }
}

function told(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
