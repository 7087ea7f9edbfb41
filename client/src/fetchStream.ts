/** One Fetch call to one broker for some partitions; it ends when each of them is complete, has failed or moved. */
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import { decodeFetchResponse, type FetchEntryMessage } from '@millrace/core/messages/fetch';
import { encodeFetchRequest } from '@millrace/core/messages/fetchRequest';
import type { DataStream } from './dataStream.ts';
import type { FetchedBatches, PartitionCursor } from './partitionCursor.ts';

const FORMAT_BATCHES = 2;
const ISOLATION_READ_UNCOMMITTED = 1;

export interface FetchStreamOwner {
  fetched(batches: FetchedBatches): void;
  completed(cursor: PartitionCursor): void;
  /** The partition is not read any more by this stream. */
  failed(cursors: readonly PartitionCursor[], error: MillraceError): void;
}

export interface FetchStreamOptions {
  readonly topicId: string;
  readonly ending: 'follow' | 'stop-at-end';
  readonly messageBytesMax: number;
  readonly owner: FetchStreamOwner;
  /** Nothing is read by this stream any more. */
  readonly onClosed: (stream: FetchStream) => void;
}

export class FetchStream {
  readonly #stream: DataStream;
  readonly #options: FetchStreamOptions;
  readonly #cursors: Map<number, PartitionCursor>;
  #closed = false;

  constructor(
    stream: DataStream,
    cursors: readonly PartitionCursor[],
    options: FetchStreamOptions,
  ) {
    this.#stream = stream;
    this.#options = options;
    this.#cursors = new Map(cursors.map((cursor) => [cursor.partition, cursor]));
    stream.onMessage((body) => this.#received(body));
    stream.onEnd(({ error }) => this.#lost(error));
    const request = encodeFetchRequest({
      partitions: cursors.map((cursor) => cursor.request(options.topicId)),
      format: FORMAT_BATCHES,
      isolation: ISOLATION_READ_UNCOMMITTED,
      stopAtEnd: options.ending === 'stop-at-end',
      messageBytesMax: options.messageBytesMax,
    });
    stream.send(request);
    stream.end();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cursors.clear();
    this.#stream.close();
    this.#options.onClosed(this);
  }

  #received(body: Buffer): void {
    if (this.#closed) return;
    let entries: readonly FetchEntryMessage[];
    try {
      entries = decodeFetchResponse(body).entries;
    } catch (thrown) {
      this.#lost(toMillraceError(thrown));
      return;
    }
    for (const entry of entries) this.#entry(entry);
    if (this.#cursors.size === 0) this.close();
  }

  #entry(entry: FetchEntryMessage): void {
    const cursor = this.#cursors.get(entry.partition);
    if (cursor === undefined) return;
    if (entry.error !== undefined) {
      this.#cursors.delete(entry.partition);
      this.#options.owner.failed([cursor], entry.error);
      return;
    }
    const batches = cursor.received(entry);
    if (batches !== undefined) this.#options.owner.fetched(batches);
    if (!cursor.done) return;
    this.#cursors.delete(entry.partition);
    this.#options.owner.completed(cursor);
  }

  #lost(error: MillraceError | undefined): void {
    if (this.#closed) return;
    const cursors = [...this.#cursors.values()];
    this.close();
    if (cursors.length === 0) return;
    this.#options.owner.failed(
      cursors,
      error ?? millraceError('UNAVAILABLE', 'the broker ended the stream'),
    );
  }
}
