/**
 * Who leads a partition: a live ISR member, else an eligible copy, which is then the whole ISR, else nobody; only a copy
 * that its live session reported (safety.md, rules 6 and 7). Pure; epochs are raised by `sealed`.
 */
import type { BrokerId } from '@millrace/core/ids';
import type { CopyName, PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { ControllerRulesOff } from './controllerRules.ts';
import { bootOf, brokerOf, copyOf, leaderName } from './copyNames.ts';
import { withIsr } from './isrChange.ts';
import { copyNameOf, type PartitionView, type ReplicaView, replicaOf } from './partitionView.ts';

/** Whether the leader may go on. One that is silent may: it is fenced once that is due, not before. */
export function leads(status: PartitionStatus, view: PartitionView): boolean {
  const { leader } = status;
  if (leader === null || !status.isr.includes(copyOf(leader))) return false;
  const replica = replicaOf(view, brokerOf(leader));
  if (replica === undefined || replica.state === 'dead') return false;
  if (replica.state === 'silent') return true;
  return replica.bootId === bootOf(leader) && copyNameOf(replica) === copyOf(leader);
}

/** The status with the best leader there is, or none. */
export function elected(
  status: PartitionStatus,
  view: PartitionView,
  rulesOff: ControllerRulesOff,
): PartitionStatus {
  const inSync = best(status, view, candidates(status.isr, view, rulesOff));
  if (inSync !== undefined) return led(status, inSync);
  const eligible = best(status, view, candidates(status.eligible, view, rulesOff));
  if (eligible !== undefined) {
    return led(withIsr(status, [eligible.copy], rulesOff), eligible);
  }
  if (rulesOff.has('elect-in-sync')) {
    const names = view.replicas.flatMap((replica) => copyNameOf(replica) ?? []);
    const any = best(status, view, candidates(names, view, rulesOff));
    if (any !== undefined) return led({ ...status, isr: [any.copy], eligible: [] }, any);
  }
  return status.leader === null ? status : { ...status, leader: null };
}

export interface Candidate {
  readonly copy: CopyName;
  readonly replica: ReplicaView;
}

/** Of the members those that can lead now. */
export function candidates(
  members: readonly CopyName[],
  view: PartitionView,
  rulesOff: ControllerRulesOff,
): Candidate[] {
  return members.flatMap((copy) => {
    const replica = replicaOf(view, brokerOf(copy));
    if (replica === undefined || replica.state !== 'live') return [];
    if (copyNameOf(replica) !== copy && !rulesOff.has('elect-reported-copy')) return [];
    return [{ copy, replica }];
  });
}

export function led(status: PartitionStatus, { copy, replica }: Candidate): PartitionStatus {
  const { bootId } = replica;
  if (bootId === undefined) throw new TypeError(`broker ${replica.brokerId} has no session`);
  return { ...status, leader: leaderName(copy, bootId) };
}

/** The preferred one first; one that is draining or stopping only if there is no other. */
function best(
  status: PartitionStatus,
  view: PartitionView,
  from: readonly Candidate[],
): Candidate | undefined {
  const place = (brokerId: BrokerId): number => {
    const at = status.replicas.indexOf(brokerId);
    return at < 0 ? status.replicas.length + view.wanted.length : at;
  };
  const order = ({ replica }: Candidate): number => {
    const { avoided, leaving, brokerId } = replica;
    return place(brokerId) + (leaving ? 2e6 : 0) + (avoided ? 1e6 : 0);
  };
  return from.toSorted((left, right) => order(left) - order(right))[0];
}
