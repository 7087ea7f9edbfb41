import { readBatchHeader } from '@millrace/core/batchHeader';
import { decodeRecords } from '@millrace/core/batchReader';
import type { StampedBatch } from './batchSource.ts';
import type { CopyModel } from './copyModel.ts';
import { mustHold } from './simViolation.ts';

interface ModelRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string;
  /** null: a tombstone. */
  readonly value: string | null;
}

const decoded = new WeakMap<Buffer, readonly ModelRecord[]>();

/** Of a batch of data; of a control batch none. */
export function recordsOf({ bytes }: StampedBatch): readonly ModelRecord[] {
  const known = decoded.get(bytes);
  if (known !== undefined) return known;
  const header = readBatchHeader(bytes, 0);
  const records = header.isControl
    ? []
    : decodeRecords(bytes, 0, header, { maxBytes: 1 << 24 }).map((record) => ({
        offset: record.offset,
        timestamp: record.timestamp,
        key: record.key?.toString('latin1') ?? '',
        value: record.value === null ? null : record.value.toString('latin1'),
      }));
  decoded.set(bytes, records);
  return records;
}

/** Whether compaction may have made `found` of `batch`: the same place, epoch and producer, and records of it. */
export function isMadeOf(found: StampedBatch, batch: StampedBatch): boolean {
  if (found.bytes.equals(batch.bytes)) return true;
  if (found.base !== batch.base || found.end !== batch.end || found.epoch !== batch.epoch) {
    return false;
  }
  const header = readBatchHeader(found.bytes, 0);
  const before = readBatchHeader(batch.bytes, 0);
  if (header.isControl || before.isControl) return false;
  if (
    header.producerId !== before.producerId ||
    header.producerEpoch !== before.producerEpoch ||
    header.baseSequence !== before.baseSequence ||
    header.maxTimestamp > before.maxTimestamp
  ) {
    return false;
  }
  const records = new Map(recordsOf(batch).map((record) => [record.offset, record]));
  return recordsOf(found).every(({ offset, timestamp, key, value }) => {
    const record = records.get(offset);
    return record?.timestamp === timestamp && record.key === key && record.value === value;
  });
}

/** What was read of a log, from the batch that holds `from` up to `to`. */
export interface ReadRange {
  readonly from: number;
  readonly to: number;
  readonly found: readonly StampedBatch[];
  /** Where the log begins. */
  readonly start: number;
  /** Tombstones below may be gone for good. */
  readonly removedBelow: number;
}

/**
 * What compaction has left against what was there: true records at their offsets, of each key the latest that is
 * committed, all control batches, and everything that was never committed (safety.md, rule 24).
 */
export function checkCompacted(model: CopyModel, range: ReadRange): void {
  const { from, to, found, start } = range;
  const byBase = new Map(found.map((batch) => [batch.base, batch]));
  for (const batch of model.between(from, to)) {
    const left = byBase.get(batch.base);
    byBase.delete(batch.base);
    const mustStay = batch.end > model.committedMost || readBatchHeader(batch.bytes, 0).isControl;
    mustHold(
      left === undefined ? !mustStay : isMadeOf(left, batch),
      () => `${model.name}: the batch at ${batch.base} is ${left ? 'another one' : 'gone'}`,
    );
    mustHold(
      !mustStay || left?.bytes.equals(batch.bytes) === true,
      () => `${model.name}: the batch at ${batch.base} was compacted, and must not be`,
    );
  }
  for (const base of byBase.keys()) {
    mustHold(base < start || base < from, () => `${model.name}: an unexpected batch at ${base}`);
  }
  checkLatest(model, range);
}

function checkLatest(model: CopyModel, { from, to, found, start, removedBelow }: ReadRange): void {
  const present = new Set(found.flatMap((batch) => recordsOf(batch).map(({ offset }) => offset)));
  for (const [key, { offset, value }] of latestCommitted(model, start)) {
    if (offset < from || offset >= to || present.has(offset)) continue;
    mustHold(
      value === null,
      () => `${model.name}: ${offset} is the latest record of ${key}, and is gone`,
    );
    mustHold(
      offset < removedBelow && !model.keepsTombstones,
      () =>
        `${model.name}: the tombstone of ${key} at ${offset} is gone, up to ${removedBelow} may be`,
    );
    const older = found
      .flatMap(recordsOf)
      .find((record) => record.key === key && record.offset < offset && record.offset >= start);
    mustHold(
      older === undefined,
      () => `${model.name}: ${key} was deleted at ${offset}, and is at ${older?.offset} again`,
    );
  }
}

/** Of each key, below what was committed at most. */
export function latestCommitted(model: CopyModel, start: number): Map<string, ModelRecord> {
  const latest = new Map<string, ModelRecord>();
  for (const batch of model.batches) {
    if (batch.base >= model.committedMost) break;
    for (const record of recordsOf(batch)) {
      if (record.offset >= start) latest.set(record.key, record);
    }
  }
  return latest;
}
