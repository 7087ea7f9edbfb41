/**
 * The election when the ISR of the store can't be trusted: rewound, overwritten or lost (safety.md, rule 9); and the
 * unclean one of an `async` partition whose copies in sync are lost (rule 13). Pure.
 *
 * A recovery is part of the status: initialized with an empty ISR, at a leader epoch above all that were seen. So a
 * controller that takes over goes on with it, and asks anew.
 */
import type { CopyName, PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import { copyName } from '@millrace/core/resources/partitionAssignment';
import type { CopyReport } from '../cluster/sessionMessages.ts';
import { firstEpochOfNextBlock } from '../cluster/epochBlocks.ts';
import type { ControllerRulesOff } from './controllerRules.ts';
import { led } from './election.ts';
import { uninitialized } from './firstLeader.ts';
import { type PartitionView, replicaOf } from './partitionView.ts';

export function isRecovering(status: PartitionStatus): boolean {
  return status.initialized && status.isr.length === 0;
}

/**
 * Whether a live copy, or this controller, has seen a newer state than the committed one; or has adopted the epoch of a
 * recovery before it was asked to: then that was another recovery, from a store as old as this one.
 */
export function isRewound(
  status: PartitionStatus,
  view: PartitionView,
  rulesOff: ControllerRulesOff,
): boolean {
  const { leaderEpoch, epoch } = highestSeen(view);
  if (leaderEpoch > status.leaderEpoch || epoch > status.epoch) return true;
  if (!isRecovering(status) || rulesOff.has('recovery-epoch-unused')) return false;
  return view.replicas.some(
    ({ copy }) =>
      copy !== undefined && copy.adoptedEpoch >= status.leaderEpoch && !view.asked.has(copy.copyId),
  );
}

/** Leaderless, at epochs above all that were seen, the leader epoch in a block of its own. */
export function recoveryBegun(view: PartitionView, rulesOff: ControllerRulesOff): PartitionStatus {
  const seen = highestSeen(view);
  const minIsr = lowestMinIsr(view, view.status?.minIsr ?? view.minIsr);
  const before = view.status ?? uninitialized(view.p, view.wanted, minIsr);
  const highest = Math.max(before.leaderEpoch, seen.leaderEpoch);
  return {
    ...before,
    initialized: true,
    replicas: before.replicas.length === 0 ? view.wanted : before.replicas,
    leader: null,
    isr: [],
    eligible: [],
    leaderEpoch: rulesOff.has('recovery-begins-block')
      ? highest + 1
      : firstEpochOfNextBlock(highest),
    epoch: Math.max(before.epoch, seen.epoch) + 1,
    minIsr: Math.min(before.minIsr, minIsr),
  };
}

export interface Recovery {
  /** Undefined: not yet, or never without the missing copies. */
  readonly status: PartitionStatus | undefined;
  /** For the log: intact answers, and how many it takes. */
  readonly intact: number;
  readonly needed: number;
}

/** `status`: committed, and recovering. Epochs are the caller's. */
export function recoveryConcluded(
  status: PartitionStatus,
  view: PartitionView,
  rulesOff: ControllerRulesOff,
): Recovery {
  const answers = view.answers.filter(
    ({ brokerId, copy }) =>
      replicaOf(view, brokerId)?.state === 'live' &&
      (copy.adoptedEpoch >= status.leaderEpoch || rulesOff.has('recovery-adopts-epoch')),
  );
  const intact = answers.filter(({ copy }) => copy.wasIsr);
  // Each is assigned, or named by the status, or has reported a copy.
  const holders = view.replicas;
  const minIsr = Math.min(status.minIsr, lowestMinIsr(view, 1));
  const needed = answersNeeded(holders.length, minIsr, rulesOff);
  const outstanding = holders.some(
    ({ brokerId, state, copy }) =>
      state === 'live' &&
      copy !== undefined &&
      !answers.some((answer) => answer.brokerId === brokerId),
  );
  const done = !outstanding || view.answersDue;
  if (done && intact.length >= needed) {
    const best = greatest(intact, rulesOff);
    return { status: alone(status, view, best), intact: intact.length, needed };
  }
  const everyone = holders.every(({ state }) => state === 'live') || view.waitedForAll;
  if (view.durability === 'async' && done && everyone && answers.length > 0) {
    const draft = alone(status, view, greatest(answers, rulesOff));
    return { status: unclean(draft, rulesOff), intact: intact.length, needed };
  }
  return { status: undefined, intact: intact.length, needed };
}

/** n-m+1 include one of every committed record; more than half include one that adopted the epoch of any recovery before. */
function answersNeeded(copies: number, minIsr: number, rulesOff: ControllerRulesOff): number {
  if (rulesOff.has('recovery-counts-intact')) return 1;
  const half = rulesOff.has('recovery-majority') ? 0 : Math.floor(copies / 2);
  return Math.max(copies - minIsr, half) + 1;
}

/** Recorded for ever: with this leader epoch records may have been lost. `draft` is led; its epoch rises by one. */
export function unclean(draft: PartitionStatus, rulesOff: ControllerRulesOff): PartitionStatus {
  if (rulesOff.has('unclean-is-recorded')) return draft;
  return { ...draft, uncleanEpoch: draft.leaderEpoch + 1 };
}

interface Answer {
  readonly brokerId: PartitionView['answers'][number]['brokerId'];
  readonly copy: CopyReport;
}

function greatest(answers: readonly Answer[], rulesOff: ControllerRulesOff): Answer {
  const order = rulesOff.has('recovery-takes-greatest') ? -1 : 1;
  const sorted = answers.toSorted(
    ({ copy: left }, { copy: right }) =>
      order * (right.lastEpoch - left.lastEpoch || right.durableEnd - left.durableEnd),
  );
  const [first] = sorted;
  if (first === undefined) throw new RangeError('nobody answered');
  return first;
}

function alone(status: PartitionStatus, view: PartitionView, answer: Answer): PartitionStatus {
  const replica = replicaOf(view, answer.brokerId);
  if (replica === undefined) throw new RangeError(`broker ${answer.brokerId} is not there`);
  const copy: CopyName = copyName(answer.brokerId, answer.copy.copyId);
  return led({ ...status, isr: [copy], eligible: [] }, { copy, replica });
}

function highestSeen(view: PartitionView): { leaderEpoch: number; epoch: number } {
  let { seenLeaderEpoch: leaderEpoch, seenEpoch: epoch } = view;
  for (const { copy } of view.replicas) {
    if (copy === undefined) continue;
    const { lastEpoch, adoptedEpoch, seenLeaderEpoch, seenEpoch } = copy;
    leaderEpoch = Math.max(leaderEpoch, lastEpoch, adoptedEpoch, seenLeaderEpoch);
    epoch = Math.max(epoch, seenEpoch);
  }
  return { leaderEpoch, epoch };
}

/** The lowest that a copy has reported: at its registration, and in its answer. */
function lowestMinIsr(view: PartitionView, ifNone: number): number {
  const recorded = view.replicas.flatMap(({ copy }) => copy?.minIsr ?? []);
  return recorded.length === 0 ? ifNone : Math.min(...recorded);
}
