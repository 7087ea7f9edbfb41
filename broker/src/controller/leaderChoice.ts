/** Leaders that somebody chose: moved to another replica in sync, back to the preferred one, or by force. Pure. */
import { millraceError } from '@millrace/core/errors';
import type { BrokerId } from '@millrace/core/ids';
import type { CopyName, PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { ControllerRulesOff } from './controllerRules.ts';
import { brokerOf } from './copyNames.ts';
import { candidates, elected, led, leads } from './election.ts';
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

/** A leader's epoch has ended at the leader: another epoch, often of the same copy. Itself if that is past. */
export function resigned(
  status: PartitionStatus,
  view: PartitionView,
  brokerId: BrokerId,
  leaderEpoch: number,
  rulesOff: ControllerRulesOff,
): PartitionStatus {
  const { leader } = status;
  if (leader === null || brokerOf(leader) !== brokerId || status.leaderEpoch !== leaderEpoch) {
    return status;
  }
  const next = elected(status, view, rulesOff);
  return { ...next, leaderEpoch: status.leaderEpoch + 1, epoch: status.epoch + 1 };
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
