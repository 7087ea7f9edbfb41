// Original file: millrace/v1/groups.proto

/**
 * What the last two minutes say about progress (docs/GROUPS.md), from best to worst.
 */
export const LagVerdict = {
  LAG_VERDICT_UNSPECIFIED: 'LAG_VERDICT_UNSPECIFIED',
  LAG_VERDICT_OK: 'LAG_VERDICT_OK',
  /**
   * Not measured, or not for long enough to tell.
   */
  LAG_VERDICT_UNKNOWN: 'LAG_VERDICT_UNKNOWN',
  /**
   * Lag grows.
   */
  LAG_VERDICT_WARN: 'LAG_VERDICT_WARN',
  /**
   * The committed offset went back.
   */
  LAG_VERDICT_REWIND: 'LAG_VERDICT_REWIND',
  /**
   * No progress although there is lag.
   */
  LAG_VERDICT_STALL: 'LAG_VERDICT_STALL',
  /**
   * The same, nobody owns the partition, and lag grows.
   */
  LAG_VERDICT_STOP: 'LAG_VERDICT_STOP',
} as const;

/**
 * What the last two minutes say about progress (docs/GROUPS.md), from best to worst.
 */
export type LagVerdict =
  | 'LAG_VERDICT_UNSPECIFIED'
  | 0
  | 'LAG_VERDICT_OK'
  | 1
  /**
   * Not measured, or not for long enough to tell.
   */
  | 'LAG_VERDICT_UNKNOWN'
  | 2
  /**
   * Lag grows.
   */
  | 'LAG_VERDICT_WARN'
  | 3
  /**
   * The committed offset went back.
   */
  | 'LAG_VERDICT_REWIND'
  | 4
  /**
   * No progress although there is lag.
   */
  | 'LAG_VERDICT_STALL'
  | 5
  /**
   * The same, nobody owns the partition, and lag grows.
   */
  | 'LAG_VERDICT_STOP'
  | 6

/**
 * What the last two minutes say about progress (docs/GROUPS.md), from best to worst.
 */
export type LagVerdict__Output = typeof LagVerdict[keyof typeof LagVerdict]
