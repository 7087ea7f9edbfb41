import type { AssignorName } from '@millrace/core/assignors/assign';
import type { PartitionRef } from '@millrace/core/assignors/partitionRef';
import type { Group, GroupsState } from './group.ts';
import type {
  CommittedOffset,
  DeclarationValue,
  GroupType,
  MemberState,
  MemberValue,
} from './groupRecord.ts';
import { assignorOf } from './plan.ts';

export type GroupCondition = 'empty' | 'paused' | 'rebalancing' | 'stable';

export interface GroupSummary {
  readonly groupId: string;
  readonly type: GroupType;
  readonly condition: GroupCondition;
  readonly members: number;
}

export interface MemberDescription extends MemberValue {
  readonly memberId: string;
  readonly memberEpoch: number;
  readonly state: MemberState;
  readonly assigned: readonly PartitionRef[];
  readonly revoking: readonly PartitionRef[];
  readonly target: readonly PartitionRef[];
}

export interface GroupDescription extends Omit<GroupSummary, 'members'> {
  readonly epoch: number;
  readonly assignor: AssignorName;
  readonly declaration: DeclarationValue | undefined;
  readonly members: readonly MemberDescription[];
  readonly offsets: ReadonlyMap<PartitionRef, CommittedOffset>;
  /** Wall clock of a reset that can be undone. */
  readonly lastResetMs: number | undefined;
}

export function listGroups(state: GroupsState): GroupSummary[] {
  return [...state.groups.values()].map(summaryOf);
}

export function describeGroup(group: Group): GroupDescription {
  return {
    ...summaryOf(group),
    epoch: group.value?.epoch ?? 0,
    assignor: assignorOf(group),
    declaration: group.declaration,
    members: [...group.members].map(([memberId, value]) => {
      const { memberEpoch, state, assigned, revoking } = group.current(memberId);
      return {
        ...value,
        memberId,
        memberEpoch,
        state,
        assigned: [...assigned.keys()],
        revoking: [...revoking.keys()],
        target: [...group.target(memberId)],
      };
    }),
    offsets: new Map(group.offsets),
    lastResetMs: group.lastReset?.atMs,
  };
}

function summaryOf(group: Group): GroupSummary {
  return {
    groupId: group.groupId,
    type: group.value?.type ?? 'native',
    condition: conditionOf(group),
    members: group.members.size,
  };
}

export function conditionOf(group: Group): GroupCondition {
  if (group.members.size === 0) return 'empty';
  if (group.spec?.paused === true) return 'paused';
  for (const memberId of group.members.keys()) {
    if (group.current(memberId).state !== 'stable') return 'rebalancing';
  }
  return 'stable';
}
