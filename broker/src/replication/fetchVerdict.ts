import type { BootId, Offset } from '@millrace/core/ids';
import type { FollowVerdict } from '@millrace/core/messages/follow';
import type { CopyName } from '@millrace/core/resources/partitionAssignment';
import type { ReplicationRulesOff } from './replicationRules.ts';

/** A follower's position as it says it. */
export interface Fetch {
  readonly copy: CopyName;
  /** The follower's process. */
  readonly bootId: BootId;
  readonly leaderEpoch: number;
  /** Its log end. */
  readonly fetchOffset: Offset;
  /** Leader epoch of its last batch; -1: it never had one. */
  readonly lastFetchedEpoch: number;
  /** At or below fetchOffset. */
  readonly durableEnd: Offset;
  /** The leader's `tombstonesRemovedBelow` when the copy began empty under this very copy of it; absent: it did not. */
  readonly removedBelow?: number;
}

/** The leader's log as followers may see it. */
export interface LeaderLog {
  readonly logStart: Offset;
  /** Exclusive: what followers may have. */
  readonly readableEnd: Offset;
  /** Tombstones below may be gone; absent: none is. */
  readonly removedBelow?: Offset;
  /** See Epochs.endOf, of what followers may have. */
  endOfEpoch(epoch: number): { readonly epoch: number; readonly endOffset: Offset };
}

/** Why the follower cannot go on where it is; undefined if its log is a prefix of the leader's (safety.md, rule 3). */
export function fetchVerdict(
  fetch: Fetch,
  leaderEpoch: number,
  log: LeaderLog,
  rulesOff: ReplicationRulesOff,
): FollowVerdict | undefined {
  if (!rulesOff.has('fetch-in-epoch')) {
    if (fetch.leaderEpoch < leaderEpoch) return { code: 'FENCED' };
    if (fetch.leaderEpoch > leaderEpoch) return { code: 'UNKNOWN_EPOCH' };
  }
  const { fetchOffset, lastFetchedEpoch } = fetch;
  if (fetchOffset < log.logStart) return { code: 'RESET', logStart: log.logStart };
  if (lastFetchedEpoch >= 0 && !rulesOff.has('stale-copy-is-reset')) {
    // Below it the copy may hold a key whose tombstone it will never see. One that began empty since holds none.
    const { removedBelow = 0 } = log;
    if (fetchOffset < removedBelow && (fetch.removedBelow ?? 0) < removedBelow) {
      return { code: 'RESET', logStart: log.logStart };
    }
  }
  if (!rulesOff.has('fetch-checks-divergence') && lastFetchedEpoch >= 0) {
    // The end alone does not do: a log of the right length may hold the batches of a deposed leader in the middle.
    const { epoch, endOffset } = log.endOfEpoch(lastFetchedEpoch);
    if (epoch < lastFetchedEpoch || endOffset < fetchOffset) {
      return { code: 'DIVERGED', epoch, endOffset };
    }
  }
  if (fetchOffset > log.readableEnd) {
    return { code: 'DIVERGED', epoch: leaderEpoch, endOffset: log.readableEnd };
  }
  return undefined;
}
