/**
 * The broker's end of the thread that owns `cluster.db`: a request is answered, or given up after a bounded time with
 * the outcome that is then known. BUSY is tried again with jitter, for a bounded time (safety.md, rule 20).
 */
import { Worker } from 'node:worker_threads';
import { type MillraceError, millraceError, type Outcome } from '@millrace/core/errors';
import type { Clock } from '../io/clock.ts';
import type { Random } from '../io/random.ts';
import {
  type Failure,
  type FromWorker,
  type Operation,
  type Operations,
  READS,
  type Request,
  type ToWorker,
} from './workerMessages.ts';

/** Milliseconds. The first wait for a lock is at most this long, the following ones double. */
const FIRST_WAIT_MS_MAX = 2;
const WAIT_MS_MAX = 50;

export interface SqliteThreadOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** How long a request waits for a lock that other processes hold. */
  readonly busyMsMax: number;
  /** The same of opening. */
  readonly openBusyMsMax: number;
  /** How long a request waits for the disk; then a write's outcome is `unknown`. */
  readonly answerMsMax: number;
}

type Answer =
  | { readonly type: 'answer'; readonly result: unknown }
  | { readonly type: 'failure'; readonly failure: Failure };

interface Pending {
  readonly settle: (answer: Answer) => void;
  /** If the thread dies: with the request in hand, or before it saw it. */
  readonly lost: Outcome;
}

export class SqliteThread {
  readonly #options: SqliteThreadOptions;
  readonly #onEvents: (message: Extract<FromWorker, { watch: number }>) => void;
  readonly #worker: Worker;
  readonly #exited = Promise.withResolvers<void>();
  readonly #pending = new Map<number, Pending>();
  readonly #calls = new Set<Promise<unknown>>();
  #lastId = 0;
  #state: 'running' | 'closing' | 'dead' = 'running';
  #death = 'it was closed';

  constructor(
    options: SqliteThreadOptions,
    onEvents: (message: Extract<FromWorker, { watch: number }>) => void,
  ) {
    this.#options = options;
    this.#onEvents = onEvents;
    this.#worker = new Worker(new URL('./sqliteWorker.ts', import.meta.url), {
      name: 'cluster-store',
    });
    this.#worker.on('message', (message: FromWorker) => this.#receive(message));
    this.#worker.on('error', (error) => {
      this.#death = error instanceof Error ? error.message : String(error);
    });
    this.#worker.on('exit', () => this.#die());
  }

  /** Rejects with CONFLICT, STORE_UNAVAILABLE, CORRUPT_STATE, UNSUPPORTED_VERSION or INVALID_CONFIG. */
  call<O extends Operation>(
    type: O,
    args: Operations[O]['args'],
  ): Promise<Operations[O]['result']> {
    if (this.#state !== 'running') {
      return Promise.reject(unavailable('not-applied', this.#death));
    }
    const call = this.#untilFree(type, args);
    this.#calls.add(call);
    const done = (): boolean => this.#calls.delete(call);
    call.then(done, done);
    return call;
  }

  /** For messages that have no answer; lost on a thread that is gone. */
  post(message: Exclude<ToWorker, Request>): void {
    if (this.#state === 'running') this.#worker.postMessage(message);
  }

  async close(): Promise<void> {
    if (this.#state === 'running') {
      this.#state = 'closing';
      await Promise.allSettled(this.#calls);
      this.#worker.postMessage({ type: 'close' } satisfies ToWorker);
      // A thread that is stuck in the disk never reads it.
      const timer = this.#options.clock.setTimer(this.#options.answerMsMax, () => {
        this.#worker.terminate().catch(() => this.#die());
        this.#die();
      });
      await this.#exited.promise;
      timer.cancel();
    }
    await this.#exited.promise;
  }

  async #untilFree<O extends Operation>(
    type: O,
    args: Operations[O]['args'],
  ): Promise<Operations[O]['result']> {
    const { clock, random, busyMsMax, openBusyMsMax } = this.#options;
    const patienceMs = type === 'open' ? openBusyMsMax : busyMsMax;
    const deadlineMs = clock.monotonicMs() + patienceMs;
    for (let waitMsMax = FIRST_WAIT_MS_MAX; ; waitMsMax = Math.min(WAIT_MS_MAX, 2 * waitMsMax)) {
      const answer = await this.#ask(type, args);
      if (answer.type === 'answer') return answer.result as Operations[O]['result'];
      const { failure } = answer;
      if (failure.reason !== 'busy') throw errorOf(failure);
      const waitMs = (waitMsMax * (1 + random.float())) / 2;
      if (this.#state !== 'running' || clock.monotonicMs() + waitMs > deadlineMs) {
        throw unavailable('not-applied', `another process holds its lock (${failure.message})`);
      }
      await new Promise<void>((resolve) => {
        clock.setTimer(waitMs, resolve);
      });
    }
  }

  #ask(type: Operation, args: object): Promise<Answer> {
    if (this.#state === 'dead') return Promise.resolve(gone('not-applied', this.#death));
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const { clock, answerMsMax } = this.#options;
    this.#lastId += 1;
    const id = this.#lastId;
    const lost: Outcome = READS.has(type) ? 'not-applied' : 'unknown';
    const settle = (answer: Answer): void => {
      timer.cancel();
      this.#pending.delete(id);
      resolve(answer);
    };
    const timer = clock.setTimer(answerMsMax, () =>
      settle(gone(lost, `no answer in ${answerMsMax} ms`)),
    );
    this.#pending.set(id, { settle, lost });
    this.#worker.postMessage({ type, id, ...args } as Request);
    return promise;
  }

  #receive(message: FromWorker): void {
    if (message.type === 'answer' || message.type === 'failure') {
      // Absent: given up already.
      this.#pending.get(message.id)?.settle(message);
    } else {
      this.#onEvents(message);
    }
  }

  #die(): void {
    this.#state = 'dead';
    for (const { settle, lost } of this.#pending.values()) settle(gone(lost, this.#death));
    this.#pending.clear();
    this.#exited.resolve();
  }
}

function gone(outcome: Outcome, message: string): Answer {
  return { type: 'failure', failure: { reason: 'unavailable', outcome, message } };
}

function errorOf({ reason, outcome, message }: Failure): MillraceError {
  switch (reason) {
    case 'conflict':
      return millraceError('CONFLICT', message);
    case 'corrupt':
      return millraceError('CORRUPT_STATE', `cluster store: ${message}`, { outcome });
    case 'newer-format':
      return millraceError('UNSUPPORTED_VERSION', message);
    case 'network-file-system':
      return millraceError('INVALID_CONFIG', `${message}; put the data on a disk of this machine`);
    case 'busy':
    case 'unavailable':
      return unavailable(outcome, message);
  }
}

function unavailable(outcome: Outcome, message: string): MillraceError {
  return millraceError('STORE_UNAVAILABLE', `the cluster store does not answer: ${message}`, {
    outcome,
  });
}
