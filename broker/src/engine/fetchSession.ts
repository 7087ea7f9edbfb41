/**
 * One reader of many partitions: hands out what is below the read bound, a slice per partition in turn, and says when
 * there is something to hand out. It never polls: partitions at the end of their log cost nothing until they grow.
 *
 * Pull-based, so that backpressure is the caller's: what is not asked for is not read.
 */
import type { Isolation } from '../replication/partition.ts';
import type { FetchMemory } from './fetchMemory.ts';
import type { FetchedEntry, FetchHost, FetchSource } from './fetchSource.ts';

export type { FetchedEntry } from './fetchSource.ts';

/** Of one partition in one reply, so that a hot partition leaves room for the others. */
const SLICE_BYTES_MAX = 1 << 20;

/** What becomes of partitions that are led elsewhere, or no longer where they were read. */
export interface FetchRouting {
  /** Some partition has no source at the moment, and will get one or fail. */
  readonly isBusy: boolean;
  /** Of each such partition: where it stands, and why. */
  unanswered(): FetchedEntry[];
  /** The entry as it is handed out; undefined: another source takes the place of this one. */
  pass(entry: FetchedEntry): FetchedEntry | undefined;
  drop(topicId: string, partition: number): void;
  close(): void;
}

/** What one `next` returns. */
interface Message {
  readonly entries: FetchedEntry[];
  readonly isAhead: boolean;
}

export class FetchSession implements FetchHost {
  readonly #isolation: Isolation;
  readonly #ready: FetchSource[] = [];
  readonly #open = new Set<FetchSource>();
  readonly #memory: FetchMemory | undefined;
  #routing: FetchRouting | undefined;
  /** Taken of the memory for what `next` reads; 0 while it reads no files. */
  #grantedBytes = 0;
  /** What it read of that. */
  #readBytes = 0;
  #bytesMax = 0;
  /** What it has read from files since `taken`. */
  #heldBytes = 0;
  /** What the next `next` returns, read while the caller is busy with what the last one did. */
  #ahead: Promise<FetchedEntry[]> | undefined;
  /** Of it, from files: not the caller's yet, so that `taken` does not mean it. */
  #aheadBytes = 0;
  #closed = false;
  /** For a caller that drops no partition: reads one message ahead of it, from files, unless memory is short. */
  readsAhead = false;
  /** Called when `next` has something to return after it had nothing. */
  onReadable: () => void = () => {};

  constructor(isolation: Isolation, memory: FetchMemory | undefined) {
    this.#isolation = isolation;
    this.#memory = memory;
  }

  routedBy(routing: FetchRouting): void {
    this.#routing = routing;
  }

  add(source: FetchSource): void {
    this.#open.add(source);
    if (source.hasMore) this.enqueue(source);
  }

