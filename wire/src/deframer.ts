// Cuts a byte stream into gRPC messages.
//
//   message = compressed u8 (0; 1 is refused), length u32 big-endian, body
//
// A body that lies in one received chunk is handed over as a view of it, any other is assembled with one copy. Nobody
// writes to a body afterwards, so it may be kept; but a view pins its chunk (up to 64 KiB), so copy what is small and
// is kept for long. Memory: at most one body of messageBytesMax and, while paused, the rest of one chunk. Bytes of
// unfinished bodies are copied out of their chunks at once: a one-byte frame must not pin a 64 KiB read.
import { Status, type WireStatus } from './status.ts';

export const PREFIX_BYTES = 5;
// A length alone reserves no more than this; a longer body grows as its bytes arrive.
const FIRST_ALLOCATION_BYTES = 1024 * 1024;
const EMPTY = Buffer.alloc(0);

export class Deframer {
  readonly #messageBytesMax: number;
  readonly #onMessage: (body: Buffer) => void;
  readonly #prefix = Buffer.alloc(PREFIX_BYTES);
  #prefixHave = 0;
  #body: Buffer | undefined;
  #bodyHave = 0;
  #bodyLength = 0;
  #chunk: Buffer = EMPTY;
  #paused = false;
  #running = false;
  #fault: WireStatus | undefined;

  constructor(messageBytesMax: number, onMessage: (body: Buffer) => void) {
    this.#messageBytesMax = messageBytesMax;
    this.#onMessage = onMessage;
  }

  /** Bytes received and not handed over yet. */
  get heldBytes(): number {
    return this.#prefixHave + this.#bodyHave + this.#chunk.length;
  }

  /** True when bytes of an unfinished message are held: the stream must not end here. */
  get midMessage(): boolean {
    return this.#prefixHave > 0 || this.#body !== undefined;
  }

  /** True when nothing that was pushed waits for resume(). */
  get idle(): boolean {
    return this.#chunk.length === 0;
  }

  /** Takes ownership of the chunk. Returns why the stream must fail, from then on always. */
  push(chunk: Buffer): WireStatus | undefined {
    this.#chunk = this.#chunk.length === 0 ? chunk : Buffer.concat([this.#chunk, chunk]);
    return this.#run();
  }

  pause(): void {
    this.#paused = true;
  }

  /** Hands over what was held back by pause(); may be called from within onMessage. */
  resume(): WireStatus | undefined {
    this.#paused = false;
    return this.#run();
  }

  /** Drops everything; later chunks are ignored. */
  stop(): void {
    this.#fault = { code: Status.CANCELLED, message: 'stopped' };
    this.#release();
  }

  #release(): void {
    this.#chunk = EMPTY;
    this.#body = undefined;
    this.#bodyHave = 0;
    this.#prefixHave = 0;
  }

  #run(): WireStatus | undefined {
    if (this.#running) return undefined;
    this.#running = true;
    try {
      while (!this.#paused && this.#fault === undefined && this.#chunk.length > 0) this.#step();
    } finally {
      this.#running = false;
    }
    if (this.#fault !== undefined) this.#release();
    return this.#fault;
  }

  #step(): void {
    const chunk = this.#chunk;
    if (this.#body !== undefined) {
      if (this.#bodyHave === this.#body.length) this.#body = this.#grown(this.#body);
      const take = chunk.copy(this.#body, this.#bodyHave);
      this.#bodyHave += take;
      this.#chunk = chunk.subarray(take);
      if (this.#bodyHave === this.#bodyLength) {
        const body = this.#body;
        this.#body = undefined;
        this.#bodyHave = 0;
        this.#onMessage(body);
      }
      return;
    }
    let at = 0;
    let prefix = chunk;
    if (this.#prefixHave > 0 || chunk.length < PREFIX_BYTES) {
      at = chunk.copy(this.#prefix, this.#prefixHave);
      this.#prefixHave += at;
      if (this.#prefixHave < PREFIX_BYTES) {
        this.#chunk = EMPTY;
        return;
      }
      this.#prefixHave = 0;
      prefix = this.#prefix;
    } else {
      at = PREFIX_BYTES;
    }
    const length = prefix.readUInt32BE(1);
    this.#fault = checkPrefix(prefix.readUInt8(0), length, this.#messageBytesMax);
    if (this.#fault !== undefined) return;
    const end = at + length;
    if (chunk.length >= end) {
      this.#chunk = chunk.length === end ? EMPTY : chunk.subarray(end);
      this.#onMessage(chunk.subarray(at, end));
      return;
    }
    this.#bodyLength = length;
    this.#body = Buffer.allocUnsafeSlow(Math.min(length, FIRST_ALLOCATION_BYTES));
    this.#bodyHave = 0;
    this.#chunk = chunk.subarray(at);
  }

  #grown(body: Buffer): Buffer {
    const grown = Buffer.allocUnsafeSlow(Math.min(this.#bodyLength, body.length * 2));
    body.copy(grown);
    return grown;
  }
}

function checkPrefix(flags: number, length: number, max: number): WireStatus | undefined {
  if (flags === 1) {
    return { code: Status.UNIMPLEMENTED, message: 'compressed messages are not supported' };
  }
  if (flags !== 0) {
    return { code: Status.INTERNAL, message: `invalid message flags ${flags}` };
  }
  if (length > max) {
    return {
      code: Status.RESOURCE_EXHAUSTED,
      message: `a message of ${length} bytes exceeds the limit of ${max}`,
    };
  }
  return undefined;
}
