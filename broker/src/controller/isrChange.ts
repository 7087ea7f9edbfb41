/** What leaves and joins an ISR, and who stays eligible (safety.md, rules 7 and 27). Pure. */
import type { CopyName, PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { ControllerRulesOff } from './controllerRules.ts';
import { brokerOf, copyOf } from './copyNames.ts';
import { memberState, type PartitionView, replicaOf } from './partitionView.ts';

/**
 * The status with another ISR. A copy that leaves while the resulting ISR is below m becomes eligible: from then on
 * nothing is committed, so it holds all that was. Epochs are the caller's.
 */
export function withIsr(
  status: PartitionStatus,
  isr: readonly CopyName[],
  rulesOff: ControllerRulesOff,
): PartitionStatus {
  const enough = isr.length >= status.minIsr;
  if (enough && !rulesOff.has('eligible-emptied-at-min')) return { ...status, isr, eligible: [] };
  const left = status.isr.filter((member) => !isr.includes(member));
  const kept = enough || rulesOff.has('removed-below-min-is-eligible') ? [] : left;
  return { ...status, isr, eligible: onePerBroker([...kept, ...status.eligible], isr) };
}

/** A broker holds one copy at a time: of an earlier one nothing is left. */
function onePerBroker(copies: readonly CopyName[], isr: readonly CopyName[]): CopyName[] {
  const taken = new Set(isr.map(brokerOf));
  return copies.filter((copy) => {
    const broker = brokerOf(copy);
    if (taken.has(broker)) return false;
    taken.add(broker);
    return true;
  });
}

/** Without members that are dead, gone, stopping or not assigned any more; the last one always stays (rule 27). */
export function withoutLost(
  status: PartitionStatus,
  view: PartitionView,
  rulesOff: ControllerRulesOff,
): PartitionStatus {
  const staying = status.isr.filter((member) => stays(view, member));
  if (staying.length === status.isr.length) return status;
  if (staying.length > 0 || rulesOff.has('last-member-stays')) {
    return withIsr(status, staying, rulesOff);
  }
  const last = lastStanding(status, view);
  if (last === undefined || status.isr.length === 1) return status;
  return withIsr(status, [last], rulesOff);
}

function stays(view: PartitionView, member: CopyName): boolean {
  const state = memberState(view, member);
  if (state === 'dead' || state === 'gone') return false;
  return replicaOf(view, brokerOf(member))?.leaving !== true;
}

/** Who is most likely to come back with what it held. */
function lastStanding(status: PartitionStatus, view: PartitionView): CopyName | undefined {
  const leader = status.leader === null ? undefined : copyOf(status.leader);
  const order = (member: CopyName): number => {
    const rank = { live: 0, silent: 2, dead: 4, gone: 6 }[memberState(view, member)];
    return member === leader ? rank : rank + 1;
  };
  return status.isr.toSorted((left, right) => order(left) - order(right))[0];
}
