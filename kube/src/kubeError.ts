/** What a call of the Kubernetes API failed with. Handlers decide by `reason`; only people read the message. */
import type { Outcome } from '@millrace/core/errors';

export type KubeErrorReason =
  /** Another resourceVersion or uid than the call expected. */
  | 'conflict'
  | 'already-exists'
  | 'not-found'
  /** The resourceVersion, or the continue token, is too old: list again. */
  | 'expired'
  /** Refused by the schema or by admission; the message says which field. */
  | 'invalid'
  | 'forbidden'
  /** Overload: 429 for longer than the call's deadline. */
  | 'throttled'
  /** No answer, or the server's own failure. */
  | 'unavailable';

export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly reason: KubeErrorReason;
  /** `unknown`: a write may have been committed, or may yet be: read again before deciding anew. */
  readonly outcome: Outcome;
  /** HTTP status; 0: there was no answer. */
  readonly status: number;
  /** Milliseconds that the server asks to wait; 0: it did not say. */
  readonly retryAfterMs: number;

  constructor(
    reason: KubeErrorReason,
    message: string,
    details: { outcome: Outcome; status?: number; retryAfterMs?: number; cause?: unknown },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.reason = reason;
    this.outcome = details.outcome;
    this.status = details.status ?? 0;
    this.retryAfterMs = details.retryAfterMs ?? 0;
  }
}

export function isKubeError(thrown: unknown, ...reasons: readonly KubeErrorReason[]): boolean {
  return thrown instanceof KubeError && reasons.includes(thrown.reason);
}

/** `reason` and `message` of the Status object, if the body was one. */
export function errorOfStatus(
  status: number,
  body: { readonly reason: string; readonly message: string },
  retryAfterMs: number,
): KubeError {
  const message = body.message === '' ? `the API server answered ${status}` : body.message;
  const refused = (reason: KubeErrorReason): KubeError =>
    new KubeError(reason, message, { outcome: 'not-applied', status, retryAfterMs });
  switch (status) {
    case 404:
      return refused('not-found');
    case 409:
      return refused(body.reason === 'AlreadyExists' ? 'already-exists' : 'conflict');
    case 410:
      return refused('expired');
    case 401:
    case 403:
      return refused('forbidden');
    case 429:
      return refused('throttled');
    default:
      if (status >= 400 && status < 500 && status !== 408) return refused('invalid');
      // 500 and 504 come of etcd too, which may yet commit what timed out.
      return new KubeError('unavailable', message, { outcome: 'unknown', status, retryAfterMs });
  }
}

/** Of these the request never left: nobody listened, or nobody could be found. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export function errorOfTransport(thrown: unknown): KubeError {
  if (thrown instanceof KubeError) return thrown;
  const { code = '', message = String(thrown) } = thrown as { code?: string; message?: string };
  return new KubeError('unavailable', `the API server is out of reach: ${message || code}`, {
    outcome: NEVER_SENT.has(code) ? 'not-applied' : 'unknown',
    cause: thrown,
  });
}
