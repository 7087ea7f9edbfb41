/** The peer port: millrace.peer.v1.Controller, for brokers and for whoever may stop them. */
import {
  type handleUnaryCall,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import { toMillraceError } from '@millrace/core/errors';
import type { ControllerCalls, PeerService } from '../cluster/peerTransport.ts';
import type { Clock } from '../io/clock.ts';
import { limitConnections } from '../io/connectionLimit.ts';
import { Http2Guard } from '../io/http2Guard.ts';
import { raiseReceiveWindows } from '../io/receiveWindow.ts';
import { listenFailure } from '../server/listenFailure.ts';
import { statusOf } from '../server/status.ts';
import {
  decodeAlterPartitions,
  decodeForwarded,
  decodeSender,
  encodeForwardedReply,
  encodeProducerIds,
  encodeProposalAnswers,
} from './callCodec.ts';
import { CodedStream } from './codedStream.ts';
import { forwardedMethod } from './forwardedMethods.ts';
import { type GrpcCall, GrpcCallPipe } from './grpcCallPipe.ts';
import type { PeerListenerOptions } from './peerDataServer.ts';
import {
  ALLOCATE_PRODUCER_IDS,
  ALTER_PARTITIONS,
  FORWARD,
  PREPARE_STOP,
  SESSION,
} from './peerMethods.ts';
import { CONTROLLER_CODEC } from './streamCodecs.ts';

const KEEPALIVE_MS = 5000;
const KEEPALIVE_TIMEOUT_MS = 10_000;
const HEADER_BYTES_MAX = 16 * 1024;
/** Of one broker: heartbeats of groups wait for their answer up to a second, and some for news. */
const STREAMS_MAX = 2048;
/** Queued for all brokers together. */
const SERVER_BYTES_MAX = 128 * 2 ** 20;
/** Of a call that came without a deadline. */
const DEADLINE_MS = 30_000;

export interface PeerServer {
  readonly port: number;
  /** Waits `graceMs` for calls to finish. */
  close(graceMs: number): Promise<void>;
}

/** Throws CONFLICT for a port that can't be bound. */
export async function startPeerServer(
  options: PeerListenerOptions & { readonly clock: Clock },
): Promise<PeerServer> {
  const { service, host, port, limits, logger, clock } = options;
  const server = new Server({
    'grpc.max_receive_message_length': limits.messageBytesMax,
    'grpc.max_send_message_length': -1,
    'grpc.max_metadata_size': HEADER_BYTES_MAX,
    'grpc.max_concurrent_streams': STREAMS_MAX,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    'grpc-node.max_session_memory': Math.ceil(limits.connectionBytesMax / 2 ** 20),
  });
  let bound = -1;
  const isOurs = (local: number): boolean => local === bound;
  const { receiveWindowBytes: windowBytes, connectionBytesMax } = limits;
  const guard = new Http2Guard(
    { windowBytes, connectionBytesMax, serverBytesMax: SERVER_BYTES_MAX },
    isOurs,
  );
  const onFault = (error: unknown): void =>
    logger.error('a handler of a peer stream threw', { cause: String(error) });
  addController(server, service, guard, onFault);

  const watching = new DisposableStack();
  watching.defer(() => guard.close());
  watching.defer(raiseReceiveWindows(isOurs, windowBytes));
  watching.defer(limitConnections(isOurs, limits.connectionsMax));
  try {
    bound = await bind(server, `${host.includes(':') ? `[${host}]` : host}:${port}`);
  } catch (error) {
    server.forceShutdown();
    watching.dispose();
    throw listenFailure('peerPort', host, port, error);
  }
  return {
    port: bound,
    close: async (graceMs) => {
      const closed = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      const timer = clock.setTimer(graceMs, () => server.forceShutdown());
      await closed;
      timer.cancel();
      watching.dispose();
    },
  };
}

function addController(
  server: Server,
  service: PeerService,
  guard: Http2Guard,
  onFault: (error: unknown) => void,
): void {
  const { controller } = service;
  const session = (call: GrpcCall): void =>
    service.session(new CodedStream(new GrpcCallPipe(call, guard, onFault), CONTROLLER_CODEC));
  const unary = {
    AlterPartitions: [ALTER_PARTITIONS, alterPartitions(controller)],
    AllocateProducerIds: [ALLOCATE_PRODUCER_IDS, allocateProducerIds(controller)],
    PrepareStop: [PREPARE_STOP, prepareStop(controller)],
    Forward: [FORWARD, forward(controller)],
  } as const;
  const definitions: Record<string, MethodDefinition<Buffer, Buffer>> = {
    Session: method(SESSION, 'stream'),
  };
  const handlers: Record<string, UntypedHandleCall> = { Session: session };
  for (const [name, [path, handler]] of Object.entries(unary)) {
    definitions[name] = method(path, 'unary');
    handlers[name] = handler;
  }
  server.addService(definitions, handlers);
}

type Handler = handleUnaryCall<Buffer, Buffer>;

function alterPartitions(controller: ControllerCalls): Handler {
  return answering(async (body) =>
    encodeProposalAnswers(await controller.alterPartitions(decodeAlterPartitions(body))),
  );
}

function allocateProducerIds(controller: ControllerCalls): Handler {
  return answering(async (body) =>
    encodeProducerIds(await controller.allocateProducerIds(decodeSender(body))),
  );
}

/** Not of millrace.v1, but carried out by the controller in the same way. */
function prepareStop(controller: ControllerCalls): Handler {
  return answering(async (body) => {
    const { decodeRequest, encodeResponse } = forwardedMethod(PREPARE_STOP);
    const request = decodeRequest(body);
    return [encodeResponse(await controller.forward(PREPARE_STOP, request, DEADLINE_MS))];
  });
}

function forward(controller: ControllerCalls): Handler {
  return answering(async (body) => {
    const { method: path, request, deadlineMs } = decodeForwarded(body);
    const { decodeRequest, encodeResponse } = forwardedMethod(path);
    const withinMs = deadlineMs === 0 ? DEADLINE_MS : deadlineMs;
    const decoded = decodeRequest(Buffer.from(request));
    return encodeForwardedReply(encodeResponse(await controller.forward(path, decoded, withinMs)));
  });
}

function answering(answer: (body: Buffer) => Promise<readonly Uint8Array[]>): Handler {
  return (call, callback) => {
    answer(call.request).then(
      (parts) => callback(null, Buffer.concat(parts)),
      (thrown: unknown) => callback(statusOf(toMillraceError(thrown))),
    );
  };
}

function method(path: string, kind: 'unary' | 'stream'): MethodDefinition<Buffer, Buffer> {
  const asIs = (bytes: Buffer): Buffer => bytes;
  const isStream = kind === 'stream';
  return {
    path,
    requestStream: isStream,
    responseStream: isStream,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
}

function bind(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
}
