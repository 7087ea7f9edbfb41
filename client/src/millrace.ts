/**
 * The TypeScript SDK of Millrace: one object per cluster, which makes producers, consumers and admin calls.
 *
 *   const client = new Millrace({ server: '127.0.0.1:7071' });
 *   await client.admin.createTopic({ name: 'orders', partitions: 3 });
 *   const producer = client.producer();
 *   await producer.send({ topic: 'orders', key: 'k', value: 'v' });
 *   for await (const record of client.consume({ topic: 'orders', from: 'earliest' })) ...
 *   for await (const record of client.consumer({ group: 'billing', topics: ['orders'] })) ...
 *   await client.close();
 *
 * Errors are MillraceError (core/errors): `code`, `outcome`, `retriable`.
 */
import type { ConnectionOptions } from 'node:tls';
import { type ChannelCredentials, credentials } from '@grpc/grpc-js';
import { YoungGarbage } from '@millrace/wire/youngGarbage';
import { Admin } from './admin.ts';
import { ClusterAdmin } from './clusterAdmin.ts';
import type { ConsumeOptions } from './consumeOptions.ts';
import { Consumption } from './consumption.ts';
import { DataConnector, type DataConnectorOptions } from './dataConnector.ts';
import type { ConsumerOptions } from './groups/consumerOptions.ts';
import { GroupConsumer } from './groups/groupConsumer.ts';
import { GroupAdmin } from './groupAdmin.ts';
import { type Logger, SILENT_LOGGER } from './logger.ts';
import { MetadataCache } from './metadataCache.ts';
import { bounded } from './optionBounds.ts';
import { Producer } from './producer.ts';
import { ProducerIdentity } from './producerIdentity.ts';
import type { ProducerOptions } from './producerOptions.ts';
import { parseServerAddresses } from './serverAddress.ts';
import { UnaryChannel } from './unaryChannel.ts';

export interface TlsOptions {
  /** PEM; default: the roots of the runtime. */
  readonly ca?: Buffer | undefined;
  /** PEM, for mutual TLS, with `key`. */
  readonly cert?: Buffer | undefined;
  readonly key?: Buffer | undefined;
}

export interface MillraceOptions {
  /**
   * `host:port` of listener `client` of any broker, or of several, separated by commas or one each, which are tried in
   * turn.
   */
  readonly server: string | readonly string[];
  /** Names this client in quotas and logs; printable ASCII. Default `millrace-js`. */
  readonly clientId?: string | undefined;
  /** Default deadline of a unary call with its retries, in milliseconds. Default 30,000. */
  readonly deadlineMs?: number | undefined;
  /** For a connection to one broker, in milliseconds. Default 5,000. */
  readonly connectTimeoutMs?: number | undefined;
  /**
   * After so many milliseconds at most, producers place records by the partitions that a topic has now, and consumers of
   * a whole topic read those that were added; at once where a broker refuses for it. Default 30,000.
   */
  readonly metadataMaxAgeMs?: number | undefined;
  readonly tls?: TlsOptions | undefined;
  /**
   * `collect` runs a minor garbage collection of the process every 16 MiB received: for a process that mainly moves
   * records, it saves a quarter of the CPU of a fast consumer. Default `leave`: that is the runtime's business.
   */
  readonly youngGarbage?: 'collect' | 'leave' | undefined;
  readonly logger?: Logger | undefined;
}

/** Each partition of a group's member has a stream of its own, and a paused one holds as much as its window. */
const PARTITION_WINDOW_BYTES = 1024 * 1024;

export class Millrace {
  readonly admin: Admin;
  /** Where partitions live and who leads them. */
  readonly clusterAdmin: ClusterAdmin;
  /** Groups of consumers from outside: lag, resets. */
  readonly groupAdmin: GroupAdmin;
  readonly #channel: UnaryChannel;
  readonly #metadata: MetadataCache;
  readonly #connector: DataConnector;
  readonly #data: DataConnectorOptions;
  readonly #logger: Logger;
  readonly #producers = new Set<Producer>();
  readonly #consumptions = new Set<Consumption>();
  readonly #consumers = new Set<GroupConsumer>();

