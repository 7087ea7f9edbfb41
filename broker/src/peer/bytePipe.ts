/**
 * One end of a bidirectional stream of encoded messages, whatever carries it. Messages arrive in order; none comes after
 * the end, and nothing at all comes before `onMessage` was called.
 */
import type { MillraceError } from '@millrace/core/errors';
import { millraceError } from '@millrace/core/errors';

export interface BytePipe {
  /** One message in parts, which must not change afterwards. False: stop until `onDrain`. */
  send(parts: readonly Uint8Array[]): boolean;
  /** Bytes that were sent and not yet taken by the socket. */
  readonly queuedBytes: number;
  onMessage(callback: (body: Buffer) => void): void;
  onDrain(callback: () => void): void;
  /** At most once, unless this side has called `finish` before. */
  onEnded(callback: (error: MillraceError) => void): void;
  pause(): void;
  resume(): void;
  /** Ends it after what was sent. The error travels if the carrier has a place for it. */
  finish(error?: MillraceError): void;
}

/** What the other side is told when a stream ends for no stated reason. */
export function endedByPeer(): MillraceError {
  return millraceError('UNAVAILABLE', 'the peer has ended the stream');
}
