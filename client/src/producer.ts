/**
 * Appends records to topics: batches them per partition, sends the batches to the leaders, tells each record's fate.
 *
 * Records of one partition keep their order. Memory is bounded by bufferBytesMax. A batch that may have been applied is
 * sent again as it was, for the leader to recognize (safety.md, rule 15); without idempotence only one that certainly was
 * not (or retryUnknown allows more), and that nothing behind it has overtaken.
 */
import { type MillraceError, millraceError } from '@millrace/core/errors';
import { AppendTurn } from './appendTurn.ts';
import { ByteBudget } from './byteBudget.ts';
import { BatchSealer } from './batchSealer.ts';
import { DeliveryLedger } from './deliveryLedger.ts';
import type { DataConnector } from './dataConnector.ts';
import type { Logger } from './logger.ts';
import type { MetadataCache } from './metadataCache.ts';
import { LaneRouter } from './laneRouter.ts';
import type { ProducerIdentity } from './producerIdentity.ts';
import type { ProducerOptions, ProducerSettings } from './producerOptions.ts';
import { producerSettings } from './producerOptions.ts';
import type { Delivery, DeliveryCallback, ProducerRecord } from './producerRecord.ts';
import { TopicWriter } from './topicWriter.ts';

export interface ProducerContext {
  readonly metadata: MetadataCache;
  readonly connector: DataConnector;
  readonly identity: ProducerIdentity;
  readonly logger: Logger;
  readonly onClosed: (producer: Producer) => void;
}

export class Producer {
  readonly #settings: ProducerSettings;
  readonly #context: ProducerContext;
  readonly #budget: ByteBudget;
  readonly #turn = new AppendTurn();
  readonly #ledger: DeliveryLedger;
  readonly #sealer: BatchSealer;
  readonly #router: LaneRouter;
  readonly #topics = new Map<string, TopicWriter>();
  #closed = false;
  #fenced: MillraceError | undefined;

