/**
 * Unary calls to whichever of the given servers answers: one grpc-js channel at a time, deadlines on every call,
 * retries only where the outcome allows them. Servers of which none was ever reached are reported at once, all of
 * them; once one was, the deadline decides.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import * as grpc from '@grpc/grpc-js';
import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { DescribeRequest } from '@millrace/proto/generated/millrace/v1/DescribeRequest';
import type { DescribeResponse__Output } from '@millrace/proto/generated/millrace/v1/DescribeResponse';
import { backoffMs, RECONNECT_BACKOFF, RETRY_BACKOFF } from './backoff.ts';
import type { Logger } from './logger.ts';
import { fromWireStatus } from './remoteError.ts';
import { formatServerAddress, type ServerAddress } from './serverAddress.ts';
import { isTransportFailure, transportReason } from './transportReason.ts';
import { type UnaryMethod, unaryMethod } from './serviceMethods.ts';

export interface UnaryChannelOptions {
  /** In order of preference, at least one. */
  readonly servers: readonly ServerAddress[];
  readonly clientId: string;
  /** Default deadline of a call with its retries, in milliseconds. */
  readonly deadlineMs: number;
  /** How long one of several servers may take to answer before the next is tried, in milliseconds. */
  readonly connectTimeoutMs: number;
  readonly credentials: grpc.ChannelCredentials;
  readonly logger: Logger;
}

const CHANNEL_OPTIONS: grpc.ChannelOptions = {
  'grpc.initial_reconnect_backoff_ms': 50,
  'grpc.min_reconnect_backoff_ms': 50,
  'grpc.max_reconnect_backoff_ms': 250,
  'grpc.max_receive_message_length': 64 * 1024 * 1024,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.use_local_subchannel_pool': 1,
  // The data connections go direct, so these do too: a proxy that reaches one port reaches not the other.
  'grpc.enable_http_proxy': 0,
};

/** A read that takes longer is no reason to doubt the server, but one to ask it whether it is there. */
const SLOW_MS = 1_000;

export const describeCluster = unaryMethod<DescribeRequest, DescribeResponse__Output>(
  'Cluster',
  'Describe',
  'read',
);

interface Connection {
  /** `host:port`. */
  readonly address: string;
  readonly client: grpc.Client;
}

export class UnaryChannel {
  readonly #options: UnaryChannelOptions;
  #server = 0;
  #current: Connection | undefined;
  /** Why a server did not answer, by address, since one last did. */
  readonly #unanswered = new Map<string, string>();
  #everReached = false;
  #closed = false;

  constructor(options: UnaryChannelOptions) {
    this.#options = options;
  }

