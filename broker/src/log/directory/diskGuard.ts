import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { Clock } from '../../io/clock.ts';
import type { FreeSpace, Storage } from '../../io/storage.ts';

/** At 1 GB/s a quarter of the smallest sensible watermark. */
const lookEachMs = 250;
/** Appends go on only with this much more than the watermark, so that they do not flutter at it. */
const resumeFactor = 1.25;

/**
 * Refuses appends before the disk is full (safety.md, pitfall 7): segments, checkpoints and indexes
 * must still be written then. Looks at the disk only when asked.
 */
export class DiskGuard {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #directory: string;
  readonly #freeBytesMin: number;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #space: FreeSpace = { free: Number.POSITIVE_INFINITY, total: Number.POSITIVE_INFINITY };
  #refusing: MillraceError | undefined;

  constructor(storage: Storage, clock: Clock, directory: string, freeBytesMin: number) {
    this.#storage = storage;
    this.#clock = clock;
    this.#directory = directory;
    this.#freeBytesMin = freeBytesMin;
  }

  /** Of the disk of the segments, at most lookEachMs old. */
  get space(): FreeSpace {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#lookedMs >= lookEachMs) {
      this.#lookedMs = nowMs;
      this.#space = this.#storage.freeBytes(this.#directory);
    }
    return this.#space;
  }

  /** DISK_FULL while appends must be refused. */
  refusal(): MillraceError | undefined {
    const { free } = this.space;
    const wanted = this.#freeBytesMin * (this.#refusing === undefined ? 1 : resumeFactor);
    if (free >= wanted) this.#refusing = undefined;
    else {
      this.#refusing = millraceError(
        'DISK_FULL',
        `${this.#directory} has ${free} bytes free; appends are refused below ${this.#freeBytesMin} ` +
          `and taken again from ${Math.ceil(this.#freeBytesMin * resumeFactor)}`,
      );
    }
    return this.#refusing;
  }
}
