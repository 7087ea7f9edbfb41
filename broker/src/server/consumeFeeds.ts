/**
 * The partitions that one Consume stream sends records of: each read by a Fetch of its own, which is given up while the
 * partition is paused, so that it holds no memory, and begun again where it was.
 */
import { partitionOf, type PartitionRef, topicOf } from '@millrace/core/assignors/partitionRef';
import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { FetchPartition } from '@millrace/proto/generated/millrace/v1/FetchPartition';
import type { FetchRequest } from '@millrace/proto/generated/millrace/v1/FetchRequest';
import type { ServerContext } from './context.ts';
import { serveFetchStream } from './fetchStream.ts';
import type { MessageStream } from './messageStream.ts';
import { PartitionFeed } from './partitionFeed.ts';

/** Where reading begins, as a FetchPartition says it. */
export type FeedStart = Pick<FetchPartition, 'offset' | 'timestampMs' | 'position'>;

export interface ConsumeFeedsParts {
  readonly context: ServerContext;
  readonly stream: MessageStream;
  readonly encodeFetch: (request: FetchRequest) => Buffer;
  readonly failed: (error: MillraceError) => void;
}

interface Fed {
  /** Where it begins, or goes on. */
  start: FeedStart;
  /** Undefined: it is paused. */
  feed: PartitionFeed | undefined;
}

export class ConsumeFeeds {
  readonly #parts: ConsumeFeedsParts;
  readonly #fed = new Map<PartitionRef, Fed>();
  format: NonNullable<FetchRequest['format']> = 'RECORD_FORMAT_RECORDS';

  constructor(parts: ConsumeFeedsParts) {
    this.#parts = parts;
  }

  /** Those that are assigned: new ones begin where `starts` says, others go on, the rest end. */
  assign(starts: ReadonlyMap<PartitionRef, FeedStart>): void {
    for (const [ref, { feed }] of this.#fed) {
      if (starts.has(ref)) continue;
      feed?.cancel();
      this.#fed.delete(ref);
    }
    for (const [ref, start] of starts) {
      if (this.#fed.has(ref)) continue;
      const fed: Fed = { start, feed: undefined };
      this.#fed.set(ref, fed);
      this.#open(ref, fed);
    }
  }

  /** None: all. Throws NOT_OWNER before anything is changed. */
  pause(refs: readonly PartitionRef[]): void {
    for (const [, fed] of this.#some(refs)) {
      fed.feed?.cancel();
      fed.feed = undefined;
    }
  }

  /** None: all. Throws NOT_OWNER before anything is changed. */
  resume(refs: readonly PartitionRef[]): void {
    for (const [ref, fed] of this.#some(refs)) {
      if (fed.feed === undefined) this.#open(ref, fed);
    }
  }

  /** What is paused stays so. Throws NOT_OWNER before anything is changed. */
  seek(starts: ReadonlyMap<PartitionRef, FeedStart>): void {
    if (starts.size === 0) return;
    for (const [ref, fed] of this.#some([...starts.keys()])) {
      fed.start = starts.get(ref) ?? {};
      if (fed.feed === undefined) continue;
      fed.feed.cancel();
      this.#open(ref, fed);
    }
  }

  drained(): void {
    for (const { feed } of this.#fed.values()) feed?.drained();
  }

  cancel(): void {
    for (const { feed } of this.#fed.values()) feed?.cancel();
    this.#fed.clear();
  }

  #some(refs: readonly PartitionRef[]): [PartitionRef, Fed][] {
    if (refs.length === 0) return [...this.#fed];
    return refs.map((ref) => {
      const fed = this.#fed.get(ref);
      if (fed === undefined) throw millraceError('NOT_OWNER', `${ref} is not assigned`);
      return [ref, fed];
    });
  }

  #open(ref: PartitionRef, fed: Fed): void {
    const { stream, context, encodeFetch, failed } = this.#parts;
    const partition = { topicId: topicOf(ref), partition: partitionOf(ref), ...fed.start };
    const request = encodeFetch({ format: this.format, partitions: [partition] });
    const feed = new PartitionFeed(stream, request, failed);
    fed.feed = feed;
    serveFetchStream(feed, context, 'client', (entries) => {
      for (const { nextOffset } of entries) {
        if (fed.feed === feed) fed.start = { offset: nextOffset };
      }
    });
  }
}