  get isolation(): Isolation {
    return this.#isolation;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Every partition came to its end or failed. */
  get finished(): boolean {
    return this.#open.size === 0 && !this.readable && this.#routing?.isBusy !== true;
  }

  /** Partitions that nobody answers for at the moment, with the reason. */
  unanswered(): FetchedEntry[] {
    return this.#routing?.unanswered() ?? [];
  }

  /** True if `next` may return entries now. */
  get readable(): boolean {
    return this.#ready.length > 0 || this.#ahead !== undefined;
  }

  /**
   * What is there, about `bytesMax` of it (a larger batch comes whole); empty if nothing is. A promise where data
   * comes from files; one call at a time.
   */
  next(bytesMax: number): FetchedEntry[] | Promise<FetchedEntry[]> {
    this.#bytesMax = bytesMax;
    const entries = this.#ahead ?? this.#gather({ entries: [], isAhead: false }, bytesMax);
    if (!(entries instanceof Promise)) return entries;
    return entries.then((read) => this.#handOut(read));
  }

  /** What `next` returned is out of the caller's hands. */
  taken(): void {
    this.#memory?.release(this.#heldBytes);
    this.#heldBytes = 0;
  }

  granted(batchBytesMax: number): Promise<void> | undefined {
    const memory = this.#memory;
    if (memory === undefined || this.#grantedBytes > 0) return undefined;
    const bytes = Math.max(this.#bytesMax, batchBytesMax);
    this.#grantedBytes = bytes;
    return new Promise((resolve) => memory.take(bytes, resolve));
  }

  hasRead(bytes: number): void {
    if (this.#grantedBytes > 0) this.#readBytes += bytes;
  }

  hasReceived(bytes: number): void {
    if (this.#closed) return;
    this.#memory?.add(bytes);
    this.#heldBytes += bytes;
  }

  #handOut(entries: FetchedEntry[]): FetchedEntry[] {
    this.#ahead = undefined;
    this.#heldBytes += this.#aheadBytes;
    this.#aheadBytes = 0;
    const isShort = this.#memory?.isShort !== false;
    if (!this.readsAhead || this.#closed || this.#ready.length === 0 || isShort) return entries;
    const ahead = this.#gather({ entries: [], isAhead: true }, this.#bytesMax);
    this.#ahead = Promise.resolve(ahead);
    // Who asks for it hears of it.
    this.#ahead.catch(() => {});
    return entries;
  }

  #gather(message: Message, bytesLeft: number): FetchedEntry[] | Promise<FetchedEntry[]> {
    const { entries } = message;
    let left = bytesLeft;
    while (left > 0) {
      const fetch = this.#ready.shift();
      if (fetch === undefined) break;
      fetch.queued = false;
      const step = fetch.step(Math.min(left, SLICE_BYTES_MAX));
      if (step instanceof Promise) {
        return step.then((entry) =>
          this.#gather(message, left - this.#took(fetch, entry, entries)),
        );
      }
      left -= this.#took(fetch, step, entries);
    }
    this.#settle(message);
    return entries;
  }

  /** From what was granted to what was read. */
  #settle({ isAhead }: Message): void {
    const granted = this.#grantedBytes;
    if (granted === 0) return;
    const read = this.#readBytes;
    this.#grantedBytes = 0;
    this.#readBytes = 0;
    if (isAhead && !this.#closed) this.#aheadBytes += read;
    else this.#heldBytes += read;
    this.#memory?.add(read);
    this.#memory?.release(granted);
    if (this.#closed) this.taken();
  }

  #took(fetch: FetchSource, read: FetchedEntry | undefined, entries: FetchedEntry[]): number {
    if (read === undefined) return 0;
    const entry = this.#routing === undefined ? read : this.#routing.pass(read);
    if (entry === undefined) {
      this.remove(fetch);
      return 0;
    }
    entries.push(entry);
    if (entry.end || entry.error !== undefined) this.remove(fetch);
    else if (fetch.hasMore) this.enqueue(fetch);
    let bytes = 0;
    for (const buffer of entry.batches) bytes += buffer.length;
    return bytes;
  }

  enqueue(fetch: FetchSource): void {
    if (fetch.queued || !this.#open.has(fetch)) return;
    fetch.queued = true;
    this.#ready.push(fetch);
    if (this.#ready.length === 1) this.onReadable();
  }

  /** Nothing more of this partition is wanted. */
  dropPartition(topicId: string, partition: number): void {
    this.#routing?.drop(topicId, partition);
    for (const fetch of this.#open) if (fetch.isOf(topicId, partition)) this.remove(fetch);
  }

  close(): void {
    for (const fetch of this.#open) fetch.close();
    this.#open.clear();
    this.#ready.length = 0;
    this.#closed = true;
    this.#routing?.close();
    this.#heldBytes += this.#aheadBytes;
    this.#aheadBytes = 0;
    if (this.#grantedBytes === 0) this.taken();
    this.onReadable = () => {};
  }

  remove(fetch: FetchSource): void {
    fetch.close();
    this.#open.delete(fetch);
    const queued = this.#ready.indexOf(fetch);
    if (queued !== -1) this.#ready.splice(queued, 1);
  }
}
