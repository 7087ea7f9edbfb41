/** Follows the frames of gRPC (u8 compressed, u32 length, body) through a byte stream without keeping any of it. */
const PREFIX_BYTES = 5;

export class GrpcFraming {
  #prefixHave = 0;
  #length = 0;
  #bodyLeft = 0;
  #unfinishedBytes = 0;

  /** Of the message that has begun and not ended. */
  get unfinishedBytes(): number {
    return this.#unfinishedBytes;
  }

  pass(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#bodyLeft === 0) {
        // The first byte is the flag; then the length, most significant byte first.
        if (this.#prefixHave > 0) this.#length = this.#length * 256 + (chunk[at] ?? 0);
        at++;
        this.#prefixHave++;
        this.#unfinishedBytes++;
        if (this.#prefixHave < PREFIX_BYTES) continue;
        this.#bodyLeft = this.#length;
        if (this.#bodyLeft === 0) this.#finish();
        continue;
      }
      const taken = Math.min(this.#bodyLeft, chunk.length - at);
      at += taken;
      this.#bodyLeft -= taken;
      this.#unfinishedBytes += taken;
      if (this.#bodyLeft === 0) this.#finish();
    }
  }

  #finish(): void {
    this.#prefixHave = 0;
    this.#length = 0;
    this.#unfinishedBytes = 0;
  }
}
