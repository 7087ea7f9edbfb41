/**
 * One Fetch stream to a leader for some partitions of one session. It receives a message ahead of its reader and stops
 * there, so that a client that does not read holds the leader back instead of filling this broker.
 */
import { type MillraceError, toMillraceError } from '@millrace/core/errors';
import { decodeFetchResponse, type FetchEntryMessage } from '@millrace/core/messages/fetch';
import {
  encodeFetchRequest,
  type FetchPartitionMessage,
} from '@millrace/core/messages/fetchRequest';
import { type DataStream, type DataTransport, FETCH } from '../cluster/dataTransport.ts';
import type { FetchedEntry, FetchHost, FetchSource } from '../engine/fetchSource.ts';
import type { Isolation } from '../replication/partition.ts';
import { type FetchPlace, failedEntry } from './fetchPlace.ts';
import type { LeaderBroker } from './leaders.ts';

/** Received, not yet read and still no reason to stop: beside it one message, and what the window holds. */
const AHEAD_BYTES = 256 * 1024;
const WINDOW_BYTES = 1 << 20;
const FORMAT_BATCHES = 2;
const ISOLATIONS = { 'read-uncommitted': 1, 'read-committed': 2 } as const;
const POSITIONS = { earliest: 1, latest: 2 } as const;

export interface RemoteFetchOptions {
  readonly transport: DataTransport;
  readonly leader: LeaderBroker;
  readonly isolation: Isolation;
  readonly stopAtEnd: boolean;
  readonly messageBytesMax: number;
  readonly owner: RemoteFetchOwner;
}

export interface RemoteFetchOwner {
  /** The first answer is here. */
  answered(fetch: RemoteFetch): void;
  /** It ended without any answer; its owner closes it or loses it. */
  refused(fetch: RemoteFetch, error: MillraceError): void;
  /** Nothing is read by it any more. */
  closed(fetch: RemoteFetch): void;
}

export class RemoteFetch {
  readonly leader: LeaderBroker;
  readonly #owner: RemoteFetchOwner;
  readonly #stream: DataStream;
  readonly #sources = new Map<string, RemoteSource>();
  #queuedBytes = 0;
  #paused = false;
  #answered = false;
  #closed = false;

