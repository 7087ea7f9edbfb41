import type { Offset } from '@millrace/core/ids';
import type { ReplicationRulesOff } from './replicationRules.ts';

export interface Divergence {
  /** Where the leader's epoch at or below the follower's last one ends in the leader's log. */
  readonly leaderEnd: Offset;
  /** Where that epoch, or the one below it that the follower has, ends in its own log. */
  readonly ownEnd: Offset;
  readonly logEnd: Offset;
  readonly highWatermark: Offset;
  /** Leader epoch of the follower's last batch. */
  readonly lastEpoch: number;
  /** Of the partition's state; -1 for none. */
  readonly uncleanEpoch: number;
}

/**
 * Where the follower's log has to end before it fetches again; undefined: it must halt, for it would lose what it knows
 * to be committed, and no unclean election says that this is meant (safety.md, rule 8).
 */
export function truncationTarget(
  divergence: Divergence,
  rulesOff: ReplicationRulesOff,
): Offset | undefined {
  const { leaderEnd, ownEnd, logEnd, highWatermark } = divergence;
  // The larger end would keep records of an epoch that the leader never had, or has ended earlier.
  const smaller =
    rulesOff.has('truncate-to-smaller-end') || leaderEnd < ownEnd ? leaderEnd : ownEnd;
  const target = smaller < logEnd ? smaller : logEnd;
  if (target >= highWatermark || rulesOff.has('truncate-above-watermark')) return target;
  return divergence.uncleanEpoch > divergence.lastEpoch ? target : undefined;
}
