/** What every service of one broker stands on. */
import type { handleUnaryCall, ServerUnaryCall } from '@grpc/grpc-js';
import type { YoungGarbage } from '@millrace/wire/youngGarbage';
import type { MillraceError } from '@millrace/core/errors';
import type { Engine } from '../engine/engine.ts';
import { newProduceLanes } from '../forwarding/forwarding.ts';
import type { ProduceLanes } from '../forwarding/produceLanes.ts';
import type { Clock } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import { ConnectionBudgets } from './connectionBudgets.ts';
import { Decompression } from './decompression.ts';
import type { Listener } from './endpoints.ts';
import type { Metrics } from './metrics.ts';
import { ControllerMethods } from './onController.ts';
import { LeaderMethods } from './onLeader.ts';
import { unary } from './unary.ts';

export interface ServerLimits {
  readonly messageBytesMax: number;
  readonly connectionBytesMax: number;
  readonly connectionsMax: number;
  readonly streamsPerConnectionMax: number;
  readonly receiveWindowBytes: number;
}

export interface Leaver {
  /** Everything that was begun has its answer: end the stream, with UNAVAILABLE, once that is sent. */
  leave(): void;
}

export class ServerContext {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly limits: ServerLimits;
  readonly version: string;
  readonly decompression = new Decompression();
  readonly produceBudgets: ConnectionBudgets;
  /** Streams that would go on for ever: each is told when the broker stops. */
  readonly leavers = new Set<Leaver>();
  readonly controllerMethods = new ControllerMethods();
  readonly leaderMethods = new LeaderMethods();
  /** Of all unary Produce calls. */
  readonly #unaryLanes: ProduceLanes | undefined;
  readonly #garbage: YoungGarbage;

  constructor(parts: {
    engine: Engine;
    clock: Clock;
    logger: Logger;
    metrics: Metrics;
    limits: ServerLimits;
    version: string;
    garbage: YoungGarbage;
  }) {
    this.engine = parts.engine;
    this.clock = parts.clock;
    this.logger = parts.logger;
    this.metrics = parts.metrics;
    this.limits = parts.limits;
    const { connectionBytesMax } = parts.limits;
    this.produceBudgets = new ConnectionBudgets(connectionBytesMax, parts.engine.produceBudget);
    this.version = parts.version;
    this.#garbage = parts.garbage;
    this.#unaryLanes = this.newProduceLanes();
  }

  get unaryLanes(): ProduceLanes | undefined {
    return this.#unaryLanes;
  }

  /** For a stream of its own; undefined if nothing is forwarded. */
  newProduceLanes(): ProduceLanes | undefined {
    return newProduceLanes(this.engine.forwarding);
  }

  /** As a client of that listener is told: with the leader's address there. */
  hinted(error: MillraceError, listener: Listener): MillraceError {
    return this.engine.forwarding.leaders.hintFor(error, listener);
  }

  /** A produce request of so many bytes has arrived. */
  received(listener: Listener, bytes: number): void {
    this.metrics.appended(listener, bytes);
    this.#garbage.note(bytes);
  }

  /** So many bytes of log are on their way to a reader. */
  sent(listener: Listener, bytes: number): void {
    this.metrics.fetched(listener, bytes);
    this.#garbage.note(bytes);
  }

  unary<Request, Response>(
    method: string,
    handler: (request: Request, call: ServerUnaryCall<Request, Response>) => Promise<Response>,
  ): handleUnaryCall<Request, Response> {
    return unary(
      method,
      (name, code, seconds) => this.metrics.request(name, code, seconds),
      () => this.clock.monotonicMs(),
      handler,
      (error) => this.hinted(error, 'client'),
    );
  }
}
