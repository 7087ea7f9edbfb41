import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { BootId, BrokerId, CopyId } from '@millrace/core/ids';
import type { CopyName, PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { ReplicationRulesOff } from './replicationRules.ts';

export type PartitionRole = 'leader' | 'follower' | 'offline';

/** One copy in one process. */
export interface CopyInProcess {
  readonly brokerId: BrokerId;
  readonly bootId: BootId;
  readonly copy: CopyName;
}

export interface AssignedRole {
  readonly role: PartitionRole;
  /** Why it takes no appends; undefined for the leader. */
  readonly refusal: MillraceError | undefined;
}

/**
 * The role that the controller's state gives to a copy. It leads only under its full name: an earlier boot may have lost
 * what it sent, an earlier copy what it acknowledged (safety.md, rule 6). `name`: of the partition.
 */
export function assignedRole(
  status: PartitionStatus,
  self: CopyInProcess,
  name: string,
  rulesOff: ReplicationRulesOff,
): AssignedRole {
  const { leader, replicas, adding } = status;
  const isMine = rulesOff.has('leader-is-this-boot')
    ? leader?.startsWith(`${self.copy}:`) === true
    : leader === `${self.copy}:${self.bootId}`;
  if (isMine) return { role: 'leader', refusal: undefined };
  const { brokerId } = self;
  if (!replicas.includes(brokerId) && !adding.includes(brokerId)) {
    const refusal = millraceError('NOT_LEADER', `${name} has no replica on this broker`);
    return { role: 'offline', refusal };
  }
  const leading = leaderBroker(status);
  const refusal =
    leading === undefined || leading === brokerId
      ? millraceError('PARTITION_OFFLINE', `${name} has no leader`)
      : millraceError('NOT_LEADER', `${name} is led by broker ${leading}`);
  return { role: 'follower', refusal };
}

/** Of `<brokerId>:<copyId>:<bootId>`; undefined: there is none. */
export function leaderCopy({ leader }: PartitionStatus): CopyId | undefined {
  return leader === null ? undefined : (leader.split(':')[1] as CopyId | undefined);
}

/** Undefined: there is none. */
export function leaderBroker({ leader }: PartitionStatus): BrokerId | undefined {
  return leader === null ? undefined : (Number(leader.slice(0, leader.indexOf(':'))) as BrokerId);
}
