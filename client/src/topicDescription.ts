/** A topic as Admin describes it. */
import type { MillraceError } from '@millrace/core/errors';
import type { PartitionDescription__Output } from '@millrace/proto/generated/millrace/v1/PartitionDescription';
import type { TopicDescription__Output } from '@millrace/proto/generated/millrace/v1/TopicDescription';
import { fromWireError } from './remoteError.ts';

export interface TopicSummary {
  readonly topicId: string;
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly internal: boolean;
}

export interface TopicConfigEntry {
  readonly key: string;
  readonly value: string;
  readonly source: 'default' | 'topic';
}

export interface PartitionDescription {
  readonly partition: number;
  /** Broker id; -1: nobody leads. */
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  /** Brokers that are to become replicas. */
  readonly adding: readonly number[];
  /** Brokers whose copies may be elected although they left the ISR. */
  readonly eligible: readonly number[];
  /** Copies that must be in sync for acks=all. */
  readonly minIsr: number;
  /** Leader epoch of the last unclean election, which may have lost records; -1: none. */
  readonly uncleanEpoch: number;
  readonly logStart: number;
  readonly highWatermark: number;
  /** Exclusive. */
  readonly logEnd: number;
  /** Bytes of its segments on the answering broker. */
  readonly sizeBytes: number;
  /** Set where the partition cannot serve. */
  readonly error: MillraceError | undefined;
}

export interface TopicDescription extends TopicSummary {
  readonly config: readonly TopicConfigEntry[];
  readonly partitionDetails: readonly PartitionDescription[];
}

export function topicDescription(topic: TopicDescription__Output): TopicDescription {
  const { topicId, name, partitions, replicationFactor, internal } = topic;
  return {
    topicId,
    name,
    partitions,
    replicationFactor,
    internal,
    config: topic.config.map(({ key, value, source }) => ({
      key,
      value,
      source: source === 'CONFIG_SOURCE_TOPIC' ? 'topic' : 'default',
    })),
    partitionDetails: topic.partitionDetails.map(partitionDescription),
  };
}

function partitionDescription(partition: PartitionDescription__Output): PartitionDescription {
  const { leader, leaderEpoch, replicas, isr, adding, eligible, minIsr, uncleanEpoch } = partition;
  const { logStart, highWatermark, logEnd, sizeBytes } = partition;
  return {
    partition: partition.partition,
    leader,
    leaderEpoch,
    replicas,
    isr,
    adding,
    eligible,
    minIsr,
    uncleanEpoch,
    logStart,
    highWatermark,
    logEnd,
    sizeBytes,
    error: partition.error === null ? undefined : fromWireError(partition.error),
  };
}
