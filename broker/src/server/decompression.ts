/**
 * What all streams together may decompress at once, and keep decompressed between two messages: batches of clients grow
 * by factors that they choose, so neither is left to how many streams there are.
 */
import type { BatchHeader } from '@millrace/core/batchHeader';
import { decompressedSection } from '@millrace/core/batchReader';

/** A compressed batch may grow to this when the broker has to decode it; larger ones go as `batches`. */
const SECTION_BYTES_MAX = 32 << 20;
const CONCURRENCY = 2;
const KEPT_BYTES_MAX = 32 << 20;

export class Decompression {
  #running = 0;
  #waiting: (() => void)[] = [];
  #keptBytes = 0;

  /**
   * The records of the batch at `at`, ready for a SectionReader. `use` runs in the slice in which they are there, before
   * anything else is decompressed in their place. Throws RECORD_TOO_LARGE, CORRUPT_BATCH, UNSUPPORTED_COMPRESSION.
   */
  async section<T>(
    buf: Buffer,
    at: number,
    header: BatchHeader,
    use: (section: Buffer) => T,
  ): Promise<T> {
    const limits = { maxBytes: SECTION_BYTES_MAX };
    if (header.compression === 'none') {
      return use(await decompressedSection(buf, at, header, limits));
    }
    while (this.#running >= CONCURRENCY) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running++;
    try {
      return use(await decompressedSection(buf, at, header, limits));
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  /** True: the caller may hold on to a section of this size, until it calls `release`. */
  keep(bytes: number): boolean {
    if (this.#keptBytes + bytes > KEPT_BYTES_MAX) return false;
    this.#keptBytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#keptBytes -= bytes;
  }
}
