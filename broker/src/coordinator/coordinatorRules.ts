/**
 * Clauses of safety.md, with their rules, that a simulation can switch off to prove that its checks notice (Mutation
 * check). Production code passes none.
 */
export const coordinatorRules = {
  'barrier-before-reply':
    '17: a reply leaves behind a record of this epoch that was appended after the request came.',
  'loading-answers-nobody': '17: while the log is read everything is refused with LOADING.',
} as const;

export type CoordinatorRule = keyof typeof coordinatorRules;
export type CoordinatorRulesOff = ReadonlySet<CoordinatorRule>;

export const allCoordinatorRules: CoordinatorRulesOff = new Set();
