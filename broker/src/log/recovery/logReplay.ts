import type { Extent } from '../journal/extent.ts';
import type { LogContent } from '../partition/logContent.ts';
import { type ExtentBounds, type FrameRun, keepExtent, rewriteFrame } from './logRecovery.ts';
import type { Broken } from '../segment/segment.ts';

/** What a boot puts back into one log, frame by frame, before anything is appended (safety.md, rule 11). */
export class LogReplay {
  readonly #content: LogContent;
  readonly #broken: Broken;
  /** The log ends elsewhere, and all of it is as durable as recovery makes it. */
  readonly #changed: () => void;

  constructor(content: LogContent, broken: Broken, changed: () => void) {
    this.#content = content;
    this.#broken = broken;
    this.#changed = changed;
  }

  /** Puts a frame back at the log end. Throws LogCorruptError if it does not continue the log. */
  rewrite(frame: FrameRun): void {
    rewriteFrame(this.#content, frame, this.#broken);
    this.#changed();
  }

  /** Counts what its segment holds already; see keepExtent. */
  async keep(extent: Extent, bounds: ExtentBounds): Promise<number> {
    const bytes = await keepExtent(this.#content, extent, bounds);
    this.#changed();
    return bytes;
  }

  /** See FoundLog. */
  get isHeld(): boolean {
    return this.#content.isHeld;
  }

  /** There are no more frames. Cuts what lies past the end of a log that was opened `held`. */
  settle(): void {
    this.#content.settle();
  }
}
