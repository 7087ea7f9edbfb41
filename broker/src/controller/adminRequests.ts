/** What may be asked of the controller by people and programs. */
import type { BrokerId, TopicId } from '@millrace/core/ids';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { TopicMetadata } from '../cluster/metadata.ts';

/** One of the two; the id wins. Empty: not given. */
export interface TopicReference {
  readonly topicId?: string | undefined;
  readonly topicName?: string | undefined;
}

export interface CreateTopicRequest {
  readonly name: string;
  /** 0: the default. */
  readonly partitions: number;
  /** 0: the default. */
  readonly replicationFactor: number;
  readonly config: Readonly<Record<string, string>>;
  readonly validateOnly: boolean;
}

export interface CreatedTopic {
  /** As committed. With `validateOnly`: as it would be, its partitions not initialized. */
  readonly topic: TopicMetadata;
  readonly existed: boolean;
}

export interface AlterTopicRequest {
  readonly reference: TopicReference;
  /** 0: unchanged. */
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
  readonly configUnset: readonly string[];
  readonly validateOnly: boolean;
}

/** New replicas of a partition, the preferred leader first. */
export interface Reassignment {
  readonly reference: TopicReference;
  readonly partition: number;
  /** Null: stay with those that it has, which cancels a reassignment. */
  readonly replicas: readonly BrokerId[] | null;
}

/** A partition whose replicas are not yet those of its spec. */
export interface PendingReassignment {
  readonly topicId: TopicId;
  readonly topicName: string;
  readonly status: PartitionStatus;
  readonly wanted: readonly BrokerId[];
}

export interface LeaderMove {
  readonly reference: TopicReference;
  readonly partition: number;
  readonly brokerId: BrokerId;
}

export interface UncleanElection {
  readonly reference: TopicReference;
  readonly partition: number;
  /** `<brokerId>:<copyId>`, as the person who decides has seen it. */
  readonly copy: string;
}

export interface BrokerSetting {
  readonly brokerId: BrokerId;
  readonly cordoned?: boolean | undefined;
  readonly draining?: boolean | undefined;
}

export interface PartitionReference {
  readonly topicId: TopicId;
  readonly partition: number;
}

export interface StopAnswer {
  /** It may be stopped: its leaderships are moved away. */
  readonly ready: boolean;
  /** Partitions that would fall below their minInsyncReplicas without it. */
  readonly waiting: readonly PartitionReference[];
}
