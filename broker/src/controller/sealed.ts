/** Epochs of a decision (safety.md, rules 6 and 7): the last step of every change of a partition. Pure. */
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { ControllerRulesOff } from './controllerRules.ts';
import { copyOf } from './copyNames.ts';

/**
 * The draft with its epochs: the partition epoch rises with any change, the leader epoch with any change of leader,
 * were it only another boot of the same copy. `before` itself if nothing changed.
 */
export function sealed(
  before: PartitionStatus,
  draft: PartitionStatus,
  rulesOff: ControllerRulesOff,
): PartitionStatus {
  if (draft === before) return before;
  const status = { ...draft, epoch: before.epoch + 1 };
  if (draft.leader === before.leader) return status;
  if (rulesOff.has('change-raises-epoch')) {
    return { ...draft, leaderEpoch: before.leaderEpoch + 1 };
  }
  const sameCopy =
    draft.leader !== null &&
    before.leader !== null &&
    copyOf(draft.leader) === copyOf(before.leader);
  if (sameCopy && rulesOff.has('restart-new-epoch')) return status;
  return { ...status, leaderEpoch: before.leaderEpoch + 1 };
}
