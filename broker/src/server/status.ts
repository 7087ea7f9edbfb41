/**
 * A MillraceError as grpc-js sends it: status, sentence, and the details of docs/PROTOCOL.md in a trailer. Stock clients
 * refuse details whose message is not that of the status.
 */
import { Metadata, type StatusObject } from '@grpc/grpc-js';
import type { MillraceError } from '@millrace/core/errors';
import { encodeStatusDetails } from '@millrace/core/statusDetails';

export const DETAILS_TRAILER = 'grpc-status-details-bin';

export function statusOf(error: MillraceError): StatusObject {
  const metadata = new Metadata();
  metadata.set(DETAILS_TRAILER, encodeStatusDetails(error));
  return { code: error.grpcStatus, details: error.message, metadata };
}