  /** Throws INVALID_REQUEST where an option is out of its bounds. */
  constructor(context: ProducerContext, options: ProducerOptions = {}) {
    this.#settings = producerSettings(options);
    this.#context = context;
    this.#budget = new ByteBudget(this.#settings.bufferBytesMax);
    this.#ledger = new DeliveryLedger(this.#budget, this.#settings.onBatch);
    this.#sealer = new BatchSealer(this.#settings, this.#ledger);
    this.#router = new LaneRouter({
      ...context,
      settings: this.#settings,
      ledger: this.#ledger,
      sealer: this.#sealer,
      fenced: (error) => this.#stop(error),
      writers: {
        learned: (metadata) => this.#topics.get(metadata.name)?.resolve(metadata),
        notLearned: (topic, error) => this.#topics.get(topic)?.unresolved(error),
        dormant: (topic) => this.#topics.get(topic)?.doze(),
      },
    });
  }

  /** Bytes that it holds now. */
  get bufferedBytes(): number {
    return this.#budget.usedBytes;
  }

  /**
   * Resolves once the record is acknowledged; waits first while the buffer is full. Rejects with MillraceError, whose
   * `outcome` tells whether the record may be in the log all the same. With PRODUCER_FENCED, of which all records fail from
   * then on, somebody else writes with this producer's id.
   */
  send(record: ProducerRecord): Promise<Delivery> {
    return new Promise((resolve, reject) => {
      const callback: DeliveryCallback = (error, delivery) => {
        if (error === undefined) resolve(delivery);
        else reject(error);
      };
      const append = (): void => {
        try {
          this.#append(record, callback);
        } catch (error) {
          reject(error);
        }
      };
      if (this.#budget.isFull || this.#budget.hasWaiting) this.#budget.whenRoom(append);
      else append();
    });
  }

  /**
   * The cheap form of send(). The record is copied, so that its buffers may be used again. False: append no more before
   * ready(), because the buffer is full or the event loop must turn to send what is in it. Without callback and onBatch
   * an error surfaces in flush().
   *
   * Throws BUFFER_FULL if the buffer was full before, RECORD_TOO_LARGE, UNKNOWN_PARTITION, INVALID_TIMESTAMP and
   * INVALID_RECORD (a header of a reserved name), all `not-applied`; what the topic has to be asked for first (its limits
   * at the beginning, a partition that it had not yet) the callback is told. Overtakes send()s that wait for room.
   */
  append(record: ProducerRecord, callback?: DeliveryCallback): boolean {
    if (this.#budget.isFull) {
      throw millraceError(
        'BUFFER_FULL',
        `${this.#budget.usedBytes} bytes are buffered, bufferBytesMax is ${this.#budget.maxBytes}`,
      );
    }
    this.#append(record, callback);
    return !this.#budget.isFull && !this.#turn.isSpent;
  }

  /** Resolves when append() may be called again. */
  ready(): Promise<void> {
    return new Promise((resolve) => {
      this.#turn.whenNext(() => this.#budget.whenRoom(resolve));
    });
  }

  /**
   * Sends what is open and waits until every record appended so far is acknowledged or has failed. Throws the first
   * error since the last call that no callback, promise or onBatch was told of.
   */
  async flush(): Promise<void> {
    await Promise.all([...this.#topics.values()].map((topic) => topic.resolved()));
    for (const topic of this.#topics.values()) {
      for (const lane of topic.lanes) this.#router.flush(lane);
    }
    await this.#ledger.settled();
  }

  /** Flushes and disconnects. Records that are not acknowledged within `timeoutMs` fail. */
  async close(options: { readonly timeoutMs?: number | undefined } = {}): Promise<void> {
    if (this.#closed) return;
    const timeoutMs = options.timeoutMs ?? this.#settings.deliveryTimeoutMs;
    const timer = setTimeout(() => this.#abandon(timeoutMs), timeoutMs);
    try {
      const flushed = this.flush();
      this.#closed = true;
      this.#budget.openForAll();
      await flushed;
    } finally {
      clearTimeout(timer);
      this.#router.close();
      this.#context.onClosed(this);
    }
  }

  #append(record: ProducerRecord, callback: DeliveryCallback | undefined): void {
    if (this.#closed) {
      throw millraceError('CANCELLED', 'the producer is closed', { outcome: 'not-applied' });
    }
    if (this.#fenced !== undefined) throw unsent(this.#fenced);
    let topic = this.#topics.get(record.topic);
    if (topic === undefined) {
      topic = new TopicWriter(record.topic, {
        settings: this.#settings,
        budget: this.#budget,
        ledger: this.#ledger,
        sealer: this.#sealer,
        router: this.#router,
      });
      this.#topics.set(record.topic, topic);
      this.#router.prepare();
      this.#resolve(topic);
    }
    topic.append(record, callback, this.#turn.take());
  }

  #resolve(topic: TopicWriter): void {
    this.#context.metadata.current(topic.name).then(
      (metadata) => topic.resolve(metadata),
      (thrown: unknown) => {
        this.#topics.delete(topic.name);
        topic.unresolved(thrown as MillraceError);
      },
    );
  }

  /** Nothing of this producer is taken any more. */
  #stop(error: MillraceError): void {
    if (this.#fenced !== undefined) return;
    this.#fenced = error;
    for (const topic of this.#topics.values()) topic.reject(unsent(error));
    // What is in flight may be in the log all the same.
    this.#router.abandon(millraceError(error.code, error.message, { outcome: 'unknown' }));
  }

  #abandon(timeoutMs: number): void {
    const error = millraceError('CANCELLED', `not acknowledged within ${timeoutMs} ms of close()`);
    for (const topic of this.#topics.values()) topic.reject(error);
    this.#router.abandon(error);
  }
}

function unsent({ code, message }: MillraceError): MillraceError {
  return millraceError(code, message, { outcome: 'not-applied' });
}
