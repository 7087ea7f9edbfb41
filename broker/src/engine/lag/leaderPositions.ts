/** What a leader answers to coordinators that measure lag: positions and times of records, without reading more than a batch each. */
import { millraceError, toMillraceError } from '@millrace/core/errors';
import type { PartitionFailure } from '@millrace/proto/generated/millrace/peer/v1/PartitionFailure';
import type { PartitionPositionsRequest__Output } from '@millrace/proto/generated/millrace/peer/v1/PartitionPositionsRequest';
import type { PartitionPositionsResponse } from '@millrace/proto/generated/millrace/peer/v1/PartitionPositionsResponse';
import type { TopicPositions } from '@millrace/proto/generated/millrace/peer/v1/TopicPositions';
import type { TopicPositionsQuery__Output } from '@millrace/proto/generated/millrace/peer/v1/TopicPositionsQuery';
import { Pace } from '../../coordinator/pace.ts';
import type { Clock } from '../../io/clock.ts';
import type { Partition } from '../../replication/partition.ts';
import type { Fetching } from '../fetching.ts';
import { online } from '../fetchStart.ts';
import type { Topics } from '../topics.ts';
import { recordTime } from './recordTime.ts';

/** Of one request, partitions and records each. */
export const QUERIES_MAX = 1000;
/** A new leader knows what is committed within moments, or is asked again. */
const SETTLE_MS_MAX = 100;

export class LeaderPositions {
  readonly #topics: Topics;
  readonly #memory: Fetching['memory'];
  readonly #clock: Clock;

  constructor(topics: Topics, memory: Fetching['memory'], clock: Clock) {
    this.#topics = topics;
    this.#memory = memory;
    this.#clock = clock;
  }

  /** Rejects with INVALID_REQUEST. What a partition can't tell is its failure. */
  async answer({ topics }: PartitionPositionsRequest__Output): Promise<PartitionPositionsResponse> {
    const count = (of: 'partitions' | 'records') =>
      topics.reduce((sum, query) => sum + query[of].length, 0);
    if (count('partitions') > QUERIES_MAX || count('records') > QUERIES_MAX) {
      throw millraceError('INVALID_REQUEST', `at most ${QUERIES_MAX} partitions and records each`);
    }
    const pace = new Pace(this.#clock);
    const answers: TopicPositions[] = [];
    for (const query of topics) answers.push(await this.#topicPositions(query, pace));
    return { topics: answers };
  }

  async #topicPositions(query: TopicPositionsQuery__Output, pace: Pace): Promise<TopicPositions> {
    const failures: PartitionFailure[] = [];
    const led = new Map<number, Partition>();
    const positions = await Promise.all(
      query.partitions.map(async (number) => {
        try {
          const partition = await this.#settled(query.topicId, number);
          led.set(number, partition);
          return { logStart: partition.log.logStartOffset, end: partition.highWatermark };
        } catch (thrown) {
          const { code, message } = toMillraceError(thrown);
          failures.push({ partition: number, error: { code, message } });
          return { logStart: -1, end: -1 };
        }
      }),
    );
    const timestampsMs: number[] = [];
    for (const { partition, offset } of query.records) {
      if (pace.isDue) await pace.rest();
      timestampsMs.push((await this.#time(led.get(partition), offset)) ?? -1);
    }
    return {
      logStarts: positions.map(({ logStart }) => logStart),
      highWatermarks: positions.map(({ end }) => end),
      timestampsMs,
      failures,
    };
  }

  async #settled(topicId: string, number: number): Promise<Partition> {
    const topic = this.#topics.resolve({ topicId });
    const partition = online(this.#topics.partition(topic, number));
    await partition.whenSettled(SETTLE_MS_MAX);
    return partition;
  }

  /** Undefined, too, where it can't be read: then the lag in records is known and that in time is not. */
  async #time(partition: Partition | undefined, offset: number): Promise<number | undefined> {
    if (partition === undefined || !Number.isSafeInteger(offset) || offset < 0) return undefined;
    if (offset >= partition.highWatermark) return undefined;
    const { batchBytesMax } = partition.log.config;
    try {
      return await this.#memory.during(batchBytesMax, () => recordTime(partition, offset));
    } catch {
      return undefined;
    }
  }
}
