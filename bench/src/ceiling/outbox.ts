/**
 * gRPC framing straight on an HTTP/2 stream, as little of it as moves bytes: five bytes before each message, and what
 * a tick produced in one write.
 */
import type { Duplex } from 'node:stream';

const CONCAT_BYTES_MAX = 256 * 1024;

export class Outbox {
  readonly #stream: Duplex;
  #queue: Uint8Array[] = [];
  #bytes = 0;

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  /** Bytes that the stream has not taken yet. */
  pendingBytes(): number {
    return this.#bytes + this.#stream.writableLength;
  }

  send(body: Uint8Array): void {
    const prefix = Buffer.allocUnsafe(5);
    prefix[0] = 0;
    prefix.writeUInt32BE(body.length, 1);
    if (this.#queue.length === 0) setImmediate(() => this.#flush());
    this.#queue.push(prefix, body);
    this.#bytes += 5 + body.length;
  }

  #flush(): void {
    const queue = this.#queue;
    const bytes = this.#bytes;
    this.#queue = [];
    this.#bytes = 0;
    if (bytes < CONCAT_BYTES_MAX) {
      this.#stream.write(Buffer.concat(queue, bytes));
      return;
    }
    this.#stream.cork();
    for (const part of queue) this.#stream.write(part);
    this.#stream.uncork();
  }
}

/** Calls `onMessage` with each whole message; a message that lies in one chunk is a view of it. */
export function deframe(stream: Duplex, onMessage: (body: Buffer) => void): void {
  let parts: Buffer[] = [];
  let have = 0;
  stream.on('data', (chunk: Buffer) => {
    parts.push(chunk);
    have += chunk.length;
    for (;;) {
      let head = parts[0];
      if (head === undefined || have < 5) return;
      if (head.length < 5) {
        head = Buffer.concat(parts);
        parts = [head];
      }
      const need = 5 + head.readUInt32BE(1);
      if (have < need) return;
      have -= need;
      if (head.length >= need) {
        if (head.length === need) parts.shift();
        else parts[0] = head.subarray(need);
        onMessage(head.subarray(5, need));
      } else {
        onMessage(gather(parts, need).subarray(5));
      }
    }
  });
}

/** Takes the first `bytes` off `parts`, copied once, into memory that no pool pins. */
function gather(parts: Buffer[], bytes: number): Buffer {
  const whole = Buffer.allocUnsafeSlow(bytes);
  for (let at = 0; at < bytes; ) {
    const part = parts[0];
    if (part === undefined) throw new RangeError('fewer bytes than announced');
    const take = Math.min(part.length, bytes - at);
    part.copy(whole, at, 0, take);
    at += take;
    if (take === part.length) parts.shift();
    else parts[0] = part.subarray(take);
  }
  return whole;
}