  constructor(places: readonly FetchPlace[], host: FetchHost, options: RemoteFetchOptions) {
    const { leader, transport, isolation, stopAtEnd, messageBytesMax, owner } = options;
    this.leader = leader;
    this.#owner = owner;
    for (const place of places) {
      this.#sources.set(keyOf(place), new RemoteSource(place, host, this));
    }
    const stream = transport.open(leader.data, FETCH, WINDOW_BYTES);
    this.#stream = stream;
    stream.onMessage((body) => this.#received(body));
    stream.onEnd(({ error }) => this.#ended(error));
    stream.send(
      encodeFetchRequest({
        partitions: places.map(partitionMessage),
        format: FORMAT_BATCHES,
        isolation: ISOLATIONS[isolation],
        stopAtEnd,
        messageBytesMax,
        rack: '',
      }),
    );
    stream.end();
  }

  /** Those that are neither complete nor closed. */
  get sources(): readonly RemoteSource[] {
    return [...this.#sources.values()];
  }

  /** Each of its partitions ends with `error`, after what was received. */
  lose(error: MillraceError): void {
    const { sources } = this;
    this.close();
    for (const source of sources) source.lost(error);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#sources.clear();
    this.#stream.close();
    this.#owner.closed(this);
  }

  /** For its sources' own use. */
  drop(source: RemoteSource): void {
    if (!this.#sources.delete(keyOf(source.place)) || this.#sources.size > 0) return;
    this.close();
  }

  /** For its sources' own use. */
  taken(bytes: number): void {
    this.#queuedBytes -= bytes;
    if (!this.#paused || this.#queuedBytes >= AHEAD_BYTES || this.#closed) return;
    this.#paused = false;
    this.#stream.resume();
  }

  #received(body: Buffer): void {
    if (this.#closed) return;
    let entries: readonly FetchEntryMessage[];
    try {
      ({ entries } = decodeFetchResponse(body));
    } catch (error) {
      this.lose(toMillraceError(error));
      return;
    }
    for (const entry of entries) {
      this.#queuedBytes += this.#sources.get(keyOf(entry))?.received(entry) ?? 0;
    }
    if (!this.#paused && this.#queuedBytes >= AHEAD_BYTES) {
      this.#paused = true;
      this.#stream.pause();
    }
    if (this.#answered) return;
    this.#answered = true;
    this.#owner.answered(this);
  }

  #ended(error: MillraceError): void {
    if (this.#closed) return;
    if (this.#answered) this.lose(error);
    else this.#owner.refused(this, error);
  }
}

/** One partition of it: what was received waits here for its turn. */
export class RemoteSource implements FetchSource {
  readonly place: FetchPlace;
  queued = false;
  readonly #host: FetchHost;
  readonly #fetch: RemoteFetch;
  #entries: FetchedEntry[] = [];
  #closed = false;

  constructor(place: FetchPlace, host: FetchHost, fetch: RemoteFetch) {
    this.place = place;
    this.#host = host;
    this.#fetch = fetch;
  }

  get hasMore(): boolean {
    return this.#entries.length > 0;
  }

  isOf(topicId: string, partition: number): boolean {
    return this.place.topicId === topicId && this.place.partition === partition;
  }

  /** How many bytes it holds more. */
  received(message: FetchEntryMessage): number {
    const { topicId, partition, leaderEpoch, highWatermark, logStart } = message;
    const { nextOffset, end, error, batches } = message;
    const { endOffset } = this.place.wish;
    const position = { topicId, partition, leaderEpoch, highWatermark, logStart };
    this.#entries.push({
      ...position,
      fromOffset: nextOffset,
      nextOffset,
      endOffset,
      end,
      error,
      batches,
    });
    this.#host.enqueue(this);
    return bytesOf(batches);
  }

  lost(error: MillraceError): void {
    if (this.#closed) return;
    this.#entries.push(failedEntry(this.place, error));
    this.#host.enqueue(this);
  }

  step(): FetchedEntry | undefined {
    for (let entry = this.#entries.shift(); entry !== undefined; entry = this.#entries.shift()) {
      const bytes = bytesOf(entry.batches);
      this.#host.hasReceived(bytes);
      this.#fetch.taken(bytes);
      const { place } = this;
      const from = place.introduced ? offsetOf(place) : entry.nextOffset;
      if (entry.error !== undefined) return { ...entry, fromOffset: from, nextOffset: from };
      const isNews = !place.introduced || bytes > 0 || entry.end;
      this.#goOn(entry, bytes);
      if (isNews) return { ...entry, fromOffset: from, endOffset: place.wish.endOffset };
    }
    return undefined;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { batches } of this.#entries) this.#fetch.taken(bytesOf(batches));
    this.#entries = [];
    this.#fetch.drop(this);
  }

  /** The place stands behind this entry. The end is that of the first answer: whoever serves it next must not move it. */
  #goOn({ nextOffset, highWatermark, leaderEpoch }: FetchedEntry, bytes: number): void {
    const { place } = this;
    const { wish } = place;
    const stop = wish.stopAtEnd ? highWatermark : undefined;
    const { endOffset = stop } = wish;
    place.wish = {
      start: { kind: 'offset', offset: nextOffset },
      endOffset: stop === undefined ? endOffset : Math.min(endOffset ?? stop, stop),
      lastLeaderEpoch: bytes > 0 ? leaderEpoch : wish.lastLeaderEpoch,
      stopAtEnd: false,
    };
    place.introduced = true;
  }
}

function offsetOf({ wish }: FetchPlace): number {
  return wish.start.kind === 'offset' ? wish.start.offset : -1;
}

function keyOf({ topicId, partition }: { topicId: string; partition: number }): string {
  return `${topicId}/${partition}`;
}

function bytesOf(batches: readonly Buffer[]): number {
  let bytes = 0;
  for (const batch of batches) bytes += batch.length;
  return bytes;
}

function partitionMessage({ topicId, partition, wish }: FetchPlace): FetchPartitionMessage {
  const { start, endOffset, lastLeaderEpoch } = wish;
  const of = { topicId, partition, endOffset, lastLeaderEpoch };
  switch (start.kind) {
    case 'offset':
      return { ...of, offset: start.offset };
    case 'timestamp':
      return { ...of, timestampMs: start.timestampMs };
    case 'earliest':
    case 'latest':
      return { ...of, position: POSITIONS[start.kind] };
  }
}
