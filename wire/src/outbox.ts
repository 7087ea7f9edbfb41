// What a tick produced for a stream leaves as one write. Counts bytes until the socket has taken them, so that a peer
// that does not read is noticed: send() returns false at the high-water mark and onDrain follows once half is gone.
//
// Parts belong to the outbox from send() on and must not change until they are written. Under COPY_BYTES_MAX a tick's
// messages are copied into one buffer; above it large parts go out uncopied by one writev.
import { atTurnEnd } from './turnEnd.ts';
import type { Http2Stream } from 'node:http2';
import { PREFIX_BYTES } from './deframer.ts';
import type { SendBudget } from './sendBudget.ts';

const COPY_BYTES_MAX = 256 * 1024;
const RUN_PART_BYTES_MAX = 4 * 1024;
const BODY_BYTES_MAX = 0xffffffff;

export interface OutboxOptions {
  readonly highWaterBytes: number;
  readonly budget: SendBudget;
  /** The caller went on sending although told to stop, and the connection's byte limit is reached. */
  readonly onOverflow: () => void;
  /** Called once before the first write. */
  readonly beforeWrite?: () => void;
}

export class Outbox {
  readonly #stream: Http2Stream;
  readonly #options: OutboxOptions;
  // Messages of this tick and the length of each.
  #lengths: number[] = [];
  #messages: (readonly Uint8Array[])[] = [];
  #tickBytes = 0;
  #queuedBytes = 0;
  #armed = false;
  #blocked = false;
  #closed = false;
  #started = false;
  #onDrain: (() => void) | undefined;

  constructor(stream: Http2Stream, options: OutboxOptions) {
    this.#stream = stream;
    this.#options = options;
    stream.once('close', () => this.drop());
  }

  /** Bytes sent here that the socket has not taken yet. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** How many bytes may be sent before send() answers false; 0 while it waits to drain. */
  get roomBytes(): number {
    if (this.#blocked || this.#closed) return 0;
    const { budget, highWaterBytes } = this.#options;
    return Math.max(0, budget.share(highWaterBytes) - this.#queuedBytes);
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback;
  }

  /** Queues one message. False: stop until onDrain (this message is queued all the same). */
  send(parts: readonly Uint8Array[]): boolean {
    if (this.#closed) return false;
    let length = 0;
    for (const part of parts) length += part.length;
    if (length > BODY_BYTES_MAX) throw new RangeError(`a message of ${length} bytes`);
    const { budget, highWaterBytes } = this.#options;
    const bytes = length + PREFIX_BYTES;
    if (this.#blocked && budget.exceededBy(bytes)) {
      this.#options.onOverflow();
      return false;
    }
    this.#lengths.push(length);
    this.#messages.push(parts);
    this.#tickBytes += bytes;
    this.#queuedBytes += bytes;
    budget.add(bytes);
    if (!this.#armed) {
      this.#armed = true;
      atTurnEnd(() => this.flush());
    }
    if (this.#queuedBytes >= budget.share(highWaterBytes)) this.#blocked = true;
    return !this.#blocked;
  }

  /** Writes what is queued now, without waiting for the end of the tick. */
  flush(): void {
    this.#armed = false;
    const bytes = this.#tickBytes;
    if (bytes === 0 || this.#closed) return;
    const lengths = this.#lengths;
    const messages = this.#messages;
    this.#lengths = [];
    this.#messages = [];
    this.#tickBytes = 0;
    if (!this.#started) {
      this.#started = true;
      this.#options.beforeWrite?.();
    }
    const written = (): void => this.#written(bytes);
    if (bytes < COPY_BYTES_MAX) {
      this.#stream.write(joined(lengths, messages, bytes), written);
      return;
    }
    const buffers = gathered(lengths, messages);
    this.#stream.cork();
    const last = buffers.length - 1;
    for (let i = 0; i < last; i++) this.#stream.write(buffers[i]);
    this.#stream.write(buffers[last], written);
    this.#stream.uncork();
  }

  /** Forgets what is queued; the stream takes nothing more. */
  drop(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.budget.add(-this.#queuedBytes);
    this.#queuedBytes = 0;
    this.#tickBytes = 0;
    this.#lengths = [];
    this.#messages = [];
  }

  #written(bytes: number): void {
    if (this.#closed) return;
    this.#queuedBytes -= bytes;
    this.#options.budget.add(-bytes);
    if (!this.#blocked) return;
    const { budget, highWaterBytes } = this.#options;
    if (this.#queuedBytes > budget.share(highWaterBytes) / 2) return;
    this.#blocked = false;
    this.#onDrain?.();
  }
}

function joined(
  lengths: readonly number[],
  messages: readonly (readonly Uint8Array[])[],
  bytes: number,
): Buffer {
  const out = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (let i = 0; i < messages.length; i++) {
    at = writePrefix(out, at, lengths[i] ?? 0);
    for (const part of messages[i] ?? []) {
      out.set(part, at);
      at += part.length;
    }
  }
  return out;
}

/** Prefixes and small parts between two large ones are copied together; large parts are left where they are. */
function gathered(
  lengths: readonly number[],
  messages: readonly (readonly Uint8Array[])[],
): Uint8Array[] {
  const buffers: Uint8Array[] = [];
  let run: Uint8Array[] = [];
  const close = (): void => {
    if (run.length > 0) buffers.push(Buffer.concat(run));
    run = [];
  };
  for (let i = 0; i < messages.length; i++) {
    const prefix = Buffer.allocUnsafe(PREFIX_BYTES);
    writePrefix(prefix, 0, lengths[i] ?? 0);
    run.push(prefix);
    for (const part of messages[i] ?? []) {
      if (part.length <= RUN_PART_BYTES_MAX) {
        if (part.length > 0) run.push(part);
        continue;
      }
      close();
      buffers.push(part);
    }
  }
  close();
  return buffers;
}

function writePrefix(out: Buffer, at: number, length: number): number {
  out[at] = 0;
  return out.writeUInt32BE(length, at + 1);
}
