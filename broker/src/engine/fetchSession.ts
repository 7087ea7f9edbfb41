/**
 * One reader of many partitions: hands out what is below the read bound, a slice per partition in turn, and says when
 * there is something to hand out. It never polls: partitions at the end of their log cost nothing until they grow.
 *
 * Pull-based, so that backpressure is the caller's: what is not asked for is not read.
 */
import { type MillraceError, toMillraceError } from '@millrace/core/errors';
import type { Offset } from '@millrace/core/ids';
import type { LogCursor, Slice } from '../log/logCursor.ts';
import type { Isolation, Partition, PartitionReader } from '../replication/partition.ts';
import type { FetchMemory } from './fetchMemory.ts';

/** Of one partition in one reply, so that a hot partition leaves room for the others. */
const SLICE_BYTES_MAX = 1 << 20;

export interface FetchTarget {
  readonly partition: Partition;
  readonly topicId: string;
  readonly startOffset: Offset;
  /** Exclusive; undefined: follow. */
  readonly endOffset: Offset | undefined;
}

/** One partition's share of a reply; the first of each carries no data. */
export interface FetchedEntry {
  readonly topicId: string;
  readonly partition: number;
  readonly leaderEpoch: number;
  readonly highWatermark: number;
  readonly logStart: number;
  /** The first offset wanted: batches may begin before it. */
  readonly fromOffset: number;
  readonly nextOffset: number;
  /** Records at or past it are not wanted although a batch may hold them; undefined: all are. */
  readonly endOffset: number | undefined;
  readonly end: boolean;
  readonly error: MillraceError | undefined;
  /** Whole batches: views of the log's memory, to be sent and forgotten. */
  readonly batches: readonly Buffer[];
}

export class FetchSession {
  readonly #isolation: Isolation;
  readonly #ready: PartitionFetch[] = [];
  readonly #open = new Set<PartitionFetch>();
  readonly #memory: FetchMemory | undefined;
  /** Taken of the memory for what `next` reads; 0 while it reads no files. */
  #grantedBytes = 0;
  /** What it read of that. */
  #readBytes = 0;
  #bytesMax = 0;
  /** What it has read from files since `taken`. */
  #heldBytes = 0;
  #closed = false;
  /** Called when `next` has something to return after it had nothing. */
  onReadable: () => void = () => {};

  constructor(
    targets: readonly FetchTarget[],
    isolation: Isolation,
    memory: FetchMemory | undefined,
  ) {
    this.#isolation = isolation;
    this.#memory = memory;
    for (const target of targets) {
      const fetch = new PartitionFetch(target, this);
      this.#open.add(fetch);
      this.#ready.push(fetch);
    }
  }

