/** A partition that is read from this broker's own log, below its read bound. */
import { type MillraceError, toMillraceError } from '@millrace/core/errors';
import type { Offset } from '@millrace/core/ids';
import type { LogCursor, Slice } from '../log/partition/logCursor.ts';
import type { Partition, PartitionReader } from '../replication/partition.ts';
import type { FetchedEntry, FetchHost, FetchSource } from './fetchSource.ts';

export interface FetchTarget {
  readonly partition: Partition;
  readonly topicId: string;
  readonly startOffset: Offset;
  /** Exclusive; undefined: follow. */
  readonly endOffset: Offset | undefined;
}

export class LocalFetch implements FetchSource, PartitionReader {
  readonly #target: FetchTarget;
  readonly #session: FetchHost;
  #cursor: LogCursor | undefined;
  #nextOffset: Offset;
  #introduced: boolean;
  #failure: MillraceError | undefined;
  queued = false;

  /** `introduced`: the reader knows its position already. */
  constructor(target: FetchTarget, session: FetchHost, introduced = false) {
    this.#target = target;
    this.#session = session;
    this.#introduced = introduced;
    this.#nextOffset = target.startOffset;
    target.partition.addReader(this);
  }

  get partition(): Partition {
    return this.#target.partition;
  }

  get introduced(): boolean {
    return this.#introduced;
  }

  isOf(topicId: string, partition: number): boolean {
    const target = this.#target;
    return target.topicId === topicId && target.partition.identity.partition === partition;
  }

  get hasMore(): boolean {
    return this.#failure !== undefined || !this.#introduced || this.#nextOffset < this.#bound();
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
      leaderEpoch: epochOf(partition),
      highWatermark: partition.highWatermark,
      logStart: partition.log.logStartOffset,
      fromOffset,
      nextOffset: this.#nextOffset,
      endOffset,
    };
  }
}

/** A follower tells the epoch that it follows. */
function epochOf({ role, leaderEpoch, status }: Partition): number {
  return role === 'leader' ? leaderEpoch : (status?.leaderEpoch ?? leaderEpoch);
}
