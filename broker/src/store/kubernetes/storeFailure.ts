/** What a failed call of the API server is to those above (clusterStore.ts). */
import { type MillraceError, millraceError } from '@millrace/core/errors';
import { KubeError } from '@millrace/kube/kubeError';

/** CONFLICT where another version, or none, was there; else STORE_UNAVAILABLE. Anything else is thrown as it is. */
export function storeFailure(thrown: unknown, what: string): MillraceError {
  if (!(thrown instanceof KubeError)) throw thrown;
  const { reason, outcome, message, retryAfterMs } = thrown;
  const details = { outcome, cause: thrown, ...(retryAfterMs > 0 && { retryAfterMs }) };
  switch (reason) {
    case 'conflict':
    case 'already-exists':
    case 'not-found':
      return millraceError('CONFLICT', `${what}: ${message}`, details);
    case 'expired':
    case 'invalid':
    case 'forbidden':
    case 'throttled':
    case 'unavailable':
      return millraceError('STORE_UNAVAILABLE', `${what}: ${message}`, details);
  }
}
