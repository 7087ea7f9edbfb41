/**
 * What the controller tells every broker, and brokers tell clients: an image, then deltas, each numbered
 * (controllerEpoch, seq); a gap means: ask for an image (contracts.md, Metadata). Values are immutable.
 */
import type { BootId, BrokerId, TopicId } from '@millrace/core/ids';
import type { Endpoint, FeatureRange } from '@millrace/core/resources/broker';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';

export interface BrokerMetadata {
  readonly brokerId: BrokerId;
  readonly bootId: BootId;
  /** Without a live session: leads nothing. */
  readonly fenced: boolean;
  readonly cordoned: boolean;
  readonly draining: boolean;
  readonly rack: string;
  readonly endpoints: readonly Endpoint[];
  readonly features: FeatureRange;
}

export interface TopicMetadata {
  readonly topicId: TopicId;
  readonly name: string;
  readonly replicationFactor: number;
  /** Resolved: every key present, values as written in files (topicConfig.ts). */
  readonly config: Readonly<Record<string, string>>;
  /** The keys that somebody set. */
  readonly configSet: readonly string[];
  /** The tombstone (rule 25). */
  readonly deleted: boolean;
  /** Index = number of the partition, without holes. One that never had a leader is not `initialized`. */
  readonly partitions: readonly PartitionStatus[];
}

export interface MetadataPosition {
  readonly controllerEpoch: number;
  readonly seq: number;
}

export interface MetadataImage extends MetadataPosition {
  readonly controllerId: BrokerId;
  readonly featureLevel: number;
  readonly brokers: readonly BrokerMetadata[];
  readonly topics: readonly TopicMetadata[];
}

/** A topic that is new or changed; `partitions` are the changed ones only, new ones among them. */
export interface TopicDelta extends Omit<TopicMetadata, 'partitions'> {
  readonly partitions: readonly PartitionStatus[];
}

/** Follows (controllerEpoch, seq - 1). */
export interface MetadataDelta extends MetadataPosition {
  readonly featureLevel: number;
  readonly brokers: readonly BrokerMetadata[];
  readonly topics: readonly TopicDelta[];
  /** No longer in the store: every replica confirmed the deletion. */
  readonly topicsGone: readonly TopicId[];
}
