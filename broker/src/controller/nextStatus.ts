/**
 * What the status of a partition should be, given all that is known now: first leader, recovery, lost members, election,
 * minInsyncReplicas, reassignment. Pure, and asked again whenever anything changes: nothing depends on which event was
 * seen. (safety.md, rules 6, 7, 9, 13, 21, 22, 26 and 27)
 */
import type { BrokerId } from '@millrace/core/ids';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { ControllerRulesOff } from './controllerRules.ts';
import { brokerOf, copyOf } from './copyNames.ts';
import { candidates, elected, leads } from './election.ts';
import { firstStep } from './firstLeader.ts';
import { withoutLost } from './isrChange.ts';
import type { PartitionView } from './partitionView.ts';
import { reassigned } from './reassigning.ts';
import {
  isRecovering,
  isRewound,
  type Recovery,
  recoveryBegun,
  recoveryConcluded,
} from './recoveryElection.ts';
import { sealed } from './sealed.ts';

export interface NextStep {
  /** To be written; undefined: the committed one stays. */
  readonly status: PartitionStatus | undefined;
  /** Brokers that have to create an empty copy: for the first leader (rule 22), or to follow. */
  readonly create: readonly BrokerId[];
  /** Brokers that have to adopt the committed leader epoch and report (rule 9). */
  readonly ask: readonly BrokerId[];
  /** Time alone may change the decision: ask again. */
  readonly again: boolean;
  /** An election from an untrustworthy ISR that is not decided yet. */
  readonly recovery: Recovery | undefined;
}

const NOTHING: NextStep = {
  status: undefined,
  create: [],
  ask: [],
  again: false,
  recovery: undefined,
};

export function nextStep(view: PartitionView, rulesOff: ControllerRulesOff): NextStep {
  const { status } = view;
  if (status === undefined || !status.initialized) return firstLife(view, rulesOff);
  if (isRewound(status, view, rulesOff) && !rulesOff.has('rewind-recovers')) {
    return { ...NOTHING, status: recoveryBegun(view, rulesOff) };
  }
  if (isRecovering(status)) return recovering(status, view, rulesOff);
  const next = sealed(status, settled(status, view, rulesOff), rulesOff);
  const stuck = next.leader === null && view.durability === 'async';
  if (stuck && (view.waitedForAll || view.replicas.every(({ state }) => state === 'live'))) {
    return { ...NOTHING, status: recoveryBegun(view, rulesOff) };
  }
  const create = lacking(next, view);
  return { ...NOTHING, status: next === status ? undefined : next, create, again: stuck };
}

/** Who has a replica and no copy: added by a reassignment, or its directory was lost. */
function lacking(status: PartitionStatus, { replicas }: PartitionView): BrokerId[] {
  return replicas.flatMap(({ brokerId, state, copy, leaving }) => {
    const isAssigned = status.replicas.includes(brokerId) || status.adding.includes(brokerId);
    return isAssigned && state === 'live' && copy === undefined && !leaving ? [brokerId] : [];
  });
}

function firstLife(view: PartitionView, rulesOff: ControllerRulesOff): NextStep {
  const step = firstStep(view, rulesOff);
  switch (step.kind) {
    case 'recover':
      return { ...NOTHING, status: recoveryBegun(view, rulesOff) };
    case 'create':
      return { ...NOTHING, create: step.brokers };
    case 'lead':
      return { ...NOTHING, status: step.status };
    case 'wait':
      return NOTHING;
  }
}

function recovering(
  status: PartitionStatus,
  view: PartitionView,
  rulesOff: ControllerRulesOff,
): NextStep {
  const recovery = recoveryConcluded(status, view, rulesOff);
  const concluded = recovery.status;
  if (concluded !== undefined) {
    return { ...NOTHING, status: sealed(status, concluded, rulesOff), recovery };
  }
  const ask = view.replicas.flatMap(({ brokerId, state, copy }) => {
    const answered = view.answers.some((answer) => answer.brokerId === brokerId);
    return state === 'live' && copy !== undefined && !answered ? [brokerId] : [];
  });
  return { ...NOTHING, ask, create: lacking(status, view), again: true, recovery };
}

function settled(
  before: PartitionStatus,
  view: PartitionView,
  rulesOff: ControllerRulesOff,
): PartitionStatus {
  let status = withMinIsr(before, view, rulesOff);
  status = withoutLost(status, view, rulesOff);
  status = reassigned(status, view, rulesOff);
  if (!leads(status, view)) return elected(status, view, rulesOff);
  return handedOver(status, view, rulesOff);
}

/**
 * Effective m changes only here (rule 21). Not while leaderless: the eligible copies of the old m may be all that is
 * left of the committed records.
 */
function withMinIsr(
  status: PartitionStatus,
  view: PartitionView,
  rulesOff: ControllerRulesOff,
): PartitionStatus {
  if (view.minIsr === status.minIsr || !leads(status, view)) return status;
  const eligible = rulesOff.has('min-isr-clears-eligible') ? status.eligible : [];
  return { ...status, minIsr: view.minIsr, eligible };
}

/** From a broker that is draining or stopping to one in sync that is not. */
function handedOver(
  status: PartitionStatus,
  view: PartitionView,
  rulesOff: ControllerRulesOff,
): PartitionStatus {
  const { leader } = status;
  const replica = view.replicas.find(
    ({ brokerId }) => leader !== null && brokerId === brokerOf(leader),
  );
  if (leader === null || replica === undefined || !(replica.avoided || replica.leaving)) {
    return status;
  }
  const others = candidates(status.isr, view, rulesOff).filter(
    ({ copy, replica: other }) => copy !== copyOf(leader) && !other.avoided && !other.leaving,
  );
  return others.length === 0 ? status : elected(status, view, rulesOff);
}
