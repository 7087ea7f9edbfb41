/**
 * A sealed batch as two smaller ones: the topic's limit was lowered after it was built. The halves keep the records,
 * their order, their sequences and who waits for them.
 */
import { readBatchHeader, SEQUENCES } from '@millrace/core/batchHeader';
import { decodeRecords } from '@millrace/core/batchReader';
import type { BuilderPool } from './builderPool.ts';
import { type BatchFields, ProducerBatch } from './producerBatch.ts';

/** Own bytes: whatever they decompress to was in memory before. */
const DECOMPRESSED_BYTES_MAX = 1024 * 1024 * 1024;

export function splitBatch(
  batch: ProducerBatch,
  fields: BatchFields,
  builders: BuilderPool,
): [ProducerBatch, ProducerBatch] {
  const { bytes, topic, partition, createdMs } = batch;
  const header = readBatchHeader(bytes, 0);
  const records = decodeRecords(bytes, 0, header, { maxBytes: DECOMPRESSED_BYTES_MAX });
  const middle = records.length >> 1;
  const half = (from: number, to: number): ProducerBatch => {
    const part = new ProducerBatch(topic, partition, createdMs, builders.take(batch.sizeBytes / 2));
    for (const { timestamp, key, value, headers } of records.slice(from, to)) {
      part.append(timestamp, key, value, headers, undefined);
    }
    const builder = part.seal(fields);
    if (builder !== undefined) builders.give(builder);
    return part;
  };
  const halves: [ProducerBatch, ProducerBatch] = [half(0, middle), half(middle, records.length)];
  const { place } = batch;
  if (place !== undefined) {
    const { run, stamp } = place;
    const baseSequence = (stamp.baseSequence + middle) % SEQUENCES;
    halves[0].stamp(place);
    halves[1].stamp({ run, stamp: { ...stamp, baseSequence } });
  }
  return halves;
}
