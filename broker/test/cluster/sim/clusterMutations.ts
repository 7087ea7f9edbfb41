import type { ClusterProfile, ClusterRule } from './clusterOptions.ts';
import { type ClusterResult, simulateCluster } from './clusterSimulation.ts';

export interface ClusterMutation {
  readonly rule: ClusterRule;
  readonly profile: ClusterProfile;
  /** It takes more than a few seeds. */
  readonly isRare?: boolean;
}

/** Within so many seeds each must be noticed. */
export const clusterSeedsMax = 60;

/** Clauses of safety.md and the troubles under which the cluster's simulation notices that they are off. */
export const clusterMutations: readonly ClusterMutation[] = [
  { rule: 'acknowledge-in-epoch', profile: 'failovers', isRare: true },
  { rule: 'fetch-in-epoch', profile: 'failovers', isRare: true },
  { rule: 'fetch-checks-divergence', profile: 'crashes' },
  { rule: 'durable-end-counts', profile: 'crashes' },
  { rule: 'watermark-spans-maximal-isr', profile: 'failovers', isRare: true },
  { rule: 'watermark-needs-min-isr', profile: 'failovers', isRare: true },
  { rule: 'unheard-member-blocks', profile: 'failovers' },
  { rule: 'offsets-after-epoch-start', profile: 'failovers', isRare: true },
  { rule: 'leader-is-this-boot', profile: 'crashes' },
  { rule: 'restart-new-epoch', profile: 'crashes' },
  { rule: 'read-below-watermark', profile: 'failovers' },
  { rule: 'elect-in-sync', profile: 'failovers' },
  { rule: 'last-member-stays', profile: 'crashes' },
  { rule: 'elect-reported-copy', profile: 'disk', isRare: true },
  { rule: 'recovery-takes-greatest', profile: 'rewinds', isRare: true },
];

/** The first seed from `from` on that notices that the rule is off; undefined if none of `seeds` does. */
export async function firstToNotice(
  { rule, profile }: ClusterMutation,
  from: number,
  seeds: number,
): Promise<ClusterResult | undefined> {
  for (let seed = from; seed < from + seeds; seed++) {
    const result = await simulateCluster({ seed, profile, rulesOff: new Set([rule]) });
    if (result.violation !== undefined) return result;
  }
  return undefined;
}
