/**
 * How brokers reach each other: the seam where the simulator's network takes the place of gRPC. Messages are values:
 * neither side changes what it sent or received. (contracts.md, Ports and services, Channels)
 */
import type { MillraceError } from '@millrace/core/errors';
import type { FollowRequest, FollowResponse } from '@millrace/core/messages/follow';
import type {
  AlterPartitionsRequest,
  AlterPartitionsResponse,
  ProducerIdBlock,
  SessionDown,
  SessionUp,
} from './sessionMessages.ts';

/** One end of a bidirectional stream. Messages arrive in order, none twice; those sent before a break may be lost. */
export interface PeerStream<Out, In> {
  /** False: congested, stop until `onDrain`. After the stream is closed it does nothing. */
  send(message: Out): boolean;
  onMessage(callback: (message: In) => void): void;
  onDrain(callback: () => void): void;
  /** Once, however it ended but by this side's own `close`; no message comes after it. */
  onClosed(callback: (error: MillraceError) => void): void;
  /** Stops receiving, so that the sender is held back; `resume` goes on. */
  pause(): void;
  resume(): void;
  /** Bytes that were sent and not yet taken by the peer's host, or a fair guess. */
  readonly queuedBytes: number;
  /** Ends it for both; with an error the peer is told why. */
  close(error?: MillraceError): void;
}

export interface PeerAddress {
  readonly host: string;
  readonly port: number;
}

/** Unary calls to the controller; answered by PeerService. Reject with a MillraceError; `unknown` if an answer was lost. */
export interface ControllerCalls {
  alterPartitions(request: AlterPartitionsRequest): Promise<AlterPartitionsResponse>;
  allocateProducerIds(request: { brokerId: number; bootId: string }): Promise<ProducerIdBlock>;
  /** Any request of millrace.v1 that only the controller can carry out: method and message by their proto names. */
  forward(method: string, request: unknown, deadlineMs: number): Promise<unknown>;
}

export interface PeerTransport {
  /** Port `peer-data`. Opens lazily: a failure arrives by onClosed. */
  follow(to: PeerAddress): PeerStream<FollowRequest, FollowResponse>;
  /** Port `peer`. */
  session(to: PeerAddress): PeerStream<SessionUp, SessionDown>;
  controller(to: PeerAddress): ControllerCalls;
  /** A TCP connection to the address: `refused` proves that no process listens there (rule 27). */
  probe(to: PeerAddress, timeoutMs: number): Promise<'accepted' | 'refused' | 'silent'>;
}

/** What a broker serves to its peers. */
export interface PeerService {
  follow(stream: PeerStream<FollowResponse, FollowRequest>): void;
  session(stream: PeerStream<SessionDown, SessionUp>): void;
  readonly controller: ControllerCalls;
}
