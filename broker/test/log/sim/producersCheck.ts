import { readBatchHeader } from '@millrace/core/batchHeader';
import type { RememberedProducer } from '../../../src/log/producers/producerState.ts';
import type { StampedBatch } from './batchSource.ts';
import { mustHold } from './simViolation.ts';

const REMEMBERED = 5;

/**
 * What a log remembers of its producers against what its batches say (safety.md, rule 15): the last five of each that are
 * in the log, and before these only what retention has taken.
 */
export function checkProducers(
  name: string,
  producers: readonly RememberedProducer[],
  batches: readonly StampedBatch[],
  start: number,
): void {
  const expected = new Map<number, string[]>();
  for (const { base, bytes } of batches) {
    const { producerId, baseSequence } = readBatchHeader(bytes, 0);
    if (producerId < 0 || base < start) continue;
    const known = expected.get(producerId) ?? [];
    expected.set(producerId, [...known, `${baseSequence} at ${base}`].slice(-REMEMBERED));
  }
  const found = new Map<number, string[]>();
  for (const { producerId, batches: remembered } of producers) {
    const inLog = remembered.filter(({ baseOffset }) => baseOffset >= start);
    const texts = inLog.map((batch) => `${batch.firstSequence} at ${batch.baseOffset}`);
    if (texts.length > 0) found.set(producerId, texts);
  }
  for (const producerId of new Set([...expected.keys(), ...found.keys()])) {
    const wanted = expected.get(producerId)?.join();
    const known = found.get(producerId)?.join();
    mustHold(
      wanted === known,
      () => `${name}: producer ${producerId} wrote ${wanted}, the log remembers ${known}`,
    );
  }
}

/**
 * The same of a log that may be compacted: the last batch of each producer is remembered. `batches`: of before compaction.
 */
export function checkLastBatches(
  name: string,
  producers: readonly RememberedProducer[],
  batches: readonly StampedBatch[],
  start: number,
): void {
  const last = new Map<number, number>();
  for (const { base, bytes } of batches) {
    const { producerId, baseSequence } = readBatchHeader(bytes, 0);
    if (producerId >= 0 && baseSequence >= 0 && base >= start) last.set(producerId, base);
  }
  const known = new Map(producers.map((one) => [one.producerId, one.batches.at(-1)?.baseOffset]));
  for (const [producerId, base] of last) {
    mustHold(
      known.get(producerId) === base,
      () =>
        `${name}: producer ${producerId} wrote at ${base}, the log says ${known.get(producerId)}`,
    );
  }
}
