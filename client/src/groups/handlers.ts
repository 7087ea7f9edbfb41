/**
 * Records handed to the user's handler: of one partition in order and one at a time, of several at once. What a handler
 * rejects is not processed and comes again, while the other partitions go on.
 */
import { bounded } from '../optionBounds.ts';
import { millraceError } from '@millrace/core/errors';
import { backoffMs } from '../backoff.ts';
import type { ConsumedRecord, ConsumedRecords } from '../consumedRecord.ts';
import type { Logger } from '../logger.ts';
import type { Deliveries } from './deliveries.ts';
import type { Portion } from './portion.ts';
import { partitionName, type TopicPartition } from './topicPartition.ts';

export interface HandlerContext {
  /** Aborted when the partition may have another owner: what is done from then on may be done twice. */
  readonly signal: AbortSignal;
}

export interface HandlerFailure extends TopicPartition {
  readonly error: unknown;
  /** Of the record that failed, or the first of the batch. */
  readonly record: ConsumedRecord;
  /** 1 is the first. */
  readonly attempt: number;
}

/** `skip`: it counts as processed; `stop`: run() rejects with what the handler threw, and the consumer leaves. */
export type FailureVerdict = 'retry' | 'skip' | 'stop';

export interface RunOptions {
  /** Processed once it resolves. This or `eachBatch`. */
  readonly eachRecord?: (record: ConsumedRecord, context: HandlerContext) => void | Promise<void>;
  /** Some records of one partition, in order; processed as a whole once it resolves. */
  readonly eachBatch?: (batch: ConsumedRecords, context: HandlerContext) => void | Promise<void>;
  /** Partitions that are worked on at once. Default 1. */
  readonly concurrency?: number | undefined;
  /** What to do when the handler throws. Default `retry`, for ever. */
  readonly onError?:
    | FailureVerdict
    | ((failure: HandlerFailure) => FailureVerdict | Promise<FailureVerdict>)
    | undefined;
  /** Before the first retry, in milliseconds; doubled with each, up to `retryMaxMs`. Default 100. */
  readonly retryFirstMs?: number | undefined;
  /** Default 30,000. */
  readonly retryMaxMs?: number | undefined;
}

type Handle = (portion: Portion) => Promise<void>;

export class Handlers {
  readonly #options: RunOptions;
  readonly #deliveries: Deliveries;
  readonly #logger: Logger;
  readonly #handle: Handle;
  readonly #concurrency: number;
  readonly #retry: { readonly firstMs: number; readonly maxMs: number };

  /** Throws INVALID_REQUEST. */
  constructor(options: RunOptions, deliveries: Deliveries, logger: Logger) {
    const { eachRecord, eachBatch } = options;
    this.#options = options;
    this.#deliveries = deliveries;
    this.#logger = logger;
    this.#concurrency = bounded('concurrency', options.concurrency ?? 1, 1, 10_000);
    const firstMs = bounded('retryFirstMs', options.retryFirstMs ?? 100, 1, 2 ** 31 - 1);
    this.#retry = {
      firstMs,
      maxMs: bounded('retryMaxMs', options.retryMaxMs ?? 30_000, firstMs, 2 ** 31 - 1),
    };
    if (eachRecord !== undefined && eachBatch === undefined) {
      this.#handle = (portion) => this.#records(portion, eachRecord);
    } else if (eachBatch !== undefined && eachRecord === undefined) {
      this.#handle = (portion) => this.#batch(portion, eachBatch);
    } else {
      throw millraceError('INVALID_REQUEST', 'either eachRecord or eachBatch is to be given');
    }
  }

  /** Resolves once nothing more comes and nothing is in hand. Rejects with what ended it. */
  async run(): Promise<void> {
    const workers = Array.from({ length: this.#concurrency }, () => this.#work());
    const results = await Promise.allSettled(workers);
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
  }

  async #work(): Promise<void> {
    for (;;) {
      const portion = await this.#deliveries.take();
      if (portion === undefined) return;
      try {
        await this.#handle(portion);
      } catch (error) {
        const failure = error instanceof Error ? error : new Error(String(error));
        this.#deliveries.finish(failure);
        throw failure;
      } finally {
        portion.release();
        this.#deliveries.serve();
      }
    }
  }

  async #records(
    portion: Portion,
    eachRecord: NonNullable<RunOptions['eachRecord']>,
  ): Promise<void> {
    const { signal } = portion.owned;
    for (let record = portion.next(); record !== undefined; record = portion.next()) {
      try {
        await eachRecord(record, { signal });
      } catch (error) {
        if ((await this.#failed(portion, record, error)) === 'retry') return;
      }
      // Before the next is asked for: it counts even if that is none.
      portion.handledTaken();
    }
  }

  async #batch(portion: Portion, eachBatch: NonNullable<RunOptions['eachBatch']>): Promise<void> {
    const [first] = portion.all.records;
    if (first === undefined || !portion.owned.isDeliverable) return;
    try {
      await eachBatch(portion.all, { signal: portion.owned.signal });
    } catch (error) {
      if ((await this.#failed(portion, first, error)) === 'retry') return;
    }
    portion.handledWhole();
  }

  /** Throws what the handler threw, to stop. */
  async #failed(
    portion: Portion,
    record: ConsumedRecord,
    error: unknown,
  ): Promise<'retry' | 'skip'> {
    const { owned } = portion;
    const { onError = 'retry' } = this.#options;
    const { topic, partition } = owned;
    const attempt = owned.failures + 1;
    const failure = { topic, partition, error, record, attempt };
    const verdict = typeof onError === 'function' ? await onError(failure) : onError;
    if (verdict === 'stop') throw error;
    this.#logger.warn(`${partitionName(owned)}/${record.offset} failed: ${String(error)}`, {
      attempt,
      verdict,
    });
    if (verdict === 'skip') return 'skip';
    owned.failures = attempt;
    owned.retryAtMs = performance.now() + backoffMs(attempt, Math.random(), 0, this.#retry);
    return 'retry';
  }
}
