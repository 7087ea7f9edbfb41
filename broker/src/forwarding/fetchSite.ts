/** What this broker knows of a place that is to be read: whether it may serve it itself, and why not. */
import { type ErrorCode, type MillraceError, millraceError } from '@millrace/core/errors';
import type { Topic } from '../engine/topics.ts';
import type { Partition } from '../replication/partition.ts';
import type { FetchPlace } from './fetchPlace.ts';
import type { Forwarding } from './forwarding.ts';
import { type LeaderBroker, noLeader } from './leaders.ts';

/** What ends the reading on one broker and not of the partition. */
export const MOVED_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'NOT_LEADER',
  'LOADING',
  'PARTITION_OFFLINE',
  'STORAGE_FAILED',
  'UNAVAILABLE',
]);

export class FetchSite {
  readonly #forwarding: Forwarding;
  readonly #isNear: boolean;

  /** `rack`: of the client; empty: leaders alone serve it. */
  constructor(forwarding: Forwarding, rack: string) {
    this.#forwarding = forwarding;
    this.#isNear = rack !== '' && rack === forwarding.rack;
  }

  /** Undefined: the topic is gone. */
  topicOf({ topicId }: FetchPlace): Topic | undefined {
    return this.#forwarding.topics.byId(topicId);
  }

  /** The partition of this broker, if the place may be read from it. */
  here({ partition: p, topicId, wish }: FetchPlace): Partition | undefined {
    const partition = this.#forwarding.topics.byId(topicId)?.partitions[p];
    if (partition === undefined || !this.serves(partition)) return undefined;
    if (partition.role === 'leader') return partition;
    // A follower does not know where the log ends, nor what lies past its own end.
    const { start, stopAtEnd } = wish;
    if (stopAtEnd) return undefined;
    if (start.kind === 'earliest') return partition;
    if (start.kind !== 'offset') return undefined;
    const { log, highWatermark } = partition;
    const isHeld = start.offset >= log.logStartOffset && start.offset <= highWatermark;
    return isHeld ? partition : undefined;
  }

  /** Still, for a place that is read from it. */
  serves(partition: Partition): boolean {
    if (partition.role === 'leader') return partition.offline === undefined;
    return this.#isNear && partition.following !== undefined && !partition.isTruncating;
  }

  /** Undefined: there is none, or it is this broker. */
  leaderElsewhere(place: FetchPlace): LeaderBroker | undefined {
    const { leaders } = this.#forwarding;
    const topic = this.topicOf(place);
    const leader = topic === undefined ? undefined : leaders.leaderOf(topic, place.partition);
    if (leader === undefined || leader === leaders.brokerId) return undefined;
    return leaders.broker(leader);
  }

  whyNotHere(place: FetchPlace): MillraceError {
    const { leaders } = this.#forwarding;
    const topic = this.topicOf(place);
    if (topic === undefined) {
      return millraceError('UNKNOWN_TOPIC', `the topic of ${place.name} was deleted`);
    }
    const { partition: p } = place;
    const leader = leaders.leaderOf(topic, p);
    if (leader === undefined || leader === leaders.brokerId) {
      return topic.partitions[p]?.offline ?? noLeader(topic, p);
    }
    return millraceError('NOT_LEADER', `${place.name} is led by broker ${leader}`);
  }

  /** With the leader's address, if it is about who leads. */
  hinted(error: MillraceError, place: FetchPlace): MillraceError {
    const topic = this.topicOf(place);
    if (topic === undefined || !MOVED_CODES.has(error.code)) return error;
    return this.#forwarding.leaders.hinted(error, topic, place.partition);
  }
}
