/**
 * From the replicas of the status to those of the spec (safety.md, rule 26): new ones are added, all are replicated to,
 * and once the wanted ones are in sync one change makes them the replicas. Pure; epochs are the caller's.
 */
import type { BrokerId } from '@millrace/core/ids';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { ControllerRulesOff } from './controllerRules.ts';
import { brokerOf } from './copyNames.ts';
import { withIsr } from './isrChange.ts';
import type { PartitionView } from './partitionView.ts';

/** One step towards `view.wanted`; `status` itself if there is none now. */
export function reassigned(
  status: PartitionStatus,
  view: PartitionView,
  rulesOff: ControllerRulesOff,
): PartitionStatus {
  const { wanted } = view;
  const settled = sameOrder(wanted, status.replicas) && status.adding.length === 0;
  // Without a leader the ISR says nothing about who could take over.
  if (settled || status.leader === null || wanted.length === 0) return status;
  const inSync = new Set(status.isr.map(brokerOf));
  const complete =
    (wanted.every((brokerId) => inSync.has(brokerId)) && wanted.length >= status.minIsr) ||
    rulesOff.has('reassignment-in-sync');
  if (complete || onlyReordered(wanted, status)) return completed(status, wanted, rulesOff);
  const adding = wanted.filter(
    (brokerId) =>
      status.adding.includes(brokerId) ||
      (!status.replicas.includes(brokerId) && view.mayAdd(brokerId)),
  );
  if (sameOrder(adding, status.adding)) return status;
  return cancelled(status, adding, rulesOff);
}

/** Another preferred leader: nothing is copied. */
function onlyReordered(wanted: readonly BrokerId[], status: PartitionStatus): boolean {
  return (
    status.adding.length === 0 &&
    wanted.length === status.replicas.length &&
    wanted.every((brokerId) => status.replicas.includes(brokerId))
  );
}

function completed(
  status: PartitionStatus,
  wanted: readonly BrokerId[],
  rulesOff: ControllerRulesOff,
): PartitionStatus {
  const isr = status.isr.filter((member) => wanted.includes(brokerOf(member)));
  if (isr.length === 0) return status;
  const moved = { ...withIsr(status, isr, rulesOff), replicas: wanted, adding: [] };
  return {
    ...moved,
    eligible: moved.eligible.filter((member) => wanted.includes(brokerOf(member))),
  };
}

/** Those that are no longer added leave the ISR, unless too few would remain: then they stay until others are back. */
function cancelled(
  status: PartitionStatus,
  adding: readonly BrokerId[],
  rulesOff: ControllerRulesOff,
): PartitionStatus {
  const kept = (brokerId: BrokerId) =>
    status.replicas.includes(brokerId) || adding.includes(brokerId);
  const isr = status.isr.filter((member) => kept(brokerOf(member)));
  if (isr.length === status.isr.length) return { ...status, adding };
  if (isr.length < Math.min(status.minIsr, status.isr.length)) return status;
  return { ...withIsr(status, isr, rulesOff), adding };
}

function sameOrder(left: readonly BrokerId[], right: readonly BrokerId[]): boolean {
  return left.length === right.length && left.every((brokerId, index) => brokerId === right[index]);
}
