/** Errors of a broker as MillraceError: out of a reply (in-band), out of a status (unary calls, streams). */
import {
  type ErrorCode,
  isErrorCode,
  MillraceError,
  millraceError,
  type Outcome,
} from '@millrace/core/errors';
import { decodeStatusDetails } from '@millrace/core/statusDetails';
import { formatServerAddress } from './serverAddress.ts';

/** millrace.v1.Error as far as clients read it. */
export interface WireError {
  readonly code: string;
  readonly outcome: string;
  readonly message: string;
  readonly retryAfterMs: number;
  readonly leader?: { readonly host: string; readonly port: number } | null | undefined;
}

export interface WireStatus {
  /** gRPC status code. */
  readonly code: number;
  readonly message: string;
  /** The trailer `grpc-status-details-bin`. */
  readonly details?: Uint8Array | undefined;
}

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  OUTCOME_NOT_APPLIED: 'not-applied',
  OUTCOME_APPLIED: 'applied',
  OUTCOME_UNKNOWN: 'unknown',
};

// Where the peer is not one of ours, or fell over before it could give details.
const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  1: 'CANCELLED',
  3: 'INVALID_REQUEST',
  4: 'DEADLINE_EXCEEDED',
  7: 'UNAUTHORIZED',
  8: 'BUFFER_FULL',
  12: 'UNSUPPORTED_VERSION',
  14: 'UNAVAILABLE',
  16: 'UNAUTHORIZED',
};

/** A code that this version does not know keeps its outcome and its message, and is not retried. */
export function fromWireError(error: WireError): MillraceError {
  const outcome = OUTCOMES[error.outcome];
  if (!isErrorCode(error.code)) {
    return millraceError('INTERNAL', `${error.code}: ${error.message}`, {
      outcome: outcome ?? 'unknown',
    });
  }
  return millraceError(error.code, error.message, {
    outcome,
    retryAfterMs: error.retryAfterMs,
    leader: error.leader == null ? undefined : formatServerAddress(error.leader),
  });
}

export function fromWireStatus(status: WireStatus): MillraceError {
  const details = status.details === undefined ? undefined : decodeStatusDetails(status.details);
  if (details instanceof MillraceError) return details;
  const code = CODE_OF_STATUS[status.code] ?? 'INTERNAL';
  // Without details nothing is known of how far the request came.
  return millraceError(code, status.message, { outcome: 'unknown' });
}
