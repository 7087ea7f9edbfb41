/** One group, as the records of `__groups` say it, and the deadlines of its members, which no record holds. */
import type { PartitionRef } from '@millrace/core/assignors/partitionRef';
import type {
  CommittedOffset,
  CurrentValue,
  DeclarationValue,
  GroupSpec,
  GroupValue,
  MemberValue,
  ResetValue,
} from './groupRecord.ts';

/** On the monotonic clock of this coordinator: a new one gives everybody a full session. */
export interface Session {
  deadlineMs: number;
  /** Infinite while nothing is to be given up. */
  revokeDeadlineMs: number;
}

export const NEW_GROUP: GroupValue = { type: 'native', epoch: 0, basis: '', emptySinceMs: 0 };

export const NEW_MEMBER: CurrentValue = {
  memberEpoch: 0,
  revision: 0,
  state: 'assigning',
  assigned: new Map(),
  revoking: new Map(),
};

const NO_PARTITIONS: ReadonlySet<PartitionRef> = new Set();

export class Group {
  readonly groupId: string;
  /** Undefined: no record yet, or deleted. */
  value: GroupValue | undefined;
  declaration: DeclarationValue | undefined;
  lastReset: ResetValue | undefined;
  /** By member id, in the order in which they joined. */
  readonly members = new Map<string, MemberValue>();
  readonly targets = new Map<string, ReadonlySet<PartitionRef>>();
  readonly currents = new Map<string, CurrentValue>();
  readonly sessions = new Map<string, Session>();
  /** From instance id to member id. */
  readonly instances = new Map<string, string>();
  /** Of every partition that is assigned or not yet given up: to member id. One owner, ever. */
  readonly owners = new Map<PartitionRef, string>();
  readonly offsets = new Map<PartitionRef, CommittedOffset>();

  constructor(groupId: string) {
    this.groupId = groupId;
  }

  get spec(): GroupSpec | undefined {
    return this.declaration?.spec;
  }

  get isNothing(): boolean {
    return (
      this.value === undefined &&
      this.declaration === undefined &&
      this.lastReset === undefined &&
      this.members.size + this.targets.size + this.currents.size + this.offsets.size === 0
    );
  }

  target(memberId: string): ReadonlySet<PartitionRef> {
    return this.targets.get(memberId) ?? NO_PARTITIONS;
  }

  current(memberId: string): CurrentValue {
    return this.currents.get(memberId) ?? NEW_MEMBER;
  }

  /** Milliseconds; a declaration overrides what the member asked for. */
  timeouts(memberId: string): { readonly sessionMs: number; readonly rebalanceMs: number } {
    const member = this.members.get(memberId);
    const declared = this.spec;
    return {
      sessionMs: declared?.sessionTimeoutMs || (member?.sessionTimeoutMs ?? 0),
      rebalanceMs: declared?.rebalanceTimeoutMs || (member?.rebalanceTimeoutMs ?? 0),
    };
  }
}

/** Of one coordinator. */
export class GroupsState {
  readonly groups = new Map<string, Group>();
  /** To be looked at before the tick ends: something that their assignment follows from has changed. */
  readonly unsettled = new Set<string>();
}
