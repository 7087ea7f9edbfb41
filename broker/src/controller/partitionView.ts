/**
 * All that a decision about one partition may depend on: what is committed, what is wanted, and who is there. Decisions
 * are pure functions from a view to the status to write next, so that they can be tested as tables.
 */
import type { BootId, BrokerId, CopyId } from '@millrace/core/ids';
import {
  type CopyName,
  copyName,
  type PartitionStatus,
} from '@millrace/core/resources/partitionAssignment';
import type { CopyReport } from '../cluster/sessionMessages.ts';
import { brokerOf } from './copyNames.ts';

export interface ReplicaView {
  readonly brokerId: BrokerId;
  /** live: its session is open. silent: neither heard nor proven dead. dead: fenced. */
  readonly state: 'live' | 'silent' | 'dead';
  /** Of its session. */
  readonly bootId: BootId | undefined;
  /** As its session reported it last. Only of live brokers. */
  readonly copy: CopyReport | undefined;
  /** Draining: leads only where nobody else can. */
  readonly avoided: boolean;
  /** Stopping: in no ISR where it is not the last. */
  readonly leaving: boolean;
}

export interface PartitionView {
  readonly p: number;
  /** Committed. Undefined: never written, or lost. */
  readonly status: PartitionStatus | undefined;
  /** The highest epochs of any status that this controller has known; -1: none. */
  readonly seenLeaderEpoch: number;
  readonly seenEpoch: number;
  /** By the spec, the preferred leader first. */
  readonly wanted: readonly BrokerId[];
  /** minInsyncReplicas by the configuration, at most the number of replicas. */
  readonly minIsr: number;
  readonly durability: 'fsync' | 'async';
  /** Every broker that is wanted, is named by the status or reports a copy: wanted ones first, none twice. */
  readonly replicas: readonly ReplicaView[];
  /** Answers to the recovery election of the committed leader epoch, given after that epoch was adopted. */
  readonly answers: readonly { readonly brokerId: BrokerId; readonly copy: CopyReport }[];
  /** Copies that this controller asked for it: none had adopted that epoch before. */
  readonly asked: ReadonlySet<CopyId>;
  /** Who was asked had its time to answer. */
  readonly answersDue: boolean;
  /** Nobody could be elected for so long that an `async` partition goes on without the missing (rule 13). */
  readonly waitedForAll: boolean;
  /** Whether the broker may begin to fill one more replica. */
  readonly mayAdd: (brokerId: BrokerId) => boolean;
}

/** gone: the broker is there and holds another copy, or none. */
export type MemberState = 'live' | 'silent' | 'dead' | 'gone';

export function replicaOf(view: PartitionView, brokerId: BrokerId): ReplicaView | undefined {
  return view.replicas.find((replica) => replica.brokerId === brokerId);
}

export function copyNameOf(replica: ReplicaView): CopyName | undefined {
  return replica.copy === undefined ? undefined : copyName(replica.brokerId, replica.copy.copyId);
}

export function memberState(view: PartitionView, member: CopyName): MemberState {
  const replica = replicaOf(view, brokerOf(member));
  if (replica === undefined) return 'dead';
  if (replica.state !== 'live') return replica.state;
  return copyNameOf(replica) === member ? 'live' : 'gone';
}
