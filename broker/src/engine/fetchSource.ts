/** One partition of a fetch session, wherever it is read, and what it asks of its session. */
import type { MillraceError } from '@millrace/core/errors';
import type { Isolation } from '../replication/partition.ts';

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

export interface FetchSource {
  /** Of the session: it waits for its turn. */
  queued: boolean;
  readonly hasMore: boolean;
  isOf(topicId: string, partition: number): boolean;
  /** About `bytesMax`; undefined: nothing after all. */
  step(bytesMax: number): FetchedEntry | undefined | Promise<FetchedEntry | undefined>;
  close(): void;
}

export interface FetchHost {
  readonly isolation: Isolation;
  readonly isClosed: boolean;
  /** The source has more than it had. */
  enqueue(source: FetchSource): void;
  /**
   * Before a file is read: the first source of a `next` waits for all that this may return, so that nobody holds some and
   * waits for more. One batch comes whole, whatever was asked for.
   */
  granted(batchBytesMax: number): Promise<void> | undefined;
  /** From a file, within what was granted. */
  hasRead(bytes: number): void;
  /** From another broker, without having waited. */
  hasReceived(bytes: number): void;
}

/** What goes wrong with a partition before it is read: the only thing that its reader gets. */
export class FailedFetch implements FetchSource {
  readonly #entry: FetchedEntry;
  queued = false;

  constructor(entry: FetchedEntry) {
    this.#entry = entry;
  }

  get hasMore(): boolean {
    return true;
  }

  isOf(topicId: string, partition: number): boolean {
    return this.#entry.topicId === topicId && this.#entry.partition === partition;
  }

  step(): FetchedEntry {
    return this.#entry;
  }

  close(): void {}
}
