/** What simulated clients and brokers say to each other: the part of millrace.v1 that matters here, as values. */
import type { PartitionRef } from '@millrace/core/assignors/partitionRef';
import type { MillraceError } from '@millrace/core/errors';
import type { TopicId } from '@millrace/core/ids';
import type { CommitRequest } from '../../../src/groups/committing.ts';
import type { MemberReference } from '../../../src/groups/findMember.ts';
import type { HeartbeatRequest } from '../../../src/groups/heartbeat.ts';
import type { JoinRequest } from '../../../src/groups/joining.ts';
import type { Acks } from '../../../src/replication/partition.ts';

interface PlaceOfPartition {
  readonly topicId: TopicId;
  readonly partition: number;
}

export interface ProduceRequest extends PlaceOfPartition {
  readonly kind: 'produce';
  readonly acks: Acks;
  readonly batches: Buffer;
}

export interface FetchRequest extends PlaceOfPartition {
  readonly kind: 'fetch';
  readonly offset: number;
  readonly bytesMax: number;
}

/** Earliest and latest, of the leader. */
export interface OffsetsRequest extends PlaceOfPartition {
  readonly kind: 'offsets';
}

/** One of GroupCoordinator's. What is no plain value is a list on the way. */
export type GroupRequest = { readonly kind: 'group'; readonly groupId: string } & (
  | { readonly method: 'join'; readonly request: JoinRequest }
  | { readonly method: 'heartbeat'; readonly request: SentHeartbeat }
  | { readonly method: 'leave'; readonly request: MemberReference }
  | { readonly method: 'commit'; readonly request: CommitRequest }
  | { readonly method: 'fetchOffsets' }
);

export type SentHeartbeat = Omit<HeartbeatRequest, 'owned'> & {
  readonly owned: readonly PartitionRef[];
};

/** Partition and committed offset. */
export type FetchedOffsets = readonly (readonly [PartitionRef, number])[];

/** One of Controller's, by its name. */
export interface AdminRequest {
  readonly kind: 'admin';
  readonly method: string;
  readonly request: unknown;
}

export interface Produced {
  readonly baseOffset: number;
  readonly leaderEpoch: number;
}

export interface Fetched {
  readonly batches: readonly Buffer[];
  readonly logStart: number;
  readonly highWatermark: number;
  readonly isLeader: boolean;
}

export interface Offsets {
  readonly earliest: number;
  readonly latest: number;
  readonly leaderEpoch: number;
}

export type ClientRequest =
  | ProduceRequest
  | FetchRequest
  | OffsetsRequest
  | GroupRequest
  | AdminRequest;

export type Asked = { readonly id: number } & ClientRequest;

export type Answered =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: MillraceError };
