/** millrace.v1 through stock grpc-js and nothing but the proto files: what any other client does. */
import {
  credentials,
  loadPackageDefinition,
  type ChannelOptions,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadMillrace } from '@millrace/proto/load';
import type { AdminClient } from '@millrace/proto/generated/millrace/v1/Admin';
import type { ClusterClient } from '@millrace/proto/generated/millrace/v1/Cluster';
import type { ConsumerClient } from '@millrace/proto/generated/millrace/v1/Consumer';
import type { ProducerClient } from '@millrace/proto/generated/millrace/v1/Producer';
import type { ProtoGrpcType } from '@millrace/proto/generated/producer';

type Constructor<Client> = new (
  address: string,
  creds: ReturnType<typeof credentials.createInsecure>,
  options?: ChannelOptions,
) => Client;

export interface StockClient {
  readonly producer: ProducerClient;
  readonly consumer: ConsumerClient;
  readonly admin: AdminClient;
  readonly cluster: ClusterClient;
  close(): void;
}

export type UnaryMethod<Request, Reply> = (
  request: Request,
  callback: (error: ServiceError | null, reply?: Reply) => void,
) => unknown;

/** A unary method, bound to its client, as a promise. */
export function unary<Request, Reply>(
  method: UnaryMethod<Request, Reply>,
  request: Request,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    method(request, (error, reply) => {
      if (error === null && reply !== undefined) resolve(reply);
      else reject(error ?? new TypeError('neither reply nor error'));
    });
  });
}

/** One connection; `server` is `host:port`. */
export function stockClient(server: string, options: ChannelOptions = {}): StockClient {
  const root = loadPackageDefinition(loadMillrace()) as unknown as ProtoGrpcType;
  const services = root.millrace.v1 as unknown as Record<string, Constructor<unknown>>;
  const make = <Client extends { close(): void }>(name: string): Client => {
    const Service = services[name];
    if (Service === undefined) throw new TypeError(`no service ${name}`);
    return new Service(server, credentials.createInsecure(), options) as Client;
  };
  const producer = make<ProducerClient>('Producer');
  const consumer = make<ConsumerClient>('Consumer');
  const admin = make<AdminClient>('Admin');
  const cluster = make<ClusterClient>('Cluster');
  return {
    producer,
    consumer,
    admin,
    cluster,
    close: () => {
      for (const client of [producer, consumer, admin, cluster]) client.close();
    },
  };
}
