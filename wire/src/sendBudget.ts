// Bytes queued for sending by the streams of one connection, and by all connections of one server (the parent).
// A stream may queue half of what is left of each limit, at most its high-water mark: many slow readers together stay
// within the limit, and one that reads still moves, by SHARE_BYTES_MIN at least.
const SHARE_BYTES_MIN = 16 * 1024;

export class SendBudget {
  readonly limitBytes: number;
  readonly #parent: SendBudget | undefined;
  #usedBytes = 0;

  constructor(limitBytes: number, parent?: SendBudget) {
    this.limitBytes = limitBytes;
    this.#parent = parent;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  add(bytes: number): void {
    this.#usedBytes += bytes;
    this.#parent?.add(bytes);
  }

  /** True when `bytes` more would exceed the limit. */
  exceededBy(bytes: number): boolean {
    return this.#usedBytes + bytes > this.limitBytes;
  }

  /** High-water mark of one stream right now, in bytes, at most `max`. */
  share(max: number): number {
    const left = Math.floor((this.limitBytes - this.#usedBytes) / 2);
    const share = Math.min(max, Math.max(SHARE_BYTES_MIN, left));
    return this.#parent === undefined ? share : Math.min(share, this.#parent.share(max));
  }
}
