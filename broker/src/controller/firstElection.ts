/**
 * Who leads a partition that lives on one broker, decided anew at each of its boots: pure.
 *
 * A restart never resumes a leader epoch (safety.md, rule 6). A copy leads if it was in sync or the partition never had
 * a leader (rules 7, 22); an `async` copy that had to be minted anew leads by unclean election, which is recorded (13).
 */
import { type BootId, type BrokerId, type CopyId } from '@millrace/core/ids';
import { copyName, type PartitionStatus } from '@millrace/core/resources/partitionAssignment';

export interface Candidate {
  readonly brokerId: BrokerId;
  readonly bootId: BootId;
  readonly copyId: CopyId;
  /** The highest leader epoch in its log; -1: none. */
  readonly lastEpoch: number;
  readonly durability: 'fsync' | 'async';
}

export interface Decision {
  readonly status: PartitionStatus;
  /** `none`: leaderless, it may hold less than was acknowledged. */
  readonly elected: 'first' | 'clean' | 'unclean' | 'none';
}

export function elect(
  p: number,
  before: PartitionStatus | undefined,
  candidate: Candidate,
  minIsr: number,
): Decision {
  const { brokerId, bootId, copyId, lastEpoch, durability } = candidate;
  const name = copyName(brokerId, copyId);
  const leaderEpoch = Math.max(before?.leaderEpoch ?? -1, lastEpoch) + 1;
  const led: PartitionStatus = {
    p,
    initialized: true,
    replicas: [brokerId],
    adding: [],
    leader: `${name}:${bootId}`,
    isr: [name],
    eligible: [],
    leaderEpoch,
    epoch: (before?.epoch ?? -1) + 1,
    minIsr,
    uncleanEpoch: before?.uncleanEpoch ?? -1,
  };
  if (before === undefined || !before.initialized) return { status: led, elected: 'first' };
  if (before.isr.includes(name)) return { status: led, elected: 'clean' };
  if (durability === 'async') {
    return { status: { ...led, uncleanEpoch: leaderEpoch }, elected: 'unclean' };
  }
  const leaderless: PartitionStatus = { ...led, leader: null, isr: before.isr };
  return { status: leaderless, elected: 'none' };
}
