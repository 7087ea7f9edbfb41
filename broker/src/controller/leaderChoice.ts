/** Leaders that somebody chose: moved to another replica in sync, back to the preferred one, or by force. Pure. */
import { millraceError } from '@millrace/core/errors';
import type { BrokerId } from '@millrace/core/ids';
import type { CopyName, PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { Resignation } from '../cluster/sessionMessages.ts';
import type { ControllerRulesOff } from './controllerRules.ts';
import { brokerOf, copyOf } from './copyNames.ts';
import { candidates, elected, led, leads } from './election.ts';
import { withIsr } from './isrChange.ts';
import { copyNameOf, type PartitionView } from './partitionView.ts';
import { unclean } from './recoveryElection.ts';
import { sealed } from './sealed.ts';

/** Throws INVALID_REQUEST unless the broker's copy is live and in sync. */
export function leaderMoved(
  status: PartitionStatus,
  view: PartitionView,
  to: BrokerId,
  rulesOff: ControllerRulesOff,
): PartitionStatus {
  const found = candidates(status.isr, view, rulesOff).find(
    ({ replica }) => replica.brokerId === to,
  );
  if (found === undefined) {
    throw millraceError(
      'INVALID_REQUEST',
      `broker ${to} is not in sync with partition ${status.p}: only a member of its ISR can lead`,
    );
  }
  if (status.leader !== null && brokerOf(status.leader) === to && leads(status, view))
    return status;
  return sealed(status, led(status, found), rulesOff);
}

/** The broker that should lead instead of the one that does; undefined: none. */
export function preferredLeader(
  status: PartitionStatus,
  view: PartitionView,
): BrokerId | undefined {
  const [preferred] = status.replicas;
  if (preferred === undefined || status.leader === null || !leads(status, view)) return undefined;
  if (brokerOf(status.leader) === preferred) return undefined;
  const replica = view.replicas.find(({ brokerId }) => brokerId === preferred);
  if (replica === undefined || replica.state !== 'live') return undefined;
  if (replica.avoided || replica.leaving) return undefined;
  const copy = copyNameOf(replica);
  return copy !== undefined && status.isr.includes(copy) ? preferred : undefined;
}

/**
 * A leader's epoch has ended at the leader: another epoch, often of the same copy, but of another one if that is damaged.
 * Itself if that is past.
 */
export function resigned(
  status: PartitionStatus,
  view: PartitionView,
  brokerId: BrokerId,
  { leaderEpoch, isDamaged }: Pick<Resignation, 'leaderEpoch' | 'isDamaged'>,
  rulesOff: ControllerRulesOff,
): PartitionStatus {
  const { leader } = status;
  if (leader === null || brokerOf(leader) !== brokerId || status.leaderEpoch !== leaderEpoch) {
    return status;
  }
  if (isDamaged && !rulesOff.has('damaged-leader-leaves')) {
    return withoutDamaged(status, view, copyOf(leader), rulesOff);
  }
  const next = elected(status, view, rulesOff);
  return { ...next, leaderEpoch: status.leaderEpoch + 1, epoch: status.epoch + 1 };
}

/**
 * The damaged copy leaves the ISR in the change that elects another member; it holds less than was committed, so it does
 * not become eligible. While no other member can lead it stays: the copy may be all that is left (rule 12).
 */
function withoutDamaged(
  status: PartitionStatus,
  view: PartitionView,
  damaged: CopyName,
  rulesOff: ControllerRulesOff,
): PartitionStatus {
  const others = status.isr.filter((copy) => copy !== damaged);
  if (candidates(others, view, rulesOff).length === 0) return status;
  const left = withIsr(status, others, rulesOff);
  const draft = { ...left, eligible: left.eligible.filter((copy) => copy !== damaged) };
  return sealed(status, elected(draft, view, rulesOff), rulesOff);
}

/**
 * A person accepts that records may be lost (rule 13): the named copy leads, alone. Throws INVALID_REQUEST if somebody
 * leads, or unless the copy is there.
 */
export function uncleanElected(
  status: PartitionStatus,
  view: PartitionView,
  copy: string,
  rulesOff: ControllerRulesOff,
): PartitionStatus {
  if (!status.initialized) throw refusal(`partition ${status.p} never had a leader`);
  if (leads(status, view)) throw refusal(`partition ${status.p} has a leader, ${status.leader}`);
  const replica = view.replicas.find((each) => copyNameOf(each) === copy);
  if (replica === undefined || replica.state !== 'live') {
    throw refusal(`no live broker reports the copy ${copy} of partition ${status.p}`);
  }
  const name = copy as CopyName;
  const draft = led({ ...status, isr: [name], eligible: [] }, { copy: name, replica });
  return sealed(status, unclean(draft, rulesOff), rulesOff);
}

function refusal(message: string): Error {
  return millraceError('INVALID_REQUEST', message);
}