  /** Throws MillraceError; with outcome `unknown` where a write may have taken effect. */
  async call<Request, Reply>(
    method: () => UnaryMethod<Request, Reply>,
    request: Request,
    deadlineMs: number = this.#options.deadlineMs,
  ): Promise<Reply> {
    const until = performance.now() + deadlineMs;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(method(), request, until);
      } catch (thrown) {
        const error = thrown as MillraceError;
        const limits = error.code === 'UNAVAILABLE' ? RECONNECT_BACKOFF : RETRY_BACKOFF;
        const delayMs = backoffMs(attempt, Math.random(), error.retryAfterMs, limits);
        if (!this.#mayRetry(method(), error, attempt) || performance.now() + delayMs >= until) {
          throw error;
        }
        this.#options.logger.debug(`${method().path} failed, trying again`, {
          code: error.code,
          delayMs,
        });
        await sleep(delayMs);
      }
    }
  }

  close(): void {
    this.#closed = true;
    this.#current?.client.close();
    this.#current = undefined;
  }

  #mayRetry<Request, Reply>(
    method: UnaryMethod<Request, Reply>,
    error: MillraceError,
    attempt: number,
  ): boolean {
    if (this.#closed || !error.retriable || error.outcome === 'applied') return false;
    if (!this.#everReached && attempt >= this.#options.servers.length) return false;
    if (error.outcome === 'unknown' && !method.safeToRepeat) return false;
    // With one deadline for all attempts there is nothing left after it.
    return error.code !== 'DEADLINE_EXCEEDED';
  }

  async #attempt<Request, Reply>(
    method: UnaryMethod<Request, Reply>,
    request: Request,
    until: number,
  ): Promise<Reply> {
    if (this.#closed) {
      throw millraceError('CANCELLED', 'the client is closed', { outcome: 'not-applied' });
    }
    const connection = this.#connection();
    if (!method.safeToRepeat || this.#options.servers.length > 1) {
      await this.#probe(connection, until);
    }
    const reply = this.#invoke(connection, method, request, until);
    const hasOthers = method.safeToRepeat && this.#options.servers.length > 1;
    return hasOthers ? this.#whileItLives(connection, reply) : reply;
  }

  /** A process that has stopped in the middle of its work keeps its connections: a read need not wait for it. */
  #whileItLives<Reply>(connection: Connection, reply: Promise<Reply>): Promise<Reply> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    let timer: NodeJS.Timeout | undefined;
    const ask = async (): Promise<void> => {
      const patienceMs = performance.now() + this.#options.connectTimeoutMs;
      const silent = await this.#invoke(connection, describeCluster(), {}, patienceMs).then(
        () => undefined,
        (thrown: unknown) => thrown as MillraceError,
      );
      if (timer === undefined) return;
      if (silent?.code !== 'DEADLINE_EXCEEDED') return askLater();
      this.#turnAwayFrom(connection);
      reject(millraceError('UNAVAILABLE', silent.message, { retryAfterMs: 0, cause: silent }));
    };
    const askLater = (): void => {
      timer = setTimeout(() => void ask(), SLOW_MS);
    };
    const over = (): void => {
      clearTimeout(timer);
      timer = undefined;
    };
    askLater();
    reply.then(resolve, reject).finally(over);
    return promise;
  }

  /**
   * What fails before a connection stands cannot have been applied: reads find that out for writes. And while there
   * are other servers, a silent one is not given the time of the whole call.
   */
  async #probe(connection: Connection, until: number): Promise<void> {
    const { client } = connection;
    if (client.getChannel().getConnectivityState(true) === grpc.connectivityState.READY) return;
    const alone = this.#options.servers.length === 1;
    const patienceMs = performance.now() + this.#options.connectTimeoutMs;
    try {
      await this.#invoke(
        connection,
        describeCluster(),
        {},
        alone ? until : Math.min(until, patienceMs),
      );
    } catch (thrown) {
      const error = thrown as MillraceError;
      const silent = error.code === 'DEADLINE_EXCEEDED' && !alone;
      if (silent) this.#turnAwayFrom(connection);
      throw millraceError(silent ? 'UNAVAILABLE' : error.code, error.message, {
        outcome: 'not-applied',
        retryAfterMs: silent ? 0 : error.retryAfterMs,
        cause: error,
      });
    }
  }

  #invoke<Request, Reply>(
    connection: Connection,
    method: UnaryMethod<Request, Reply>,
    request: Request,
    until: number,
  ): Promise<Reply> {
    const remainingMs = Math.max(1, until - performance.now());
    const metadata = new grpc.Metadata();
    metadata.set('millrace-client-id', this.#options.clientId);
    return new Promise((resolve, reject) => {
      connection.client.makeUnaryRequest(
        method.path,
        method.serialize,
        method.deserialize,
        request,
        metadata,
        { deadline: Date.now() + remainingMs },
        (failure, reply) => {
          if (failure === null && reply !== undefined) {
            this.#reached();
            resolve(reply);
          } else {
            reject(this.#failed(connection, failure));
          }
        },
      );
    });
  }

  #connection(): Connection {
    const { servers, credentials } = this.#options;
    const server = servers[this.#server % servers.length];
    if (server === undefined) throw millraceError('INVALID_REQUEST', 'no server address given');
    const address = formatServerAddress(server);
    this.#current ??= { address, client: new grpc.Client(address, credentials, CHANNEL_OPTIONS) };
    return this.#current;
  }

  #reached(): void {
    this.#everReached = true;
    this.#unanswered.clear();
  }

  #failed(connection: Connection, failure: grpc.ServiceError | null): MillraceError {
    const details = failure?.metadata.get('grpc-status-details-bin')[0];
    const message = failure?.details ?? 'no reply';
    const error = fromWireStatus({
      code: failure?.code ?? grpc.status.INTERNAL,
      message,
      details: Buffer.isBuffer(details) ? details : undefined,
    });
    if (Buffer.isBuffer(details)) {
      this.#reached();
      return error;
    }
    const late = error.code === 'DEADLINE_EXCEEDED';
    if (!late && error.code !== 'UNAVAILABLE' && !isTransportFailure(message)) return error;
    this.#unanswered.set(connection.address, transportReason(message));
    const said = `no broker answers at ${this.#addressesTried()}`;
    const { outcome } = error;
    if (late) return millraceError(error.code, said, { outcome, cause: error });
    this.#turnAwayFrom(connection);
    // Nobody was there to ask for a pause.
    return millraceError('UNAVAILABLE', said, { outcome, retryAfterMs: 0, cause: error });
  }

  /** Every server with what was wrong with it. */
  #addressesTried(): string {
    return this.#options.servers
      .map(formatServerAddress)
      .map((address) => `${address} (${this.#unanswered.get(address) ?? 'not tried again'})`)
      .join(', ');
  }

  /** The next call goes to another server, if there is one. */
  #turnAwayFrom(connection: Connection): void {
    if (this.#options.servers.length === 1 || connection !== this.#current) return;
    this.#server += 1;
    this.#current = undefined;
    connection.client.close();
  }
}
