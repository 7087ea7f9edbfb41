import type { LogRule } from '../../../src/log/logRules.ts';
import type { ProfileName } from './faultProfile.ts';
import { simulate, type SimulationResult } from './simulation.ts';

export interface Mutation {
  readonly rule: LogRule;
  readonly profile: ProfileName;
}

/** Within so many seeds each must be noticed: several times what any start needs (docs/SIMULATION.md has the figures). */
export const seedsMax = 200;

/** Clauses of safety.md and the faults under which random schedules notice soon that they are off. See crashStories.ts for others. */
export const mutations: readonly Mutation[] = [
  { rule: 'acknowledge-after-sync', profile: 'crashes' },
  { rule: 'sync-covers-what-was-before', profile: 'crashes' },
  { rule: 'sync-full-file-first', profile: 'crashes' },
  { rule: 'extent-after-segment-sync', profile: 'crashes' },
  { rule: 'lost-appends-are-told', profile: 'errors' },
  { rule: 'line-ends-at-durable', profile: 'crashes' },
  { rule: 'checkpoint-syncs-first', profile: 'crashes' },
  { rule: 'recycle-after-checkpoint', profile: 'crashes' },
  { rule: 'failed-sync-is-final', profile: 'errors' },
  { rule: 'line-before-use', profile: 'crashes' },
  { rule: 'mint-after-corruption', profile: 'crashes' },
  { rule: 'truncation-frame-first', profile: 'crashes' },
  { rule: 'async-line-lowered', profile: 'crashes' },
  { rule: 'cut-to-line', profile: 'crashes' },
  { rule: 'cut-to-lowest-truncation', profile: 'crashes' },
  { rule: 'truncations-bound-replay', profile: 'crashes' },
  { rule: 'extent-kept', profile: 'crashes' },
  { rule: 'extent-void-after-truncation', profile: 'crashes' },
  { rule: 'needed-files-kept', profile: 'restarts' },
  { rule: 'checkpoint-before-serving', profile: 'crashes' },
  { rule: 'torn-tail-keeps-copies', profile: 'crashes' },
  { rule: 'journal-of-this-boot', profile: 'crashes' },
  { rule: 'recovery-syncs-all', profile: 'crashes' },
  { rule: 'hole-is-corruption', profile: 'damage' },
  { rule: 'retention-below-watermark', profile: 'crashes' },
  { rule: 'unlink-after-line', profile: 'crashes' },
];

/** The first seed from `from` on that notices that the rule is off; undefined if none of `seeds` does. */
export async function firstToNotice(
  { rule, profile }: Mutation,
  from: number,
  seeds: number,
): Promise<SimulationResult | undefined> {
  for (let seed = from; seed < from + seeds; seed++) {
    const result = await simulate({ seed, profile, rulesOff: new Set([rule]) });
    if (result.violation !== undefined) return result;
  }
  return undefined;
}
