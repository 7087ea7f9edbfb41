/**
 * Gathers output until it is worth a write: 200,000 lines leave as some hundred writes. Pure; whoever drains it writes.
 * What `take` returned is the caller's until it gives it back, if it does.
 */
const CHUNK_BYTES = 128 * 1024;

export class OutputBuffer {
  #chunk: Buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  #length = 0;
  /** Written and given back: two chunks alternate, and the garbage collector has nothing to do. */
  #spare: Buffer | undefined;

  get length(): number {
    return this.#length;
  }

  /** Worth writing now. */
  get full(): boolean {
    return this.#length >= CHUNK_BYTES;
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#chunk.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** As UTF-8. */
  text(text: string): void {
    // At most three bytes for each UTF-16 unit.
    this.#reserve(text.length * 3);
    this.#length += this.#chunk.write(text, this.#length, 'utf8');
  }

  int32(value: number): void {
    this.#reserve(4);
    this.#length = this.#chunk.writeInt32BE(value, this.#length);
  }

  take(): Buffer {
    const taken = this.#chunk.subarray(0, this.#length);
    this.#chunk = this.#spare ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
    this.#spare = undefined;
    this.#length = 0;
    return taken;
  }

  /** What `take` returned, once nobody reads it any more. */
  giveBack(taken: Buffer): void {
    const whole = Buffer.from(taken.buffer, taken.byteOffset);
    // One that had to grow for a large record is not worth keeping.
    if (whole.length <= 2 * CHUNK_BYTES) this.#spare = whole;
  }

  #reserve(bytes: number): void {
    const wanted = this.#length + bytes;
    if (wanted <= this.#chunk.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(wanted, this.#chunk.length * 2));
    this.#chunk.copy(larger, 0, 0, this.#length);
    this.#chunk = larger;
  }
}
