import type { WireStream } from '@millrace/wire/clientStream';

const BYTES_MAX = 1 << 20;

/** What is sent on a stream before its connection stands, up to the same mark as after. */
export class UnsentMessages {
  #messages: (readonly Uint8Array[])[] = [];
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** False: no more before there is room. */
  add(parts: readonly Uint8Array[]): boolean {
    this.#messages.push(parts);
    for (const part of parts) this.#bytes += part.length;
    return this.#bytes < BYTES_MAX;
  }

  clear(): void {
    this.#messages = [];
    this.#bytes = 0;
  }

  /** All of it, in order. True if who was told to wait may go on. */
  sendOn(stream: WireStream): boolean {
    const wasFull = this.#bytes >= BYTES_MAX;
    let room = true;
    for (const parts of this.#messages) room = stream.send(parts);
    this.clear();
    return wasFull && room;
  }
}
