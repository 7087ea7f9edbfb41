/**
 * millrace.peer.v1 Replication.Follow (contracts.md, Follow; safety.md, rule 3): one stream per follower broker, leader
 * broker and lane. A handle is the follower's number for one partition on one stream, never used again on it: each add
 * has a greater one than the adds before it.
 */
import type { BootId, BrokerId, ClusterId, CopyId, Offset, TopicId } from '../ids.ts';

export type FollowLane = 'tail' | 'catchup';

/** Of the first message alone. Refused with INVALID_REQUEST if cluster or addressee are not the leader's. */
export interface FollowHello {
  readonly clusterId: ClusterId;
  readonly from: BrokerId;
  readonly bootId: BootId;
  readonly to: BrokerId;
  readonly lane: FollowLane;
}

export interface FollowAdd {
  readonly handle: number;
  readonly topicId: TopicId;
  readonly partition: number;
  /** The follower's. */
  readonly copyId: CopyId;
  /** `tombstonesRemovedBelow` under which the copy began empty (rule 24). */
  readonly removedBelow: number;
}

/** A fetch: moves what the leader knows of the follower if it passes; also resumes a handle that a status paused. */
export interface FollowAck {
  readonly handle: number;
  readonly leaderEpoch: number;
  /** The follower's log end. */
  readonly fetchOffset: Offset;
  /** Leader epoch of its last batch; -1: its log is empty. */
  readonly lastFetchedEpoch: number;
  readonly durableEnd: Offset;
}

export interface FollowRequest {
  readonly hello?: FollowHello | undefined;
  readonly add: readonly FollowAdd[];
  readonly ack: readonly FollowAck[];
  readonly drop: readonly number[];
  /** Bytes of batches that the leader may send beyond what it was granted before. */
  readonly creditBytes: number;
}

export interface FollowData {
  readonly handle: number;
  readonly leaderEpoch: number;
  readonly highWatermark: Offset;
  readonly logStart: Offset;
  readonly lastStable: Offset;
  readonly tombstonesRemovedBelow: Offset;
  /** Whole batches in a row, from the follower's fetchOffset on; empty: only positions have moved. */
  readonly batches: readonly Buffer[];
}

export type FollowVerdict =
  | { readonly code: 'FENCED' | 'UNKNOWN_EPOCH' | 'NOT_LEADER' | 'REGRESSED' | 'UNKNOWN_COPY' }
  /** The leader's epoch at or below the follower's, and where it ends there (rule 8). */
  | { readonly code: 'DIVERGED'; readonly epoch: number; readonly endOffset: Offset }
  | { readonly code: 'RESET'; readonly logStart: Offset };

/** Pauses its handle until an ack with positions. */
export type FollowStatus = { readonly handle: number } & FollowVerdict;

export interface FollowResponse {
  readonly status: readonly FollowStatus[];
  readonly data: readonly FollowData[];
}

/** In one message, adds, acks and drops together, or data and statuses; senders split what is more. */
export const FOLLOW_ELEMENTS_MAX = 1 << 16;
