/**
 * The records of `__groups`, whose replay is the state of every group (contracts.md, Groups). A record without a value
 * is a tombstone. Encoded by groupRecordCodec.ts.
 */
import type { AssignorName } from '@millrace/core/assignors/assign';
import type { PartitionRef } from '@millrace/core/assignors/partitionRef';

export interface CommittedOffset {
  /** Of the next record to process. */
  readonly offset: number;
  /** Of the last record processed; -1 if the member did not say. */
  readonly leaderEpoch: number;
  /** At most METADATA_BYTES_MAX in UTF-8. */
  readonly metadata: string;
  /** Wall clock of the coordinator. */
  readonly commitMs: number;
}

export type GroupType = 'native' | 'classic' | 'share';

export interface GroupValue {
  readonly type: GroupType;
  /** Rises with whatever changes the target assignment; it is the target's epoch too. */
  readonly epoch: number;
  /** Digest of all that the target was made from: members, subscriptions, topics, declaration. */
  readonly basis: string;
  /** Wall clock; 0: it has members. */
  readonly emptySinceMs: number;
}

/** What a member said of itself. */
export interface MemberValue {
  /** Empty: not static. */
  readonly instanceId: string;
  readonly clientId: string;
  readonly topics: readonly string[];
  /** Empty: none. */
  readonly pattern: string;
  /** Its wish; empty: none. */
  readonly assignor: AssignorName | '';
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
}

export interface TargetValue {
  readonly partitions: ReadonlySet<PartitionRef>;
}

export type MemberState = 'stable' | 'revoking' | 'assigning';

/** To the member epoch in which the member got the partition: its older commits do not count. */
export type OwnedPartitions = ReadonlyMap<PartitionRef, number>;

/** Where a member is on its way to the target. */
export interface CurrentValue {
  /** Group epoch of its last change. */
  readonly memberEpoch: number;
  /** Counts the assignments that the member is told; it echoes the last one it has taken. */
  readonly revision: number;
  readonly state: MemberState;
  /** It may work on these. */
  readonly assigned: OwnedPartitions;
  /** It is told to stop working on these and has not confirmed: nobody else may have them. */
  readonly revoking: OwnedPartitions;
}

/** Where reading begins without a committed offset. `value`: ms since 1970, or ms back from now. */
export type StartPosition =
  | { readonly kind: 'earliest' | 'latest' }
  | { readonly kind: 'timestamp' | 'duration'; readonly value: number };

export interface DeclaredPin {
  readonly instanceId: string;
  readonly topic: string;
  readonly partitions: readonly number[];
}

export interface GroupSpec {
  /** Override what members subscribe to; empty: the members decide. */
  readonly topics: readonly string[];
  readonly assignor: AssignorName | '';
  /** 0: the members decide. */
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly start: StartPosition;
  readonly pins: readonly DeclaredPin[];
  /** Nobody owns anything. */
  readonly paused: boolean;
}

export interface DeclarationValue {
  readonly uid: string;
  readonly generation: number;
  /** Undefined: withdrawn. */
  readonly spec: GroupSpec | undefined;
}

/** What the last reset overwrote: undefined where nothing was committed. */
export interface ResetValue {
  readonly atMs: number;
  readonly previous: ReadonlyMap<PartitionRef, CommittedOffset | undefined>;
}

export type GroupRecord =
  /** Says nothing: something to be committed, behind which replies may leave (rule 17). */
  | { readonly kind: 'barrier' }
  | OffsetRecord
  | OfGroup<'group', GroupValue>
  | OfMember<'member', MemberValue>
  | OfMember<'target', TargetValue>
  | OfMember<'current', CurrentValue>
  | OfGroup<'declaration', DeclarationValue>
  | OfGroup<'reset', ResetValue>;

export interface OffsetRecord {
  readonly kind: 'offset';
  readonly groupId: string;
  readonly ref: PartitionRef;
  readonly value: CommittedOffset | undefined;
}

interface OfGroup<Kind extends string, Value> {
  readonly kind: Kind;
  readonly groupId: string;
  readonly value: Value | undefined;
}

interface OfMember<Kind extends string, Value> extends OfGroup<Kind, Value> {
  readonly memberId: string;
}

export const METADATA_BYTES_MAX = 4096;
