/**
 * ControllerCalls over the network. Each has a deadline; an error is `not-applied` only if the peer says so or is known
 * not to have taken the call.
 */
import { millraceError } from '@millrace/core/errors';
import type { WireSession } from '@millrace/wire/client';
import { Status } from '@millrace/wire/status';
import type { ControllerCalls } from '../cluster/peerTransport.ts';
import type {
  AlterPartitionsRequest,
  AlterPartitionsResponse,
  ProducerIdBlock,
} from '../cluster/sessionMessages.ts';
import type { Clock } from '../io/clock.ts';
import {
  decodeForwardedReply,
  decodeProducerIds,
  decodeProposalAnswers,
  encodeAlterPartitions,
  encodeForwarded,
  encodeSender,
} from './callCodec.ts';
import { forwardedMethod } from './forwardedMethods.ts';
import type { PeerConnection } from './peerConnection.ts';
import { ALLOCATE_PRODUCER_IDS, ALTER_PARTITIONS, FORWARD } from './peerMethods.ts';
import { errorOfStatus } from './statusError.ts';

/** Of calls whose caller gave no deadline. */
const DEADLINE_MS = 10_000;

export interface CallConnections {
  /** What replication waits for. */
  control(): PeerConnection;
  /** What clients wait for: it may be held up without holding up the other. */
  forwarding(): PeerConnection;
}

export class RemoteCalls implements ControllerCalls {
  readonly #connections: CallConnections;
  readonly #clock: Clock;

  constructor(connections: CallConnections, clock: Clock) {
    this.#connections = connections;
    this.#clock = clock;
  }

  async alterPartitions(request: AlterPartitionsRequest): Promise<AlterPartitionsResponse> {
    const parts = encodeAlterPartitions(request);
    const control = this.#connections.control();
    const response = decodeProposalAnswers(
      await this.#call(control, ALTER_PARTITIONS, parts, DEADLINE_MS),
    );
    const { length } = response.answers;
    if (length === request.changes.length) return response;
    throw millraceError('INTERNAL', `${length} answers to ${request.changes.length} proposals`);
  }

  async allocateProducerIds(request: {
    brokerId: number;
    bootId: string;
  }): Promise<ProducerIdBlock> {
    const control = this.#connections.control();
    const parts = encodeSender(request);
    return decodeProducerIds(await this.#call(control, ALLOCATE_PRODUCER_IDS, parts, DEADLINE_MS));
  }

  async forward(path: string, request: unknown, deadlineMs: number): Promise<unknown> {
    const method = forwardedMethod(path);
    const wholeMs = Math.max(1, Math.ceil(deadlineMs));
    const parts = encodeForwarded({
      method: path,
      request: method.encodeRequest(request),
      deadlineMs: wholeMs,
    });
    const forwarding = this.#connections.forwarding();
    const reply = await this.#call(forwarding, FORWARD, parts, wholeMs);
    return method.decodeResponse(decodeForwardedReply(reply));
  }

  async #call(
    connection: PeerConnection,
    path: string,
    request: readonly Uint8Array[],
    deadlineMs: number,
  ): Promise<Buffer> {
    const endMs = this.#clock.monotonicMs() + deadlineMs;
    connection.hold();
    try {
      const session = await this.#inTime(connection, deadlineMs);
      const timeoutMs = Math.max(1, endMs - this.#clock.monotonicMs());
      return await exchange(session, path, request, timeoutMs, connection.name);
    } finally {
      connection.release();
    }
  }

  /** A peer that hangs may take a connection and say nothing. */
  #inTime(connection: PeerConnection, deadlineMs: number): Promise<WireSession> {
    const { promise, resolve, reject } = Promise.withResolvers<WireSession>();
    const timer = this.#clock.setTimer(deadlineMs, () => {
      const message = `${connection.name}: the deadline passed before the call`;
      reject(millraceError('DEADLINE_EXCEEDED', message, { outcome: 'not-applied' }));
    });
    connection.session().then(resolve, reject);
    return promise.finally(() => timer.cancel());
  }
}

function exchange(
  session: WireSession,
  path: string,
  request: readonly Uint8Array[],
  timeoutMs: number,
  peer: string,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const stream = session.open(path, { timeoutMs });
    let reply: Buffer | undefined;
    stream.onMessage((body) => {
      reply = body;
    });
    stream.onStatus((status) => {
      if (status.code !== Status.OK) reject(errorOfStatus(status, peer));
      else if (reply === undefined) reject(millraceError('INTERNAL', `${peer}: an empty answer`));
      else resolve(reply);
    });
    stream.send(request);
    stream.end();
  });
}
