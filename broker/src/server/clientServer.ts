/** The client port: all of millrace.v1, health and reflection, for any gRPC client with one address. */
import {
  type handleBidiStreamingCall,
  type handleServerStreamingCall,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { millraceError } from '@millrace/core/errors';
import { decodeProduceRequest } from '@millrace/core/messages/produce';
import { loadMillrace } from '@millrace/proto/load';
import { HealthImplementation } from 'grpc-health-check';
import { limitConnections } from '../io/connectionLimit.ts';
import { Http2Guard } from '../io/http2Guard.ts';
import { raiseReceiveWindows } from '../io/receiveWindow.ts';
import {
  alterTopic,
  createTopic,
  deleteTopic,
  describeBrokers,
  describeCluster,
  listTopics,
} from './adminService.ts';
import { clusterAdmin } from './clusterAdminService.ts';
import { type ConsumeCodec, serveConsume } from './consumeStream.ts';
import { listOffsets, offsetForLeaderEpoch } from './consumerService.ts';
import type { ServerContext } from './context.ts';
import { fetchOnce } from './fetchOnce.ts';
import { serveFetchStream } from './fetchStream.ts';
import { groupAdmin } from './groupAdminService.ts';
import { groupConsumer, type MemberAskers, memberAskers } from './groupService.ts';
import { GrpcJsStream } from './grpcJsStream.ts';
import { listenFailure } from './listenFailure.ts';
import { type MembershipCodec, serveMembership } from './membershipStream.ts';
import { serveMetadataStream, type WatchMetadataCodec } from './metadataStream.ts';
import { CoordinatorMethods } from './onCoordinator.ts';
import { reflectedPackage } from './reflectedPackage.ts';
import { serveProduceStream } from './produceStream.ts';
import { initProducer, produce } from './producerService.ts';
import { deleteRecords } from './recordDeletionService.ts';
import { describeTopic } from './topicDescription.ts';
import { decodedOrMalformed } from './unary.ts';

const KEEPALIVE_MS = 30_000;
const KEEPALIVE_TIMEOUT_MS = 60_000;
const IDLE_MS_MAX = 30 * 60_000;
const HEADER_BYTES_MAX = 16 * 1024;
/** Of unary requests but Produce. */
const UNARY_BYTES_MAX = 1 << 20;
/** Queued for readers of this listener, all together. */
const SERVER_BYTES_MAX = 64 * 2 ** 20;

export interface ClientServer {
  readonly port: number;
  /** Tells health checks to look elsewhere. */
  drain(): void;
  /** Waits `graceMs` for calls to finish. */
  close(graceMs: number): Promise<void>;
}

/** Throws CONFLICT for a port that can't be bound. */
export async function startClientServer(
  context: ServerContext,
  host: string,
  port: number,
): Promise<ClientServer> {
  const { limits } = context;
  const server = new Server({
    'grpc.max_receive_message_length': limits.messageBytesMax,
    'grpc.max_send_message_length': -1,
    'grpc.max_metadata_size': HEADER_BYTES_MAX,
    'grpc.max_concurrent_streams': limits.streamsPerConnectionMax,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    'grpc.max_connection_idle_ms': IDLE_MS_MAX,
    'grpc-node.max_session_memory': Math.ceil(limits.connectionBytesMax / 2 ** 20),
  });
  const definition = loadMillrace();
  let bound = -1;
  const isOurs = (local: number): boolean => local === bound;
  const { receiveWindowBytes: windowBytes, connectionBytesMax } = limits;
  const guard = new Http2Guard(
    { windowBytes, connectionBytesMax, serverBytesMax: SERVER_BYTES_MAX },
    isOurs,
  );
  addServices(server, definition, context, guard);
  const health = new HealthImplementation({ '': 'SERVING' });
  health.addToServer(server);
  new ReflectionService(reflectedPackage()).addToServer(server);

  const watching = new DisposableStack();
  watching.defer(() => guard.close());
  watching.defer(raiseReceiveWindows(isOurs, windowBytes));
  watching.defer(limitConnections(isOurs, limits.connectionsMax));
  try {
    bound = await bind(server, `${host.includes(':') ? `[${host}]` : host}:${port}`);
  } catch (error) {
    server.forceShutdown();
    watching.dispose();
    throw listenFailure('clientPort', host, port, error);
  }
  return {
    port: bound,
    drain: () => health.setStatus('', 'NOT_SERVING'),
    close: async (graceMs) => {
      const closed = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      const timer = context.clock.setTimer(graceMs, () => server.forceShutdown());
      await closed;
      timer.cancel();
      watching.dispose();
    },
  };
}

function addServices(
  server: Server,
  definition: PackageDefinition,
  context: ServerContext,
  guard: Http2Guard,
): void {
  const produceStream: handleBidiStreamingCall<Buffer, Buffer> = (call) =>
    serveProduceStream(new GrpcJsStream(call, guard), context, 'client');
  const fetch: handleServerStreamingCall<Buffer, Buffer> = (call) =>
    serveFetchStream(new GrpcJsStream(call, guard), context, 'client');
  const watched = serviceOf(definition, 'millrace.v1.Cluster')['WatchMetadata'];
  if (watched === undefined) throw new Error('no method WatchMetadata');
  const watchCodec: WatchMetadataCodec = {
    decode: watched.requestDeserialize,
    encode: watched.responseSerialize,
  };
  const watchMetadata: handleServerStreamingCall<Buffer, Buffer> = (call) =>
    serveMetadataStream(new GrpcJsStream(call, guard), context, watchCodec);
  const coordinatorMethods = new CoordinatorMethods(context);
  const askers = memberAskers(context, coordinatorMethods);
  const member = serviceOf(definition, 'millrace.v1.Consumer')['Membership'];
  if (member === undefined) throw new Error('no method Membership');
  const codec: MembershipCodec = {
    decode: member.requestDeserialize,
    encode: member.responseSerialize,
  };
  const consume = consumeHandler(definition, context, askers, guard);
  const membership: handleBidiStreamingCall<Buffer, Buffer> = (call) =>
    serveMembership(new GrpcJsStream(call, guard), { context, askers, codec });
  const services: Record<string, UntypedServiceImplementation> = {
    'millrace.v1.Producer': {
      InitProducer: initProducer(context),
      Produce: produce(context),
      ProduceStream: produceStream,
    },
    'millrace.v1.Consumer': {
      Fetch: fetch,
      FetchOnce: fetchOnce(context),
      ListOffsets: listOffsets(context),
      OffsetForLeaderEpoch: offsetForLeaderEpoch(context),
      Membership: membership,
      Consume: consume,
      ...groupConsumer(context, coordinatorMethods, askers),
    },
    'millrace.v1.Admin': {
      CreateTopic: createTopic(context),
      DeleteTopic: deleteTopic(context),
      AlterTopic: alterTopic(context),
      DeleteRecords: deleteRecords(context),
      DescribeTopic: describeTopic(context),
      ListTopics: listTopics(context),
      DescribeBrokers: describeBrokers(context),
      ...clusterAdmin(context),
      ...groupAdmin(context, coordinatorMethods),
    },
    'millrace.v1.Cluster': { Describe: describeCluster(context), WatchMetadata: watchMetadata },
  };
  for (const [name, implementation] of Object.entries(services)) {
    server.addService(withOwnDecoding(serviceOf(definition, name)), implementation);
  }
}

function consumeHandler(
  definition: PackageDefinition,
  context: ServerContext,
  askers: MemberAskers,
  guard: Http2Guard,
): handleBidiStreamingCall<Buffer, Buffer> {
  const { Consume: method, Fetch: fetch } = serviceOf(definition, 'millrace.v1.Consumer');
  if (method === undefined || fetch === undefined) throw new Error('no method Consume');
  const codec: ConsumeCodec = {
    decode: method.requestDeserialize,
    encode: method.responseSerialize,
    encodeFetch: fetch.requestSerialize,
  };
  return (call) => serveConsume(new GrpcJsStream(call, guard), { context, askers, codec });
}

function serviceOf(definition: PackageDefinition, name: string): ServiceDefinition {
  const service = definition[name];
  if (service === undefined || 'format' in service) throw new Error(`no service ${name}`);
  return service;
}

/** Streams carry bytes: their handlers have codecs of their own. Unary handlers refuse what does not decode. */
function withOwnDecoding(service: ServiceDefinition): ServiceDefinition {
  const asIs = (bytes: Buffer): Buffer => bytes;
  return Object.fromEntries(
    Object.entries(service).map(([name, method]) => [
      name,
      method.responseStream
        ? { ...method, requestDeserialize: asIs, responseSerialize: asIs }
        : { ...method, requestDeserialize: decodedOrMalformed(decoderOf(name, method)) },
    ]),
  );
}

/** Generated decoders do not count what they make: a small message may become many times its size in objects. */
function decoderOf(name: string, method: MethodDefinition<unknown, unknown>) {
  if (name === 'Produce') return decodeProduceRequest;
  return (bytes: Buffer): unknown => {
    if (bytes.length <= UNARY_BYTES_MAX) return method.requestDeserialize(bytes);
    throw millraceError('INVALID_REQUEST', `a request of ${bytes.length} bytes to ${name}`);
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
