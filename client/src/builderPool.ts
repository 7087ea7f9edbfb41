/**
 * Builders between batches, with the buffers they have grown. A large batch is sent out of the buffer that it was built
 * in, which comes back here once the broker has answered: no copy, and no garbage of a batch's size. Bounded, since a
 * producer of ten thousand partitions must not keep ten thousand buffers.
 */
import { BatchBuilder } from '@millrace/core/batchWriter';

const SMALL_IDLE_MAX = 256;
const LARGE_IDLE_BYTES_MAX = 16 * 1024 * 1024;
/** A new small buffer; it doubles as records come. */
const SMALL_BYTES = 2 * 1024;
/** A buffer is large from here on. */
const LARGE_BYTES_MIN = 16 * 1024;

export class BuilderPool {
  readonly #small: BatchBuilder[] = [];
  readonly #large: BatchBuilder[] = [];
  #largeIdleBytes = 0;

  /** `expectedBytes`: how large the last batch of the same partition was. */
  take(expectedBytes: number): BatchBuilder {
    if (expectedBytes <= LARGE_BYTES_MIN / 2) {
      return this.#small.pop() ?? new BatchBuilder(SMALL_BYTES);
    }
    const large = this.#large.pop();
    if (large === undefined) return new BatchBuilder(2 ** Math.ceil(Math.log2(expectedBytes)));
    this.#largeIdleBytes -= large.capacityBytes;
    return large;
  }

  /** It must be empty. */
  give(builder: BatchBuilder): void {
    const bytes = builder.capacityBytes;
    if (bytes >= LARGE_BYTES_MIN) {
      if (this.#largeIdleBytes + bytes > LARGE_IDLE_BYTES_MAX) return;
      this.#largeIdleBytes += bytes;
      this.#large.push(builder);
    } else if (this.#small.length < SMALL_IDLE_MAX) {
      this.#small.push(builder);
    }
  }

  /** Nobody reads or sends `bytes` any more, nor anything else of their memory. */
  recycle(bytes: Buffer): void {
    const { buffer } = bytes;
    if (buffer.byteLength >= LARGE_BYTES_MIN) this.give(new BatchBuilder(Buffer.from(buffer)));
  }
}
