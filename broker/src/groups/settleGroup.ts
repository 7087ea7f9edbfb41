import { assign } from '@millrace/core/assignors/assign';
import type { Assignment } from '@millrace/core/assignors/assignor';
import type { PartitionRef } from '@millrace/core/assignors/partitionRef';
import { type Group, NEW_GROUP } from './group.ts';
import type { GroupRecord } from './groupRecord.ts';
import type { GroupRulesOff } from './groupRules.ts';
import type { GroupTopics } from './groupTopics.ts';
import { type Plan, planOf } from './plan.ts';
import { reconcile } from './reconcile.ts';

/**
 * What follows from what has happened to a group: a new target if what it is made from has changed, then the next step
 * of every member that can take one. `write` replays. The record of the group comes last of its target: cut off before
 * it, the target is made anew.
 */
export function settleGroup(
  group: Group,
  topics: GroupTopics,
  wallMs: number,
  write: (record: GroupRecord) => void,
  rulesOff: GroupRulesOff,
): void {
  const { groupId } = group;
  const plan = planOf(group, topics);
  const value = group.value ?? NEW_GROUP;
  const isEmpty = group.members.size === 0;
  const emptySinceMs = isEmpty ? value.emptySinceMs || wallMs : 0;
  let { epoch } = value;
  const isNewTarget = plan.basis !== value.basis;
  if (isNewTarget) {
    epoch += 1;
    writeTargets(group, plan, write);
  }
  if (isNewTarget || emptySinceMs !== value.emptySinceMs || group.value === undefined) {
    const { basis } = plan;
    write({ kind: 'group', groupId, value: { type: value.type, epoch, basis, emptySinceMs } });
  }
  for (const memberId of group.members.keys()) {
    const current = group.current(memberId);
    const isFree = (ref: PartitionRef): boolean =>
      !group.owners.has(ref) || rulesOff.has('one-owner');
    const next = reconcile(current, group.target(memberId), epoch, isFree);
    if (next !== undefined) write({ kind: 'current', groupId, memberId, value: next });
  }
}

function writeTargets(group: Group, plan: Plan, write: (record: GroupRecord) => void): void {
  const { groupId } = group;
  const previous: Assignment = group.targets;
  const target: Assignment = plan.isPaused ? new Map() : assign({ ...plan, previous });
  for (const { memberId } of plan.members) {
    const partitions = target.get(memberId) ?? new Set();
    if (group.targets.has(memberId) && isSame(partitions, group.target(memberId))) continue;
    write({ kind: 'target', groupId, memberId, value: { partitions } });
  }
}

function isSame(left: ReadonlySet<PartitionRef>, right: ReadonlySet<PartitionRef>): boolean {
  return left.size === right.size && [...left].every((ref) => right.has(ref));
}
