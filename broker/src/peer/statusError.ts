/** What a call or stream of a peer ended with, as a MillraceError. */
import { type ErrorCode, type MillraceError, millraceError } from '@millrace/core/errors';
import { GRPC_STATUS } from '@millrace/core/grpcStatus';
import { decodeStatusDetails, encodeStatusDetails } from '@millrace/core/statusDetails';
import type { WireStatus } from '@millrace/wire/status';

/** Statuses without details of ours: from the transport, or from somebody who is no broker. */
const CODES: ReadonlyMap<number, ErrorCode> = new Map([
  [GRPC_STATUS.CANCELLED, 'UNAVAILABLE'],
  [GRPC_STATUS.INVALID_ARGUMENT, 'INVALID_REQUEST'],
  [GRPC_STATUS.DEADLINE_EXCEEDED, 'DEADLINE_EXCEEDED'],
  [GRPC_STATUS.PERMISSION_DENIED, 'UNAUTHORIZED'],
  [GRPC_STATUS.UNAUTHENTICATED, 'UNAUTHORIZED'],
  [GRPC_STATUS.RESOURCE_EXHAUSTED, 'BUFFER_FULL'],
  [GRPC_STATUS.UNIMPLEMENTED, 'UNSUPPORTED_VERSION'],
  [GRPC_STATUS.UNAVAILABLE, 'UNAVAILABLE'],
]);

/** `not-applied` only if the peer says so or never saw the call. */
export function errorOfStatus(status: WireStatus, peer: string): MillraceError {
  const { code, message, details } = status;
  const told = details === undefined ? undefined : decodeStatusDetails(details);
  if (told !== undefined) return told;
  const outcome = status.unprocessed === true ? 'not-applied' : 'unknown';
  return millraceError(CODES.get(code) ?? 'INTERNAL', `${peer}: ${message}`, { outcome });
}

export function statusOfError(error: MillraceError): WireStatus {
  const { grpcStatus: code, message } = error;
  return { code, message, details: encodeStatusDetails(error) };
}
