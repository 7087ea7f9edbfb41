/**
 * Streams of millrace.v1 to the `data` listener of another broker: how a broker passes on what its clients ask of
 * partitions that are led elsewhere. Each stream has a connection of its own: one that is not read holds up no other.
 */
import type { MillraceError } from '@millrace/core/errors';
import type { PeerAddress } from './peerTransport.ts';

export interface DataStreamEnd {
  readonly error: MillraceError;
  /** `nothing`: the peer has taken nothing of what was sent. */
  readonly processed: 'nothing' | 'perhaps';
}

export interface DataStream {
  /** One message in parts, which must not change afterwards; also before the connection stands. False: stop until `onDrain`. */
  send(parts: readonly Uint8Array[]): boolean;
  onMessage(callback: (body: Buffer) => void): void;
  onDrain(callback: () => void): void;
  /** The peer is stopping: it answers what it has and then ends the stream. */
  onLeaving(callback: () => void): void;
  /** Once, however it ended but by `close`, and never within the call that opened it. */
  onEnd(callback: (end: DataStreamEnd) => void): void;
  pause(): void;
  resume(): void;
  /** Nothing more is sent. */
  end(): void;
  /** Gives it up, with its connection. */
  close(): void;
}

export interface DataTransport {
  /** `windowBytes`: received and not yet taken by `onMessage`, at most. */
  open(to: PeerAddress, path: string, windowBytes: number): DataStream;
}

export const PRODUCE_STREAM = '/millrace.v1.Producer/ProduceStream';
export const FETCH = '/millrace.v1.Consumer/Fetch';
