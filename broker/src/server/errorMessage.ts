/** A MillraceError as millrace.v1.Error. */
import type { MillraceError, Outcome } from '@millrace/core/errors';
import type { Error as ErrorMessage } from '@millrace/proto/generated/millrace/v1/Error';

const OUTCOMES = {
  'not-applied': 'OUTCOME_NOT_APPLIED',
  applied: 'OUTCOME_APPLIED',
  unknown: 'OUTCOME_UNKNOWN',
} as const satisfies Record<Outcome, string>;

export function errorMessage(error: MillraceError): ErrorMessage {
  const { code, outcome, message, retriable, retryAfterMs, leader } = error;
  const told = { code, outcome: OUTCOMES[outcome], message, retriable, retryAfterMs };
  if (leader === undefined) return told;
  const colon = leader.lastIndexOf(':');
  return {
    ...told,
    leader: { host: leader.slice(0, colon), port: Number(leader.slice(colon + 1)) },
  };
}
