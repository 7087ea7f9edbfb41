import { MillraceError, millraceError } from '@millrace/core/errors';

/** Why a coordinator has lost what it was asked, in the words of its clients. `outcome`: of what is told this. */
export function lostCoordinator(
  name: string,
  cause: MillraceError,
  outcome: 'not-applied' | 'unknown',
): MillraceError {
  const { code, message, leader } = cause;
  const isMove = code === 'NOT_LEADER' || code === 'NOT_COORDINATOR';
  const told = isMove ? 'NOT_COORDINATOR' : code;
  const text = isMove ? `the coordinator of ${name} is another broker` : message;
  return millraceError(told, text, { outcome, leader, cause });
}

export function isShortOfReplicas(error: unknown): boolean {
  if (!(error instanceof MillraceError)) return false;
  return error.code === 'NOT_ENOUGH_REPLICAS' || error.code === 'NOT_ENOUGH_REPLICAS_AFTER_APPEND';
}
