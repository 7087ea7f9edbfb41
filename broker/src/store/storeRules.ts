/** Clauses of safety.md that tests switch off to prove that they notice. Production code passes none. */
export const storeRules = {
  'write-at-version': '20: a write counts only against the version that it was decided on.',
} as const;

export type StoreRule = keyof typeof storeRules;

export type StoreRulesOff = ReadonlySet<StoreRule>;

export const allStoreRules: StoreRulesOff = new Set();