  get isolation(): Isolation {
    return this.#isolation;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Every partition came to its end or failed. */
  get finished(): boolean {
    return this.#open.size === 0 && this.#ready.length === 0;
  }

  /** True if `next` may return entries now. */
  get readable(): boolean {
    return this.#ready.length > 0;
  }

  /**
   * What is there, about `bytesMax` of it (a larger batch comes whole); empty if nothing is. A promise where data
   * comes from files; one call at a time.
   */
  next(bytesMax: number): FetchedEntry[] | Promise<FetchedEntry[]> {
    this.#bytesMax = bytesMax;
    return this.#gather([], bytesMax);
  }

  /** What `next` returned is out of the caller's hands. */
  taken(): void {
    this.#memory?.release(this.#heldBytes);
    this.#heldBytes = 0;
  }

  /**
   * For the partitions' own use, before a file is read: the first one of a `next` waits for all that this may return,
   * so that nobody holds some and waits for more. One batch comes whole, whatever was asked for.
   */
  granted(batchBytesMax: number): Promise<void> | undefined {
    const memory = this.#memory;
    if (memory === undefined || this.#grantedBytes > 0) return undefined;
    const bytes = Math.max(this.#bytesMax, batchBytesMax);
    this.#grantedBytes = bytes;
    return new Promise((resolve) => memory.take(bytes, resolve));
  }

  /** For the partitions' own use: of a file. */
  hasRead(bytes: number): void {
    if (this.#grantedBytes > 0) this.#readBytes += bytes;
  }

  #gather(entries: FetchedEntry[], bytesLeft: number): FetchedEntry[] | Promise<FetchedEntry[]> {
    let left = bytesLeft;
    while (left > 0) {
      const fetch = this.#ready.shift();
      if (fetch === undefined) break;
      fetch.queued = false;
      const step = fetch.step(Math.min(left, SLICE_BYTES_MAX));
      if (step instanceof Promise) {
        return step.then((entry) =>
          this.#gather(entries, left - this.#took(fetch, entry, entries)),
        );
      }
      left -= this.#took(fetch, step, entries);
    }
    this.#settle();
    return entries;
  }

  /** From what was granted to what was read. */
  #settle(): void {
    const granted = this.#grantedBytes;
    if (granted === 0) return;
    const read = this.#readBytes;
    this.#grantedBytes = 0;
    this.#readBytes = 0;
    this.#heldBytes += read;
    this.#memory?.add(read);
    this.#memory?.release(granted);
    if (this.#closed) this.taken();
  }

  #took(fetch: PartitionFetch, entry: FetchedEntry | undefined, entries: FetchedEntry[]): number {
    if (entry === undefined) return 0;
    entries.push(entry);
    if (entry.end || entry.error !== undefined) this.#drop(fetch);
    else if (fetch.hasMore) this.enqueue(fetch);
    let bytes = 0;
    for (const buffer of entry.batches) bytes += buffer.length;
    return bytes;
  }

  /** For the partitions' own use. */
  enqueue(fetch: PartitionFetch): void {
    if (fetch.queued || !this.#open.has(fetch)) return;
    fetch.queued = true;
    this.#ready.push(fetch);
    if (this.#ready.length === 1) this.onReadable();
  }

  /** Nothing more of this partition is wanted. */
  dropPartition(topicId: string, partition: number): void {
    for (const fetch of this.#open) if (fetch.isOf(topicId, partition)) this.#drop(fetch);
  }

  close(): void {
    for (const fetch of this.#open) fetch.close();
    this.#open.clear();
    this.#ready.length = 0;
    this.#closed = true;
    if (this.#grantedBytes === 0) this.taken();
    this.onReadable = () => {};
  }

  #drop(fetch: PartitionFetch): void {
    fetch.close();
    this.#open.delete(fetch);
    const queued = this.#ready.indexOf(fetch);
    if (queued !== -1) this.#ready.splice(queued, 1);
  }
}

class PartitionFetch implements PartitionReader {
  readonly #target: FetchTarget;
  readonly #session: FetchSession;
  #cursor: LogCursor | undefined;
  #nextOffset: Offset;
  #introduced = false;
  #failure: MillraceError | undefined;
  queued = true;

  constructor(target: FetchTarget, session: FetchSession) {
    this.#target = target;
    this.#session = session;
    this.#nextOffset = target.startOffset;
    target.partition.addReader(this);
  }

  isOf(topicId: string, partition: number): boolean {
    const target = this.#target;
    return target.topicId === topicId && target.partition.identity.partition === partition;
  }

  get hasMore(): boolean {
    return this.#failure !== undefined || this.#nextOffset < this.#bound();
  }

  readable(): void {
    if (this.hasMore) this.#session.enqueue(this);
  }

  closed(error: MillraceError): void {
    this.#failure = error;
    this.#session.enqueue(this);
  }

  close(): void {
    this.#target.partition.removeReader(this);
    this.#cursor = undefined;
  }

  step(bytesMax: number): FetchedEntry | undefined | Promise<FetchedEntry | undefined> {
    if (this.#failure !== undefined) return this.#failed(this.#failure);
    if (!this.#introduced) {
      this.#introduced = true;
      return this.#entry(this.#nextOffset, []);
    }
    try {
      const { partition } = this.#target;
      this.#cursor ??= partition.log.openCursor(this.#nextOffset);
      const cursor = this.#cursor;
      if (cursor.isBehindMemory) return this.#fromFiles(cursor, bytesMax);
      const slice = cursor.next({ bytesMax, before: this.#bound() });
      // What was in memory may have left it just now: then it is read, and counted late.
      return slice instanceof Promise ? this.#read(slice) : this.#sliced(slice);
    } catch (error) {
      return this.#failed(toMillraceError(error));
    }
  }

  async #fromFiles(cursor: LogCursor, bytesMax: number): Promise<FetchedEntry | undefined> {
    await this.#session.granted(this.#target.partition.log.config.batchBytesMax);
    if (this.#session.isClosed) return undefined;
    if (this.#failure !== undefined) return this.#failed(this.#failure);
    try {
      return await this.#read(cursor.next({ bytesMax, before: this.#bound() }));
    } catch (error) {
      return this.#failed(toMillraceError(error));
    }
  }

  async #read(reading: Slice | Promise<Slice>): Promise<FetchedEntry | undefined> {
    try {
      const slice = await reading;
      this.#session.hasRead(slice.bytes);
      return this.#sliced(slice);
    } catch (error) {
      return this.#failed(toMillraceError(error));
    }
  }

  #bound(): Offset {
    const { endOffset, partition } = this.#target;
    const bound = partition.readBound(this.#session.isolation);
    return endOffset !== undefined && endOffset < bound ? endOffset : bound;
  }

  #sliced(slice: Slice): FetchedEntry | undefined {
    if (slice.buffers.length === 0) return undefined;
    const from = this.#nextOffset;
    this.#nextOffset = slice.nextOffset;
    return this.#entry(from, slice.buffers);
  }

  #entry(fromOffset: Offset, batches: readonly Buffer[]): FetchedEntry {
    const { endOffset } = this.#target;
    return {
      ...this.#position(fromOffset),
      end: endOffset !== undefined && this.#nextOffset >= endOffset,
      error: undefined,
      batches,
    };
  }

  #failed(error: MillraceError): FetchedEntry {
    return { ...this.#position(this.#nextOffset), end: false, error, batches: [] };
  }

  #position(fromOffset: Offset): Omit<FetchedEntry, 'end' | 'error' | 'batches'> {
    const { partition, topicId, endOffset } = this.#target;
    return {
      topicId,
      partition: partition.identity.partition,
      leaderEpoch: partition.leaderEpoch,
      highWatermark: partition.highWatermark,
      logStart: partition.log.logStartOffset,
      fromOffset,
      nextOffset: this.#nextOffset,
      endOffset,
    };
  }
}
