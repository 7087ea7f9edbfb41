/**
 * Asks the leaders of many partitions where these begin and end: one call a broker at a time, each for up to a thousand
 * partitions, whatever the number of groups that read them. A leader that does not answer is the error of its partitions.
 */
import {
  partitionOf,
  type PartitionRef,
  partitionRef,
  topicOf,
} from '@millrace/core/assignors/partitionRef';
import {
  isErrorCode,
  type MillraceError,
  millraceError,
  toMillraceError,
} from '@millrace/core/errors';
import type { BrokerId, TopicId } from '@millrace/core/ids';
import type { PartitionPositionsResponse__Output } from '@millrace/proto/generated/millrace/peer/v1/PartitionPositionsResponse';
import type { TopicPositions__Output } from '@millrace/proto/generated/millrace/peer/v1/TopicPositions';
import type { TopicPositionsQuery__Output } from '@millrace/proto/generated/millrace/peer/v1/TopicPositionsQuery';
import type { PeerTransport } from '../../cluster/peerTransport.ts';
import { type Leaders, noLeader } from '../../forwarding/leaders.ts';
import type { PositionsTold } from '../../groups/lag/positionsTold.ts';
import { PARTITION_POSITIONS } from '../../peer/peerMethods.ts';
import type { Topics } from '../topics.ts';
import { type LeaderPositions, QUERIES_MAX } from './leaderPositions.ts';

const DEADLINE_MS = 2000;

/** By partition: offsets of records whose times are wanted. */
export type PositionQuestions = ReadonlyMap<PartitionRef, ReadonlySet<number>>;

type TopicQuery = TopicPositionsQuery__Output;

export interface PositionInquiryParts {
  readonly topics: Topics;
  readonly leaders: Leaders;
  readonly here: LeaderPositions;
  readonly peers: Pick<PeerTransport, 'controller'>;
}

export class PositionInquiry {
  readonly #parts: PositionInquiryParts;

  constructor(parts: PositionInquiryParts) {
    this.#parts = parts;
  }

  async ask(questions: PositionQuestions, told: PositionsTold): Promise<void> {
    const byLeader = new Map<BrokerId, Map<PartitionRef, ReadonlySet<number>>>();
    const { leaders, topics } = this.#parts;
    for (const [ref, offsets] of questions) {
      const topic = topics.byId(topicOf(ref));
      if (topic === undefined) {
        told.tell(ref, millraceError('UNKNOWN_TOPIC', `${ref}: there is no such topic`));
        continue;
      }
      const leader = leaders.leaderOf(topic, partitionOf(ref));
      if (leader === undefined) told.tell(ref, noLeader(topic, partitionOf(ref)));
      else {
        const asked = byLeader.get(leader) ?? new Map<PartitionRef, ReadonlySet<number>>();
        asked.set(ref, offsets);
        byLeader.set(leader, asked);
      }
    }
    const asking = [...byLeader].map(([leader, asked]) => this.#askLeader(leader, asked, told));
    await Promise.all(asking);
  }

  async #askLeader(
    leader: BrokerId,
    questions: PositionQuestions,
    told: PositionsTold,
  ): Promise<void> {
    let silent: MillraceError | undefined;
    for (const queries of chunks(questions)) {
      try {
        if (silent !== undefined) throw silent;
        const { topics } = await this.#call(leader, queries);
        queries.forEach((query, at) => take(query, topics[at], told));
      } catch (thrown) {
        // The chunks that are left would wait as long as this one.
        silent = toMillraceError(thrown);
        for (const { topicId, partitions } of queries) {
          for (const p of partitions) told.tell(partitionRef(topicId as TopicId, p), silent);
        }
      }
    }
  }

  async #call(leader: BrokerId, topics: TopicQuery[]): Promise<PartitionPositionsResponse__Output> {
    const { leaders, here, peers } = this.#parts;
    if (leader === leaders.brokerId) {
      return (await here.answer({ topics })) as PartitionPositionsResponse__Output;
    }
    const address = leaders.address(leader, 'peer');
    if (address === undefined || leaders.broker(leader) === undefined) {
      throw millraceError('UNAVAILABLE', `broker ${leader} is not there`);
    }
    const calls = peers.controller(address);
    const response = await calls.forward(PARTITION_POSITIONS, { topics }, DEADLINE_MS);
    // The transport has decoded it as the response of that method.
    return response as PartitionPositionsResponse__Output;
  }
}

/** Of one topic each, and as many as one call may ask for. */
function* chunks(questions: PositionQuestions): Generator<TopicQuery[], void> {
  let queries = new Map<TopicId, TopicQuery>();
  let partitions = 0;
  let records = 0;
  for (const [ref, offsets] of questions) {
    const times = [...offsets].slice(0, QUERIES_MAX);
    if (partitions + 1 > QUERIES_MAX || records + times.length > QUERIES_MAX) {
      yield [...queries.values()];
      queries = new Map();
      partitions = 0;
      records = 0;
    }
    const topicId = topicOf(ref);
    const query = queries.get(topicId) ?? { topicId, partitions: [], records: [] };
    const partition = partitionOf(ref);
    query.partitions.push(partition);
    for (const offset of times) query.records.push({ partition, offset });
    queries.set(topicId, query);
    partitions += 1;
    records += times.length;
  }
  if (partitions > 0) yield [...queries.values()];
}

function take(query: TopicQuery, answer: TopicPositions__Output | undefined, told: PositionsTold) {
  const refOf = (p: number): PartitionRef => partitionRef(query.topicId as TopicId, p);
  const starts = new Map<number, number>();
  query.partitions.forEach((partition, at) => {
    const logStart = answer?.logStarts[at] ?? -1;
    const end = answer?.highWatermarks[at] ?? -1;
    if (logStart < 0 || end < 0) return;
    starts.set(partition, logStart);
    told.tell(refOf(partition), { logStart, end });
  });
  for (const { partition, error } of answer?.failures ?? []) {
    const code = error?.code ?? '';
    const known = isErrorCode(code) ? code : 'UNAVAILABLE';
    told.tell(refOf(partition), millraceError(known, error?.message ?? code));
  }
  query.records.forEach(({ partition, offset }, at) => {
    const timestampMs = answer?.timestampsMs[at] ?? -1;
    const start = starts.get(partition);
    if (start === undefined || timestampMs < 0) return;
    told.tellTime(refOf(partition), Math.max(offset, start), timestampMs);
  });
}
