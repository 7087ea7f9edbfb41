import { vectorsMax } from './rawFile.ts';

/**
 * What of a list of buffers is still to be written, through any number of short writes. The list and
 * its buffers are not changed.
 */
export class WriteVectors {
  readonly #buffers: readonly Uint8Array[];
  #index = 0;
  #skip = 0;
  #left = 0;

  constructor(buffers: readonly Uint8Array[]) {
    this.#buffers = buffers;
    for (const buffer of buffers) this.#left += buffer.byteLength;
  }

  /** Bytes not yet written. */
  get left(): number {
    return this.#left;
  }

  /** The buffers of the next write: at most vectorsMax, not empty while bytes are left. */
  next(): readonly Uint8Array[] {
    const buffers = this.#buffers;
    if (this.#index === 0 && this.#skip === 0 && buffers.length <= vectorsMax) return buffers;
    const slice = buffers.slice(this.#index, this.#index + vectorsMax);
    const first = slice[0];
    if (first !== undefined && this.#skip > 0) slice[0] = first.subarray(this.#skip);
    return slice;
  }

  /** `written` bytes of `next()` are in the file. */
  advance(written: number): void {
    this.#left -= written;
    this.#skip += written;
    let first = this.#buffers[this.#index];
    // Empty buffers are passed too, so that next() never offers a whole slice of them.
    while (first !== undefined && this.#skip >= first.byteLength) {
      this.#skip -= first.byteLength;
      this.#index += 1;
      first = this.#buffers[this.#index];
    }
  }
}
