/** Reading as clients ask for it: start positions turned into offsets, sessions, offsets by time, ends of epochs. */
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import { type Offset, toOffset } from '@millrace/core/ids';
import type { Isolation, Partition } from '../replication/partition.ts';
import type { Clock } from '../io/clock.ts';
import { FetchMemory } from './fetchMemory.ts';
import { FetchSession, type FetchTarget } from './fetchSession.ts';
import type { Topic, TopicReference, Topics } from './topics.ts';

/** More would make one request cost what a thousand do. */
const PARTITIONS_PER_FETCH_MAX = 10_000;
/** Read from files and not yet taken by clients. */
const READ_BYTES_MAX = 32 << 20;

export type StartPosition =
  | { readonly kind: 'earliest' | 'latest' }
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'timestamp'; readonly timestampMs: number };

export interface FetchPartitionRequest extends TopicReference {
  /** Undefined: all of the topic. */
  readonly partition: number | undefined;
  readonly start: StartPosition;
  readonly endOffset: number | undefined;
  readonly lastLeaderEpoch: number | undefined;
}

export interface FetchRequest {
  readonly partitions: readonly FetchPartitionRequest[];
  readonly isolation: Isolation;
  /** True: end at the high watermark of the start instead of following. */
  readonly stopAtEnd: boolean;
  /** `shared`: waits for `memory` before it reads files; `granted`: the caller holds what the session will read. */
  readonly memory: 'shared' | 'granted';
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

  constructor(topics: Topics, clock: Clock) {
    this.#topics = topics;
    this.memory = new FetchMemory(READ_BYTES_MAX, clock);
  }

  /**
   * Throws INVALID_REQUEST, UNKNOWN_TOPIC, UNKNOWN_PARTITION, OFFSET_OUT_OF_RANGE and DIVERGED: a request that can't
   * begin as asked begins nowhere. Later failures are entries of their partition.
   */
  async open(request: FetchRequest): Promise<FetchSession> {
    if (request.partitions.length === 0) {
      throw millraceError('INVALID_REQUEST', 'no partition is asked for');
    }
    const targets: FetchTarget[] = [];
    const seen = new Set<Partition>();
    for (const wanted of request.partitions) {
      const topic = this.#topics.resolve(wanted);
      for (const partition of this.#partitionsOf(topic, wanted.partition)) {
        if (seen.has(partition)) {
          throw millraceError('INVALID_REQUEST', `${partition.name} is asked for twice`);
        }
        seen.add(partition);
        if (seen.size > PARTITIONS_PER_FETCH_MAX) {
          throw millraceError(
            'INVALID_REQUEST',
            `at most ${PARTITIONS_PER_FETCH_MAX} partitions in one fetch`,
          );
        }
        targets.push(await this.#target(request, wanted, topic, partition));
      }
    }
    const memory = request.memory === 'shared' ? this.memory : undefined;
    return new FetchSession(targets, request.isolation, memory);
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
    const { log } = online(this.#topics.partition(topic, partition));
    const { epoch, endOffset } = log.endOfEpoch(leaderEpoch);
    return { leaderEpoch: epoch, endOffset };
  }

  async #target(
    request: FetchRequest,
    wanted: FetchPartitionRequest,
    topic: Topic,
    partition: Partition,
  ): Promise<FetchTarget> {
    online(partition);
    const bound = partition.readBound(request.isolation);
    const startOffset = await startOf(partition, wanted.start, bound);
    if (wanted.lastLeaderEpoch !== undefined) {
      checkEpoch(partition, startOffset, wanted.lastLeaderEpoch);
    }
    const end = wanted.endOffset === undefined ? undefined : toOffset(wanted.endOffset);
    const stop = request.stopAtEnd ? bound : undefined;
    const endOffset = end !== undefined && stop !== undefined ? min(end, stop) : (end ?? stop);
    return { partition, topicId: topic.topicId, startOffset, endOffset };
  }

  #partitionsOf(topic: Topic, partition: number | undefined): readonly Partition[] {
    const wanted = partition === undefined ? topic.partitions.keys() : [partition];
    return [...wanted].map((number) => this.#topics.partition(topic, number));
  }

  async #offsetOf(topic: Topic, number: number, at: StartPosition): Promise<PartitionOffset> {
    try {
      const partition = online(this.#topics.partition(topic, number));
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
      const failure = toMillraceError(error);
      return {
        partition: number,
        offset: -1,
        timestampMs: undefined,
        leaderEpoch: -1,
        error: failure,
      };
    }
  }
}

function online(partition: Partition): Partition {
  if (partition.offline !== undefined) throw partition.offline;
  return partition;
}

async function startOf(partition: Partition, start: StartPosition, bound: Offset): Promise<Offset> {
  const { log } = partition;
  switch (start.kind) {
    case 'earliest':
      return log.logStartOffset;
    case 'latest':
      return bound;
    case 'timestamp': {
      const found = await log.offsetForTimestamp(start.timestampMs);
      return found === undefined ? bound : min(toOffset(found.offset), bound);
    }
    case 'offset': {
      const offset = toOffset(start.offset);
      if (offset < log.logStartOffset || offset > log.logEndOffset) {
        throw millraceError(
          'OFFSET_OUT_OF_RANGE',
          `${partition.name} holds offsets ${log.logStartOffset} to ${bound} (exclusive), not ${offset}`,
        );
      }
      return offset;
    }
  }
}

/** KIP-320: the epoch last read ended here before the offset asked for, so what was read past its end is gone. */
function checkEpoch(partition: Partition, startOffset: Offset, lastLeaderEpoch: number): void {
  const { epoch, endOffset } = partition.log.endOfEpoch(lastLeaderEpoch);
  if (epoch === -1 || endOffset >= startOffset) return;
  throw millraceError(
    'DIVERGED',
    `${partition.name}: epoch ${lastLeaderEpoch} ended at ${endOffset}, before ${startOffset}`,
  );
}

function min(left: Offset, right: Offset): Offset {
  return left < right ? left : right;
}
