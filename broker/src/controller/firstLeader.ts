/**
 * The first leader of a partition, without an election: only if it is new to every assigned broker, each of which is live
 * and reports no copy, or an empty one that was never in an ISR (safety.md, rule 22). Pure.
 */
import type { BrokerId } from '@millrace/core/ids';
import { type PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { CopyReport } from '../cluster/sessionMessages.ts';
import type { ControllerRulesOff } from './controllerRules.ts';
import { led } from './election.ts';
import { copyNameOf, type PartitionView, type ReplicaView } from './partitionView.ts';

export type FirstStep =
  /** Some copy knows of an earlier life of the partition: its status was lost (rule 9). */
  | { readonly kind: 'recover' }
  /** An assigned broker is missing. */
  | { readonly kind: 'wait' }
  /** These still have to create their empty copies. */
  | { readonly kind: 'create'; readonly brokers: readonly BrokerId[] }
  | { readonly kind: 'lead'; readonly status: PartitionStatus };

export function isNew(copy: CopyReport): boolean {
  return (
    copy.lastEpoch < 0 &&
    copy.durableEnd === 0 &&
    !copy.wasIsr &&
    copy.adoptedEpoch < 0 &&
    copy.seenLeaderEpoch < 0
  );
}

/** For a partition without a status, or with one that is not initialized. */
export function firstStep(view: PartitionView, rulesOff: ControllerRulesOff): FirstStep {
  const copies = view.replicas.flatMap(({ copy }) => copy ?? []);
  const known = view.seenLeaderEpoch >= 0 || copies.some((copy) => !isNew(copy));
  if (known && !rulesOff.has('first-leader-of-empty')) return { kind: 'recover' };
  const assigned = view.wanted.flatMap(
    (brokerId) => view.replicas.find((replica) => replica.brokerId === brokerId) ?? [],
  );
  if (assigned.length < view.wanted.length) return { kind: 'wait' };
  if (assigned.some(({ state }) => state !== 'live')) return { kind: 'wait' };
  const lacking = assigned.filter(({ copy }) => copy === undefined);
  if (lacking.length > 0) {
    return { kind: 'create', brokers: lacking.map(({ brokerId }) => brokerId) };
  }
  return { kind: 'lead', status: firstStatus(view, assigned) };
}

/** Partition epoch 0 is that of the state which brokers see before there is a status. */
function firstStatus(view: PartitionView, assigned: readonly ReplicaView[]): PartitionStatus {
  const isr = assigned.flatMap((replica) => copyNameOf(replica) ?? []);
  const unled: PartitionStatus = {
    p: view.p,
    initialized: true,
    replicas: view.wanted,
    adding: [],
    leader: null,
    isr,
    eligible: [],
    leaderEpoch: Math.max(view.status?.leaderEpoch ?? -1, view.seenLeaderEpoch) + 1,
    epoch: Math.max(view.status?.epoch ?? 0, view.seenEpoch) + 1,
    minIsr: view.minIsr,
    uncleanEpoch: -1,
  };
  const ready = assigned.filter(({ leaving, avoided }) => !leaving && !avoided);
  const replica = ready[0] ?? assigned[0];
  const copy = replica === undefined ? undefined : copyNameOf(replica);
  if (replica === undefined || copy === undefined) throw new RangeError('nobody is assigned');
  return led(unled, { copy, replica });
}

/** What brokers are told of a partition that has no status yet. */
export function uninitialized(
  p: number,
  replicas: readonly BrokerId[],
  minIsr: number,
): PartitionStatus {
  return {
    p,
    initialized: false,
    replicas,
    adding: [],
    leader: null,
    isr: [],
    eligible: [],
    leaderEpoch: -1,
    epoch: 0,
    minIsr,
    uncleanEpoch: -1,
  };
}
