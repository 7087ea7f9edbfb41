/** Opens batches, turns them into bytes, and cuts what has become too large for its topic. */
import { splitBatch } from './batchSplit.ts';
import { BuilderPool } from './builderPool.ts';
import type { DeliveryLedger } from './deliveryLedger.ts';
import type { PartitionLane } from './partitionLane.ts';
import { type BatchFields, ProducerBatch } from './producerBatch.ts';
import type { ProducerSettings } from './producerOptions.ts';

export class BatchSealer {
  readonly #fields: BatchFields;
  readonly #ledger: DeliveryLedger;
  readonly #builders = new BuilderPool();

  constructor(settings: ProducerSettings, ledger: DeliveryLedger) {
    const { compression, compressionLevel, idempotence } = settings;
    // Whose it is and its place are under the CRC, and known when it is sent.
    const crc = idempotence === 'on' ? 'later' : 'now';
    this.#fields = { compression, compressionLevel, crc };
    this.#ledger = ledger;
  }

  open(lane: PartitionLane, nowMs: number): ProducerBatch {
    const builder = this.#builders.take(lane.lastBatchBytes);
    const batch = new ProducerBatch(lane.topic, lane.partition, nowMs, builder);
    lane.open = batch;
    this.#ledger.open(batch);
    return batch;
  }

  /** Puts the open batch, if there is one, behind the sealed ones. Batches of a lane are sealed in their order. */
  seal(lane: PartitionLane): void {
    const batch = lane.open;
    if (batch === undefined) return;
    lane.open = undefined;
    lane.openIsDue = false;
    lane.lastBatchBytes = batch.sizeBytes;
    const builder = batch.seal(this.#fields);
    if (builder !== undefined) this.#builders.give(builder);
    this.#ledger.hold(batch, batch.sizeBytes);
    lane.sealed.push(batch);
  }

  /** The broker has the batch and nobody needs its bytes any more. */
  recycle(batch: ProducerBatch): void {
    // An earlier attempt may still lie in the queues of a connection that broke.
    if (batch.attempts === 1) this.#builders.recycle(batch.bytes);
  }

  /** Two batches in place of one of at least two records. */
  split(batch: ProducerBatch): readonly ProducerBatch[] {
    const parts = splitBatch(batch, this.#fields, this.#builders);
    this.#ledger.replace(batch, parts);
    return parts;
  }
}
