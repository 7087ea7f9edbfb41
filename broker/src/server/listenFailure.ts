/** A port that could not be bound, in words for whoever started the broker. */
import { type MillraceError, millraceError } from '@millrace/core/errors';

export type PortKey = 'clientPort' | 'dataPort' | 'httpPort' | 'peerPort' | 'peerDataPort';

/** CONFLICT, with the configuration key and the address; `cause` is what listen(2) said. */
export function listenFailure(
  key: PortKey,
  host: string,
  port: number,
  cause: unknown,
): MillraceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `${key}: can't listen on port ${port} of ${host}; free it or choose another (${reason})`;
  return millraceError('CONFLICT', message, { cause });
}