  /** Connects on first use. Throws INVALID_REQUEST for an address that is none and an option out of its bounds. */
  constructor(options: MillraceOptions) {
    const servers = parseServerAddresses(options.server);
    const clientId = options.clientId ?? 'millrace-js';
    const connectTimeoutMs = options.connectTimeoutMs ?? 5_000;
    this.#logger = options.logger ?? SILENT_LOGGER;
    this.#channel = new UnaryChannel({
      servers,
      clientId,
      deadlineMs: options.deadlineMs ?? 30_000,
      connectTimeoutMs,
      credentials: channelCredentials(options.tls),
      logger: this.#logger,
    });
    this.admin = new Admin(this.#channel);
    this.clusterAdmin = new ClusterAdmin(this.#channel);
    this.groupAdmin = new GroupAdmin(this.#channel);
    this.#metadata = new MetadataCache(
      this.admin,
      bounded('metadataMaxAgeMs', options.metadataMaxAgeMs ?? 30_000, 10, 2 ** 31 - 1),
    );
    this.#data = {
      metadata: this.#metadata,
      servers,
      clientId,
      connectTimeoutMs,
      onReceived: options.youngGarbage === 'collect' ? collectByBytes() : undefined,
      tls: options.tls === undefined ? undefined : connectionOptions(options.tls),
      logger: this.#logger,
    };
    this.#connector = new DataConnector(this.#data);
  }

  /** Close it when done: it flushes. */
  producer(options: ProducerOptions = {}): Producer {
    const producer = new Producer(
      {
        metadata: this.#metadata,
        connector: this.#connector,
        identity: new ProducerIdentity(this.#channel),
        logger: this.#logger,
        onClosed: (closed) => this.#producers.delete(closed),
      },
      options,
    );
    this.#producers.add(producer);
    return producer;
  }

  /** Begins to read when it is iterated. */
  consume(options: ConsumeOptions): Consumption {
    const consumption = new Consumption(
      {
        admin: this.admin,
        metadata: this.#metadata,
        connector: this.#connector,
        logger: this.#logger,
        onClosed: (closed) => this.#consumptions.delete(closed),
      },
      options,
    );
    this.#consumptions.add(consumption);
    return consumption;
  }

  /** A member of a group, which joins when it is iterated or run. Close it when done: it commits and leaves. */
  consumer(options: ConsumerOptions): GroupConsumer {
    const { servers, clientId, metadata } = this.#data;
    const consumer = new GroupConsumer(
      {
        admin: this.admin,
        metadata,
        connector: new DataConnector({ ...this.#data, windowBytes: PARTITION_WINDOW_BYTES }),
        servers,
        clientId,
        logger: this.#logger,
        onClosed: (closed) => this.#consumers.delete(closed),
      },
      options,
    );
    this.#consumers.add(consumer);
    return consumer;
  }

  /** Ends all consumers, flushes and closes all producers, disconnects. */
  async close(): Promise<void> {
    for (const consumption of this.#consumptions) consumption.close();
    const closing = [...this.#producers, ...this.#consumers].map((one) => one.close());
    const results = await Promise.allSettled(closing);
    this.#channel.close();
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
  }
}

function collectByBytes(): (bytes: number) => void {
  const garbage = new YoungGarbage();
  return (bytes) => garbage.note(bytes);
}

function channelCredentials(tls: TlsOptions | undefined): ChannelCredentials {
  if (tls === undefined) return credentials.createInsecure();
  return credentials.createSsl(tls.ca ?? null, tls.key ?? null, tls.cert ?? null);
}

function connectionOptions({ ca, cert, key }: TlsOptions): ConnectionOptions {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}
