import type { PartitionRef } from '@millrace/core/assignors/partitionRef';
import type { Group } from './group.ts';
import type { CommittedOffset, CurrentValue, StartPosition } from './groupRecord.ts';

/**
 * What a member is told. It takes none with a lower revision than it has, none that answers something it sent longer
 * ago than its session lasts; it stops on `revoking` before the rebalance timeout, counted from the sending of the last
 * heartbeat that was answered before, and says so with this revision.
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
