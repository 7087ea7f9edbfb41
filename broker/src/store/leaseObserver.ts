/**
 * Whether the holder of the lease still renews it, by the observer's own monotonic clock (safety.md, rule 20: wall
 * clocks jump). Time counts between readings, not since the last one: while the store cannot be read nothing expires.
 * Expiry only allows to take the lease; what fences is the compare-and-set that takes it (rule 18).
 */
import type { Lease } from './clusterStore.ts';

export type LeaseState = 'free' | 'held' | 'expired';

export class LeaseObserver {
  readonly #durationMs: number;
  #seen: Lease | undefined;
  /** When the reading that first showed `#seen` had returned. */
  #changedMs = 0;

  /** `durationMs`: without a renewal for so long, the lease may be taken (leaseDurationMs). */
  constructor(durationMs: number) {
    this.#durationMs = durationMs;
  }

  /** `monotonicMs`: after the reading returned [before it, a slow store would count as the holder's silence]. */
  observe(lease: Lease, monotonicMs: number): LeaseState {
    if (this.#seen === undefined || isRenewed(this.#seen, lease)) {
      this.#seen = lease;
      this.#changedMs = monotonicMs;
    }
    if (lease.holder === '') return 'free';
    return monotonicMs - this.#changedMs >= this.#durationMs ? 'expired' : 'held';
  }
}

/** Any difference is a sign of life: another holder, epoch or version too. */
function isRenewed(before: Lease, after: Lease): boolean {
  return (
    before.renewals !== after.renewals ||
    before.holder !== after.holder ||
    before.epoch !== after.epoch ||
    before.version !== after.version
  );
}
