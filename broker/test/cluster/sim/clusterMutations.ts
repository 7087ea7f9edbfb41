import type { ClusterProfile, ClusterRule } from './clusterOptions.ts';
import { type ClusterResult, simulateCluster } from './clusterSimulation.ts';

export interface ClusterMutation {
  readonly rule: ClusterRule;
  readonly profile: ClusterProfile;
}

/** Within so many seeds each must be noticed: several times what any start needs (docs/SIMULATION.md has the figures). */
export const clusterSeedsMax = 200;

/** Clauses of safety.md and the troubles under which random schedules notice soon that they are off. See stories/ for others. */
export const clusterMutations: readonly ClusterMutation[] = [
  { rule: 'leader-is-this-boot', profile: 'crashes' },
  { rule: 'restart-new-epoch', profile: 'crashes' },
  { rule: 'elect-in-sync', profile: 'failovers' },
  { rule: 'last-member-stays', profile: 'crashes' },
  { rule: 'read-below-watermark', profile: 'failovers' },
  { rule: 'sequences-checked', profile: 'crashes' },
  { rule: 'commits-go-forward', profile: 'groups' },
  { rule: 'loading-answers-nobody', profile: 'groups' },
  { rule: 'one-owner', profile: 'groups' },
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
