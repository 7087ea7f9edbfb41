// Original file: millrace/v1/common.proto

/**
 * What became of a request that failed.
 */
export const Outcome = {
  OUTCOME_UNSPECIFIED: 'OUTCOME_UNSPECIFIED',
  /**
   * Nothing was changed: sending the request again is safe.
   */
  OUTCOME_NOT_APPLIED: 'OUTCOME_NOT_APPLIED',
  /**
   * The request took effect although an error is reported.
   */
  OUTCOME_APPLIED: 'OUTCOME_APPLIED',
  /**
   * It may or may not have taken effect; a retry without idempotence may duplicate it.
   */
  OUTCOME_UNKNOWN: 'OUTCOME_UNKNOWN',
} as const;

/**
 * What became of a request that failed.
 */
export type Outcome =
  | 'OUTCOME_UNSPECIFIED'
  | 0
  /**
   * Nothing was changed: sending the request again is safe.
   */
  | 'OUTCOME_NOT_APPLIED'
  | 1
  /**
   * The request took effect although an error is reported.
   */
  | 'OUTCOME_APPLIED'
  | 2
  /**
   * It may or may not have taken effect; a retry without idempotence may duplicate it.
   */
  | 'OUTCOME_UNKNOWN'
  | 3

/**
 * What became of a request that failed.
 */
export type Outcome__Output = typeof Outcome[keyof typeof Outcome]
