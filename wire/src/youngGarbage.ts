/**
 * Collects young garbage by bytes received and sent. A chunk of 64 KiB is a small object in the heap with its bytes
 * outside, so the heap's young generation, which would free it for next to nothing, hardly ever fills; the bytes pile up
 * until V8 marks the whole heap instead, on every core. A minor collection takes about a millisecond.
 * (docs/decisions/0004-process-memory.md)
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const BYTES_MAX = 16 * 2 ** 20;

type Collect = (options: { type: 'minor' }) => void;

export class YoungGarbage {
  readonly #collect: Collect;
  #bytes = 0;

  constructor() {
    setFlagsFromString('--expose-gc');
    this.#collect = runInNewContext('gc') as Collect;
  }

  /** Buffers of so many bytes were made that live no longer than a few ticks. */
  note(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < BYTES_MAX) return;
    this.#bytes = 0;
    this.#collect({ type: 'minor' });
  }
}
