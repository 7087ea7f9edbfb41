/** One partition's Fetch within a Consume stream: what it sends becomes a `records` frame, byte for byte. */
import type { MillraceError } from '@millrace/core/errors';
import type { MessageStream } from './messageStream.ts';

/** Field 2 of ConsumeResponse, a message. */
const RECORDS_TAG = 0x12;

export class PartitionFeed implements MessageStream {
  readonly #outer: MessageStream;
  readonly #request: Buffer;
  readonly #failed: (error: MillraceError) => void;
  #isOver = false;
  #onCancel: () => void = () => {};
  #onDrain: () => void = () => {};

  constructor(outer: MessageStream, request: Buffer, failed: (error: MillraceError) => void) {
    this.#outer = outer;
    this.#request = request;
    this.#failed = failed;
  }

  get peer(): string {
    return this.#outer.peer;
  }

  get connection(): string {
    return this.#outer.connection;
  }

  get roomBytes(): number {
    return this.#outer.roomBytes;
  }

  /** Nothing of the partition is sent any more. */
  cancel(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onCancel();
  }

  drained(): void {
    if (!this.#isOver) this.#onDrain();
  }

  onMessage(callback: (body: Buffer) => void): void {
    callback(this.#request);
  }

  onEnd(callback: () => void): void {
    callback();
  }

  onCancel(callback: () => void): void {
    this.#onCancel = callback;
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback;
  }

  send(parts: readonly Uint8Array[]): boolean {
    if (this.#isOver) return false;
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    return this.#outer.send([prefix(bytes), ...parts]);
  }

  pause(): void {}

  resume(): void {}

  end(): void {
    this.#isOver = true;
  }

  fail(error: MillraceError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#failed(error);
  }
}

function prefix(length: number): Uint8Array {
  const bytes = [RECORDS_TAG];
  let rest = length;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
