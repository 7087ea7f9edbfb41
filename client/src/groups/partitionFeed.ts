/**
 * Reads one partition from its leader into a bounded queue of its own. What is not taken holds up this partition's stream
 * and no other's.
 */
import type { MillraceError } from '@millrace/core/errors';
import { type ConsumeSettings, consumeSettings } from '../consumeOptions.ts';
import { FetchRouter } from '../fetchRouter.ts';
import { Fifo } from '../fifo.ts';
import type { Logger } from '../logger.ts';
import type { MetadataCache, TopicMetadata } from '../metadataCache.ts';
import { type FetchedBatches, PartitionCursor } from '../partitionCursor.ts';
import type { ConsumerOptions } from './consumerOptions.ts';
import type { SharedConnections } from './sharedConnections.ts';

/** Leaders are looked for as long as the partition is owned. */
const UNREACHABLE_MS_MAX = 2 ** 32 - 1;

export interface PartitionFeedContext {
  readonly options: ConsumerOptions;
  readonly metadata: MetadataCache;
  readonly connections: SharedConnections;
  readonly logger: Logger;
  /** Bytes that this partition may hold. */
  readonly bytesMax: () => number;
  readonly onReady: () => void;
  /** It is not read any more. */
  readonly onFailed: (error: MillraceError) => void;
}

export class PartitionFeed {
  readonly settings: ConsumeSettings;
  readonly #context: PartitionFeedContext;
  readonly #router: FetchRouter;
  readonly #queue = new Fifo<FetchedBatches>();
  #bytes = 0;
  #isHeld = false;

  constructor(
    context: PartitionFeedContext,
    topic: TopicMetadata,
    partition: number,
    offset: number,
  ) {
    const { options, metadata, connections, logger } = context;
    this.#context = context;
    this.settings = consumeSettings({
      topic: topic.name,
      messageBytesMax: options.messageBytesMax,
      batchBytesMax: options.batchBytesMax,
      onOutOfRange: options.onOutOfRange ?? 'earliest',
      verifyChecksums: options.verifyChecksums,
      unreachableMsMax: UNREACHABLE_MS_MAX,
    });
    this.#router = new FetchRouter({
      topicId: topic.topicId,
      settings: this.settings,
      metadata,
      connector: connections,
      logger,
      owner: {
        fetched: (batches) => this.#fetched(batches),
        completed: () => {},
        failed: (error) => context.onFailed(error),
        learned: () => {},
      },
    });
    const cursor = new PartitionCursor(partition, { offset }, undefined, 'follow');
    void this.#router.open([cursor], topic);
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  take(): FetchedBatches | undefined {
    const batches = this.#queue.shift();
    if (batches === undefined) return undefined;
    this.#bytes -= batches.bytes;
    if (this.#isHeld && this.#bytes <= this.#context.bytesMax() / 2) {
      this.#isHeld = false;
      this.#router.resume();
    }
    return batches;
  }

  close(): void {
    this.#router.close();
    this.#queue.takeAll();
    this.#bytes = 0;
  }

  #fetched(batches: FetchedBatches): void {
    this.#queue.push(batches);
    this.#bytes += batches.bytes;
    if (!this.#isHeld && this.#bytes >= this.#context.bytesMax()) {
      this.#isHeld = true;
      this.#router.pause();
    }
    this.#context.onReady();
  }
}
