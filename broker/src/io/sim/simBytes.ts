/** The bytes of a simulated file: as long as they were written, holes are zeros. */
export class SimBytes {
  #buffer = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Valid until the next change. */
  view(from = 0, to = this.#length): Buffer {
    return this.#buffer.subarray(from, Math.min(to, this.#length));
  }

  write(bytes: Uint8Array, position: number): void {
    const end = position + bytes.byteLength;
    if (end > this.#length) this.resize(end);
    this.#buffer.set(bytes, position);
  }

  /** Bytes past a cut are gone: a later extension shows zeros. */
  resize(length: number): void {
    if (length < this.#length) {
      this.#buffer.fill(0, length, this.#length);
    } else if (length > this.#buffer.byteLength) {
      const grown = Buffer.alloc(Math.max(length, this.#buffer.byteLength * 2, 4096));
      grown.set(this.view());
      this.#buffer = grown;
    }
    this.#length = length;
  }

  copy(): SimBytes {
    const copied = new SimBytes();
    copied.write(this.view(), 0);
    return copied;
  }
}
