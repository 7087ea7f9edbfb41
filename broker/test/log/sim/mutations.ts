import type { LogRule } from '../../../src/log/logRules.ts';
import type { ProfileName } from './faultProfile.ts';
import { simulate, type SimulationResult } from './simulation.ts';

export interface Mutation {
  readonly rule: LogRule;
  readonly profile: ProfileName;
  /** One that noticed at once when it was looked for: `npm test` begins there. */
  readonly seed: number;
}

/** Within so many seeds each must be noticed: several times what any start needs (docs/SIMULATION.md has the figures). */
export const seedsMax = 200;

/** Clauses of safety.md and the faults under which random schedules notice soon that they are off. See crashStories.ts for others. */
export const mutations: readonly Mutation[] = [
  { rule: 'acknowledge-after-sync', profile: 'crashes', seed: 4001 },
  { rule: 'sync-covers-what-was-before', profile: 'crashes', seed: 4005 },
  { rule: 'sync-full-file-first', profile: 'crashes', seed: 7009 },
  { rule: 'extent-after-segment-sync', profile: 'crashes', seed: 9015 },
  { rule: 'lost-appends-are-told', profile: 'errors', seed: 6001 },
  { rule: 'line-ends-at-durable', profile: 'crashes', seed: 1 },
  { rule: 'checkpoint-syncs-first', profile: 'crashes', seed: 5002 },
  { rule: 'recycle-after-checkpoint', profile: 'crashes', seed: 6002 },
  { rule: 'failed-sync-is-final', profile: 'errors', seed: 9031 },
  { rule: 'line-before-use', profile: 'crashes', seed: 2001 },
  { rule: 'mint-after-corruption', profile: 'crashes', seed: 8001 },
  { rule: 'truncation-frame-first', profile: 'crashes', seed: 4001 },
  { rule: 'async-line-lowered', profile: 'crashes', seed: 5002 },
  { rule: 'cut-to-line', profile: 'crashes', seed: 4001 },
  { rule: 'cut-to-lowest-truncation', profile: 'crashes', seed: 4005 },
  { rule: 'truncations-bound-replay', profile: 'crashes', seed: 4004 },
  { rule: 'extent-kept', profile: 'crashes', seed: 2001 },
  { rule: 'extent-void-after-truncation', profile: 'crashes', seed: 5001 },
  { rule: 'needed-files-kept', profile: 'restarts', seed: 6019 },
  { rule: 'checkpoint-before-serving', profile: 'crashes', seed: 2001 },
  { rule: 'torn-tail-keeps-copies', profile: 'crashes', seed: 7026 },
  { rule: 'journal-of-this-boot', profile: 'crashes', seed: 5002 },
  { rule: 'recovery-syncs-all', profile: 'crashes', seed: 3002 },
  { rule: 'hole-is-corruption', profile: 'damage', seed: 8009 },
  { rule: 'retention-below-watermark', profile: 'crashes', seed: 5004 },
  { rule: 'unlink-after-line', profile: 'crashes', seed: 3011 },
];

/** The first seed from `from` on that notices that the rule is off; undefined if none of `seeds` does. */
export async function firstToNotice(
  { rule, profile }: Omit<Mutation, 'seed'>,
  from: number,
  seeds: number,
): Promise<SimulationResult | undefined> {
  for (let seed = from; seed < from + seeds; seed++) {
    const result = await simulate({ seed, profile, rulesOff: new Set([rule]) });
    if (result.violation !== undefined) return result;
  }
  return undefined;
}
