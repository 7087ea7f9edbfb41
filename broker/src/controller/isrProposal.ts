/**
 * Whether a change of an ISR that a leader proposes may be written (safety.md, rules 5 and 6). Pure. The answers are
 * given once the status that they speak of is committed.
 */
import type { BootId, BrokerId } from '@millrace/core/ids';
import type { CopyName, PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { IsrProposal, ProposalAnswer } from '../cluster/sessionMessages.ts';
import type { ControllerRulesOff } from './controllerRules.ts';
import { bootOf, brokerOf, copyOf } from './copyNames.ts';
import { withIsr } from './isrChange.ts';
import { memberState, type PartitionView, replicaOf } from './partitionView.ts';
import { sealed } from './sealed.ts';

export interface Proposed {
  readonly answer: ProposalAnswer;
  /** To be written before the answer is given; undefined: nothing. */
  readonly status: PartitionStatus | undefined;
}

export interface Proposer {
  readonly brokerId: BrokerId;
  readonly bootId: BootId;
}

export function judgeProposal(
  status: PartitionStatus,
  view: PartitionView,
  proposal: IsrProposal,
  from: Proposer,
  rulesOff: ControllerRulesOff,
): Proposed {
  const { leader } = status;
  if (!status.initialized) return refused('UNKNOWN');
  if (proposal.leaderEpoch < status.leaderEpoch) return refused('FENCED');
  if (leader === null || brokerOf(leader) !== from.brokerId || bootOf(leader) !== from.bootId) {
    return refused('FENCED');
  }
  // From a state that this controller does not know: it is read again, the leader sends it again.
  if (proposal.leaderEpoch > status.leaderEpoch || proposal.epoch > status.epoch) {
    return refused('UNKNOWN');
  }
  if (proposal.epoch < status.epoch && !rulesOff.has('proposal-against-epoch')) {
    const committed = proposal.epoch + 1 === status.epoch && sameMembers(proposal.isr, status.isr);
    if (!committed) return refused('STALE');
    return { answer: { code: 'OK', epoch: status.epoch }, status: undefined };
  }
  if (!isPossible(status, view, proposal.isr, copyOf(leader), rulesOff)) {
    // An earlier sending may still lie in a delayed write: the epoch that it was proposed against has to go.
    const bumped = { ...status, epoch: status.epoch + 1 };
    return {
      answer: { code: 'INELIGIBLE' },
      status: rulesOff.has('refusal-raises-epoch') ? undefined : bumped,
    };
  }
  const changed = sealed(status, withIsr(status, proposal.isr, rulesOff), rulesOff);
  return { answer: { code: 'OK', epoch: changed.epoch }, status: changed };
}

/** Whether somebody joins; such a change may wait for others. */
export function expands(status: PartitionStatus, isr: readonly CopyName[]): boolean {
  return isr.some((member) => !status.isr.includes(member));
}

function isPossible(
  status: PartitionStatus,
  view: PartitionView,
  isr: readonly CopyName[],
  leader: CopyName,
  rulesOff: ControllerRulesOff,
): boolean {
  if (!isr.includes(leader)) return false;
  if (new Set(isr.map(brokerOf)).size !== isr.length) return false;
  return isr.every(
    (member) => status.isr.includes(member) || mayJoin(status, view, member, rulesOff),
  );
}

function mayJoin(
  status: PartitionStatus,
  view: PartitionView,
  member: CopyName,
  rulesOff: ControllerRulesOff,
): boolean {
  const broker = brokerOf(member);
  if (!status.replicas.includes(broker) && !status.adding.includes(broker)) return false;
  if (rulesOff.has('join-registered-copy')) return true;
  return memberState(view, member) === 'live' && replicaOf(view, broker)?.leaving === false;
}

function sameMembers(left: readonly CopyName[], right: readonly CopyName[]): boolean {
  return left.length === right.length && left.every((member) => right.includes(member));
}

function refused(code: 'FENCED' | 'STALE' | 'UNKNOWN'): Proposed {
  return { answer: { code }, status: undefined };
}
