/**
 * Why the side that opened a stream ends it. HTTP/2 has no place for that, so it is a last message with one field, 15,
 * which no other message begins with. (controller.proto, replication.proto)
 */
import type { MillraceError } from '@millrace/core/errors';
import { readError, writeError } from '@millrace/core/messages/error';
import { ProtoReader } from '@millrace/core/messages/protoReader';
import { ProtoWriter } from '@millrace/core/messages/protoWriter';

const FIELD = 15;
const FIRST_BYTE = FIELD * 8 + 2;

export function encodeFarewell(error: MillraceError): Uint8Array[] {
  const writer = new ProtoWriter();
  writeError(writer, FIELD, error);
  return writer.finish();
}

/** Undefined: an ordinary message. Throws INVALID_REQUEST. */
export function decodeFarewell(body: Buffer): MillraceError | undefined {
  if (body[0] !== FIRST_BYTE) return undefined;
  const reader = new ProtoReader(body);
  reader.nextField();
  return readError(reader.message());
}
