import type { PartitionRef } from '@millrace/core/assignors/partitionRef';
import type { CurrentValue, MemberState } from './groupRecord.ts';

/**
 * The next step of one member towards its target; undefined if there is none now. It keeps what stays, gives up what is
 * not in the target, gets what is free: what it gives up is free once it has confirmed, what does not move is never
 * touched. `epoch`: of the group.
 */
export function reconcile(
  current: CurrentValue,
  target: ReadonlySet<PartitionRef>,
  epoch: number,
  isFree: (ref: PartitionRef) => boolean,
): CurrentValue | undefined {
  const assigned = new Map<PartitionRef, number>();
  const revoking = new Map(current.revoking);
  for (const [ref, since] of current.assigned) {
    if (target.has(ref)) assigned.set(ref, since);
    else revoking.set(ref, since);
  }
  let isWaiting = false;
  for (const ref of target) {
    if (assigned.has(ref)) continue;
    // Back in the target before it was given up: it stops on it all the same, and gets it again.
    if (!revoking.has(ref) && isFree(ref)) assigned.set(ref, epoch);
    else isWaiting = true;
  }
  const isMoved =
    assigned.size !== current.assigned.size ||
    revoking.size !== current.revoking.size ||
    [...assigned.keys()].some((ref) => !current.assigned.has(ref));
  const state = stateOf(revoking.size > 0, isWaiting);
  if (!isMoved) return state === current.state ? undefined : { ...current, state };
  return { memberEpoch: epoch, revision: current.revision + 1, state, assigned, revoking };
}

/** It has stopped on what it was to give up. */
export function confirmed(current: CurrentValue): CurrentValue {
  return { ...current, state: 'assigning', revoking: new Map() };
}

function stateOf(isRevoking: boolean, isWaiting: boolean): MemberState {
  if (isRevoking) return 'revoking';
  return isWaiting ? 'assigning' : 'stable';
}
