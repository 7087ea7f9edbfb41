/**
 * A stream of encoded messages between a client and a handler, whatever carries it: grpc-js on the client port, HTTP/2
 * itself on the data port. Handlers of hot streams know nothing else of the network.
 */
import type { MillraceError } from '@millrace/core/errors';

export interface MessageStream {
  /** Authenticated later; today everybody is anonymous. */
  readonly peer: string;
  /** The connection that carries it, among all of its listener. */
  readonly connection: string;
  /** `body` is the handler's, to keep and to change; a small part that is kept pins the chunk it arrived in. */
  onMessage(callback: (body: Buffer) => void): void;
  /** The client will send no more. */
  onEnd(callback: () => void): void;
  /** Once, however the stream ends but by `end` and `fail`: nobody listens any more. */
  onCancel(callback: () => void): void;
  /** One message in parts, which must not change afterwards. False: stop until `onDrain`. */
  send(parts: readonly Uint8Array[]): boolean;
  onDrain(callback: () => void): void;
  /** Bytes that may be sent before `send` answers false, or a fair guess. */
  readonly roomBytes: number;
  /** Stops receiving: what the client goes on sending waits at the client. */
  pause(): void;
  resume(): void;
  end(): void;
  fail(error: MillraceError): void;
}
