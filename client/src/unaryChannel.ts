/**
 * Unary calls to whichever of the given servers answers: one grpc-js channel at a time, deadlines on every call,
 * retries only where the outcome allows them. A server that was never reached is reported at once; one that was is
 * waited for until the deadline.
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

export const describeCluster = unaryMethod<DescribeRequest, DescribeResponse__Output>(
  'Cluster',
  'Describe',
  'read',
);

export class UnaryChannel {
  readonly #options: UnaryChannelOptions;
  #server = 0;
  #client: grpc.Client | undefined;
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
    this.#client?.close();
    this.#client = undefined;
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
    const client = this.#connection();
    if (!method.safeToRepeat) await this.#probe(client, until);
    return this.#invoke(client, method, request, until);
  }

  /** What fails before a connection stands cannot have been applied: reads find that out for writes. */
  async #probe(client: grpc.Client, until: number): Promise<void> {
    if (client.getChannel().getConnectivityState(true) === grpc.connectivityState.READY) return;
    try {
      await this.#invoke(client, describeCluster(), {}, until);
    } catch (thrown) {
      const error = thrown as MillraceError;
      throw millraceError(error.code, error.message, {
        outcome: 'not-applied',
        retryAfterMs: error.retryAfterMs,
        cause: error,
      });
    }
  }

  #invoke<Request, Reply>(
    client: grpc.Client,
    method: UnaryMethod<Request, Reply>,
    request: Request,
    until: number,
  ): Promise<Reply> {
    const remainingMs = Math.max(1, until - performance.now());
    const metadata = new grpc.Metadata();
    metadata.set('millrace-client-id', this.#options.clientId);
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        method.path,
        method.serialize,
        method.deserialize,
        request,
        metadata,
        { deadline: Date.now() + remainingMs },
        (failure, reply) => {
          if (failure === null && reply !== undefined) {
            this.#everReached = true;
            resolve(reply);
          } else {
            reject(this.#failed(client, failure));
          }
        },
      );
    });
  }

  #connection(): grpc.Client {
    if (this.#client === undefined) {
      const address = formatServerAddress(this.#currentServer());
      this.#client = new grpc.Client(address, this.#options.credentials, CHANNEL_OPTIONS);
    }
    return this.#client;
  }

  #currentServer(): ServerAddress {
    const server = this.#options.servers[this.#server % this.#options.servers.length];
    if (server === undefined) throw millraceError('INVALID_REQUEST', 'no server address given');
    return server;
  }

  #failed(client: grpc.Client, failure: grpc.ServiceError | null): MillraceError {
    const details = failure?.metadata.get('grpc-status-details-bin')[0];
    const message = failure?.details ?? 'no reply';
    const error = fromWireStatus({
      code: failure?.code ?? grpc.status.INTERNAL,
      message,
      details: Buffer.isBuffer(details) ? details : undefined,
    });
    if (Buffer.isBuffer(details)) {
      this.#everReached = true;
      return error;
    }
    const address = formatServerAddress(this.#currentServer());
    const said = `no broker answers at ${address} (${transportReason(message)})`;
    if (error.code === 'DEADLINE_EXCEEDED') {
      return millraceError(error.code, said, { outcome: error.outcome, cause: error });
    }
    if (error.code !== 'UNAVAILABLE' && !isTransportFailure(message)) return error;
    this.#turnAwayFrom(client);
    // Nobody was there to ask for a pause.
    const { outcome } = error;
    return millraceError('UNAVAILABLE', said, { outcome, retryAfterMs: 0, cause: error });
  }

  /** The next call goes to another server, if there is one. */
  #turnAwayFrom(client: grpc.Client): void {
    if (this.#options.servers.length === 1 || client !== this.#client) return;
    this.#server += 1;
    this.#client = undefined;
    client.close();
  }
}
