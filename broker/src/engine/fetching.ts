/** Reading as clients ask for it: sessions here and at other leaders, offsets by time, ends of epochs. */
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import { FetchRoutes } from '../forwarding/fetchRoutes.ts';
import type { Forwarding } from '../forwarding/forwarding.ts';
import type { FetchPlace } from '../forwarding/fetchPlace.ts';
import type { Clock } from '../io/clock.ts';
import type { Isolation } from '../replication/partition.ts';
import { FetchMemory } from './fetchMemory.ts';
import { FetchSession } from './fetchSession.ts';
import { online, type StartPosition, settled, startOf } from './fetchStart.ts';
import type { Topic, TopicReference, Topics } from './topics.ts';

export type { StartPosition } from './fetchStart.ts';

/** More would make one request cost what a thousand do. */
const PARTITIONS_PER_FETCH_MAX = 10_000;
/** Read from files and not yet taken by clients. */
const READ_BYTES_MAX = 32 << 20;

export interface FetchPartitionRequest extends TopicReference {
  /** Undefined: all of the topic. */
  readonly partition: number | undefined;
  readonly start: StartPosition;
  readonly endOffset: number | undefined;
  readonly lastLeaderEpoch: number | undefined;
}

/** How partitions are read that are led elsewhere. */
export interface FetchForward {
  /** Of one message of another broker. */
  readonly messageBytesMax: number;
  /** A partition without a reachable leader for so long fails with the reason. */
  readonly patienceMs: number;
}

export interface FetchRequest {
  readonly partitions: readonly FetchPartitionRequest[];
  readonly isolation: Isolation;
  /** True: end at the high watermark of the start instead of following. */
  readonly stopAtEnd: boolean;
  /** `shared`: waits for `memory` before it reads files; `granted`: the caller holds what the session will read. */
  readonly memory: 'shared' | 'granted';
  /** Of the client: a follower of the same rack serves it; empty or absent: leaders alone. */
  readonly rack?: string | undefined;
  /** Absent: NOT_LEADER for what is led elsewhere. */
  readonly forward?: FetchForward | undefined;
}

export interface PartitionOffset {
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number | undefined;
  readonly leaderEpoch: number;
  readonly error: MillraceError | undefined;
}

export class Fetching {
  readonly memory: FetchMemory;
  readonly #topics: Topics;
  readonly #forwarding: Forwarding;

  constructor(topics: Topics, forwarding: Forwarding, clock: Clock) {
    this.#topics = topics;
    this.#forwarding = forwarding;
    this.memory = new FetchMemory(READ_BYTES_MAX, clock);
  }

  /**
   * Throws INVALID_REQUEST, UNKNOWN_TOPIC, UNKNOWN_PARTITION, OFFSET_OUT_OF_RANGE and DIVERGED: a request that can't
   * begin as asked begins nowhere. Later failures are entries of their partition.
   */
  async open(request: FetchRequest): Promise<FetchSession> {
    const places = this.#placesOf(request);
    const memory = request.memory === 'shared' ? this.memory : undefined;
    const session = new FetchSession(request.isolation, memory);
    const routes = new FetchRoutes(this.#forwarding, session, request);
    session.routedBy(routes);
    try {
      await routes.begin(places);
    } catch (error) {
      session.close();
      throw error;
    }
    return session;
  }

  /** Per partition; errors of one partition stand in its row. */
  async listOffsets(
    reference: TopicReference,
    partitions: readonly number[],
    at: StartPosition,
  ): Promise<{ topic: Topic; offsets: PartitionOffset[] }> {
    const topic = this.#topics.resolve(reference);
    if (partitions.length > PARTITIONS_PER_FETCH_MAX) {
      throw millraceError('INVALID_REQUEST', `at most ${PARTITIONS_PER_FETCH_MAX} partitions`);
    }
    const numbers = partitions.length > 0 ? partitions : topic.partitions.keys();
    const offsets: PartitionOffset[] = [];
    for (const number of numbers) {
      offsets.push(await this.#offsetOf(topic, number, at));
    }
    return { topic, offsets };
  }

  /** The largest epoch at or below `leaderEpoch` and its exclusive end; -1, -1 if the log knows none. */
  endOfEpoch(
    reference: TopicReference,
    partition: number,
    leaderEpoch: number,
  ): { leaderEpoch: number; endOffset: number } {
    const topic = this.#topics.resolve(reference);
    try {
      const { log } = online(this.#topics.partition(topic, partition));
      const { epoch, endOffset } = log.endOfEpoch(leaderEpoch);
      return { leaderEpoch: epoch, endOffset };
    } catch (error) {
      throw this.#forwarding.leaders.hinted(toMillraceError(error), topic, partition);
    }
  }

  #placesOf(request: FetchRequest): FetchPlace[] {
    if (request.partitions.length === 0) {
      throw millraceError('INVALID_REQUEST', 'no partition is asked for');
    }
    const places: FetchPlace[] = [];
    const seen = new Set<string>();
    for (const wanted of request.partitions) {
      const topic = this.#topics.resolve(wanted);
      const { partition, start, endOffset, lastLeaderEpoch } = wanted;
      const numbers = partition === undefined ? topic.statuses.keys() : [partition];
      for (const number of numbers) {
        this.#topics.checkPartition(topic, number);
        const name = `${topic.name}/${number}`;
        if (seen.has(name)) throw millraceError('INVALID_REQUEST', `${name} is asked for twice`);
        seen.add(name);
        if (seen.size > PARTITIONS_PER_FETCH_MAX) {
          throw millraceError(
            'INVALID_REQUEST',
            `at most ${PARTITIONS_PER_FETCH_MAX} partitions in one fetch`,
          );
        }
        const { topicId } = topic;
        const { stopAtEnd } = request;
        const wish = { start, endOffset, lastLeaderEpoch, stopAtEnd };
        places.push({ topicId, name, partition: number, wish, introduced: false });
      }
    }
    return places;
  }

  async #offsetOf(topic: Topic, number: number, at: StartPosition): Promise<PartitionOffset> {
    try {
      const partition = online(this.#topics.partition(topic, number));
      await settled(partition, at);
      const { leaderEpoch, highWatermark, log } = partition;
      const row = { partition: number, timestampMs: undefined, leaderEpoch, error: undefined };
      if (at.kind !== 'timestamp') {
        return { ...row, offset: await startOf(partition, at, highWatermark) };
      }
      const found = await log.offsetForTimestamp(at.timestampMs);
      if (found === undefined || found.offset >= highWatermark) {
        return { ...row, offset: highWatermark };
      }
      const { offset, timestampMs } = found;
      return { ...row, offset, timestampMs, leaderEpoch: found.leaderEpoch };
    } catch (error) {
      return {
        partition: number,
        offset: -1,
        timestampMs: undefined,
        leaderEpoch: -1,
        error: this.#forwarding.leaders.hinted(toMillraceError(error), topic, number),
      };
    }
  }
}
