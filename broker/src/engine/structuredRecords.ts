/**
 * Records of simple clients into batches: which partition each goes to, and batches within the topic's limit.
 */
import { encodeBatch, encodedRecordBytes, type ProducerStamp } from '@millrace/core/batchWriter';
import type { RecordInput } from '@millrace/core/record';
import { BATCH_HEADER_BYTES } from '@millrace/core/batchHeader';
import { millraceError } from '@millrace/core/errors';
import { partitionForKey } from '@millrace/core/murmur2';

/** The records of one request that go to one partition. */
export interface RecordShare {
  readonly partition: number;
  /** Indexes into the request's records, in their order. */
  readonly indexes: number[];
  readonly records: RecordInput[];
}

/**
 * A keyed record goes where existing clients put its key; those without a key go together to `stickyPartition`.
 * A given `partition` takes all.
 */
export function sharesOf(
  records: readonly RecordInput[],
  partition: number | undefined,
  partitionCount: number,
  stickyPartition: () => number,
): RecordShare[] {
  if (partition !== undefined) {
    return [{ partition, indexes: records.map((_, index) => index), records: [...records] }];
  }
  const shares = new Map<number, RecordShare>();
  let sticky: number | undefined;
  for (const [index, record] of records.entries()) {
    let target: number;
    if (record.key != null) {
      target = partitionForKey(record.key, partitionCount);
    } else {
      sticky ??= stickyPartition();
      target = sticky;
    }
    let share = shares.get(target);
    if (share === undefined) {
      share = { partition: target, indexes: [], records: [] };
      shares.set(target, share);
    }
    share.indexes.push(index);
    share.records.push(record);
  }
  return [...shares.values()];
}

/** Throws RECORD_TOO_LARGE if one record alone exceeds `batchBytesMax`. */
export function batchesOf(records: readonly RecordInput[], batchBytesMax: number): Buffer {
  const batches: Buffer[] = [];
  let group: RecordInput[] = [];
  let groupBytes = BATCH_HEADER_BYTES;
  for (const [index, record] of records.entries()) {
    const bytes = encodedRecordBytes(record);
    if (BATCH_HEADER_BYTES + bytes > batchBytesMax) {
      throw millraceError(
        'RECORD_TOO_LARGE',
        `record ${index} takes ${BATCH_HEADER_BYTES + bytes} bytes, batchBytesMax is ${batchBytesMax}`,
      );
    }
    if (groupBytes + bytes > batchBytesMax) {
      batches.push(encodeBatch(group));
      group = [];
      groupBytes = BATCH_HEADER_BYTES;
    }
    group.push(record);
    groupBytes += bytes;
  }
  if (group.length > 0) batches.push(encodeBatch(group));
  return batches.length === 1 && batches[0] !== undefined ? batches[0] : Buffer.concat(batches);
}

/** One batch in its place among its producer's records (safety.md, rule 15). Throws RECORD_TOO_LARGE. */
export function sequencedBatchOf(
  records: readonly RecordInput[],
  stamp: ProducerStamp,
  batchBytesMax: number,
): Buffer {
  const batch = encodeBatch(records, stamp);
  if (batch.length <= batchBytesMax) return batch;
  throw millraceError(
    'RECORD_TOO_LARGE',
    `${records.length} records of a producer with sequences are one batch of ${batch.length} bytes, batchBytesMax is ${batchBytesMax}`,
  );
}
