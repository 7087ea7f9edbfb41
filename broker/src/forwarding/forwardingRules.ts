/** Clauses of safety.md that tests switch off to prove that they notice. Production code passes none. */
export const forwardingRules = {
  'forwarded-in-order':
    '28: nothing goes to a new leader while an older append of the partition is unresolved.',
} as const;

export type ForwardingRule = keyof typeof forwardingRules;

export type ForwardingRulesOff = ReadonlySet<ForwardingRule>;

export const allForwardingRules: ForwardingRulesOff = new Set();
