/** The parts of `<brokerId>:<copyId>` and `<brokerId>:<copyId>:<bootId>` (safety.md, rule 6). */
import type { BootId, BrokerId } from '@millrace/core/ids';
import type { CopyName, LeaderName } from '@millrace/core/resources/partitionAssignment';

export function brokerOf(name: CopyName | LeaderName): BrokerId {
  // The names were checked where they entered the process.
  return Number(name.slice(0, name.indexOf(':'))) as BrokerId;
}

export function copyOf(leader: LeaderName): CopyName {
  return leader.slice(0, leader.lastIndexOf(':')) as CopyName;
}

export function bootOf(leader: LeaderName): string {
  return leader.slice(leader.lastIndexOf(':') + 1);
}

export function leaderName(copy: CopyName, bootId: BootId): LeaderName {
  return `${copy}:${bootId}`;
}
