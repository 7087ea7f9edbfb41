import type { PartitionRef } from '@millrace/core/assignors/partitionRef';
import type { Group } from './group.ts';
import type { CommittedOffset, CurrentValue, StartPosition } from './groupRecord.ts';

/**
 * What a member is told. For one owner at a time it keeps to this:
 * - it takes none with a lower revision than it has, and no answer to what it sent longer ago than its session lasts;
 * - its session counts from the sending of the last heartbeat that was answered: past it, it stops on everything;
 * - it stops on `revoking`, then says so with this revision. If that is not answered before the rebalance timeout, it
 *   stops on everything: counted from the sending of the last heartbeat that was answered before it was told of any
 *   of `revoking`, since the coordinator counts from its decision.
 */
export interface GroupAssignment {
  readonly groupId: string;
  readonly memberId: string;
  readonly memberEpoch: number;
  readonly revision: number;
  readonly assigned: readonly AssignedPartition[];
  readonly revoking: readonly PartitionRef[];
  /** Where nothing is committed. */
  readonly start: StartPosition;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
}

export interface AssignedPartition {
  readonly ref: PartitionRef;
  readonly committed: CommittedOffset | undefined;
}

const START_DEFAULT: StartPosition = { kind: 'earliest' };

export function assignmentOf(
  group: Group,
  memberId: string,
  current: CurrentValue,
): GroupAssignment {
  const { sessionMs, rebalanceMs } = group.timeouts(memberId);
  return {
    groupId: group.groupId,
    memberId,
    memberEpoch: current.memberEpoch,
    revision: current.revision,
    assigned: [...current.assigned.keys()].map((ref) => ({
      ref,
      committed: group.offsets.get(ref),
    })),
    revoking: [...current.revoking.keys()],
    start: group.spec?.start ?? START_DEFAULT,
    sessionTimeoutMs: sessionMs,
    rebalanceTimeoutMs: rebalanceMs,
  };
}
