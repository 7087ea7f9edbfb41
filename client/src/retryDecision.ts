/**
 * Whether a failed request is sent again, decided from its outcome alone (contracts.md, Errors): `not-applied` never
 * duplicates, `unknown` may, `applied` must not be repeated.
 */
import type { ErrorCode, MillraceError } from '@millrace/core/errors';

export type RetryDecision =
  | 'fail'
  | 'retry'
  /** The leader or the topic id may have changed: ask for metadata first. */
  | 'refresh-then-retry';

export interface RetryPolicy {
  /** What to do with an unknown outcome: `retry` is at-least-once, `surface` leaves it to the caller. */
  readonly unknownOutcome: 'retry' | 'surface';
}

// A retry to the same place cannot help; the metadata may name another one.
const STALE_METADATA: ReadonlySet<ErrorCode> = new Set([
  'NOT_LEADER',
  'FENCED_EPOCH',
  'UNKNOWN_TOPIC',
  'UNKNOWN_PARTITION',
]);

export function retryDecision(error: MillraceError, policy: RetryPolicy): RetryDecision {
  if (error.outcome === 'applied') return 'fail';
  if (error.outcome === 'unknown' && policy.unknownOutcome === 'surface') return 'fail';
  if (STALE_METADATA.has(error.code)) return 'refresh-then-retry';
  if (!error.retriable) return 'fail';
  // Whoever is unreachable may have been replaced as the leader.
  return error.code === 'UNAVAILABLE' || error.code === 'SHUTTING_DOWN'
    ? 'refresh-then-retry'
    : 'retry';
}
