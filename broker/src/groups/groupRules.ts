/**
 * Clauses of safety.md, with their rules, and of contracts.md (Groups) that a simulation can switch off to prove that
 * its checks notice (Mutation check). Production code passes none.
 */
export const groupRules = {
  'one-owner': 'Groups: a partition is given away once its owner has confirmed, or is fenced.',
  'latest-confirms': 'Groups: only the assignment that asked for it is confirmed.',
  'commits-of-owners': '16: a commit counts from the owner, in the epoch since which it is that.',
  'commits-go-forward': '16: only an explicit rewind takes a committed offset back.',
} as const;

export type GroupRule = keyof typeof groupRules;
export type GroupRulesOff = ReadonlySet<GroupRule>;

export const allGroupRules: GroupRulesOff = new Set();
