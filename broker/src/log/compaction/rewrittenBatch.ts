import {
  ATTRIBUTE_COMPRESSION,
  ATTRIBUTE_DELETE_HORIZON,
  BATCH_CRC_AT,
  BATCH_CRC_FROM,
  BATCH_HEADER_BYTES,
  BATCH_LENGTH_OVERHEAD_BYTES,
  type BatchHeader,
  writeInt64,
} from '@millrace/core/batchHeader';
import { compress, compressNow } from '@millrace/core/compression';
import { crc32cOfRange } from '@millrace/core/crc32c';
import { sizeOfVarlong, writeVarint, writeVarlong } from '@millrace/core/varint';
import { RecordScan } from './recordScan.ts';
import type { WorkSlices } from './workSlices.ts';

/** What is larger goes through the thread pool. */
const COMPRESSED_NOW_BYTES_MAX = 64 << 10;
/** Between looks at the clock. */
const RECORDS_PER_LOOK = 256;

/** What stays of a batch: its section, decompressed, and ranges of whole records in it. */
export interface KeptRecords {
  readonly section: Buffer;
  /** Where each range begins and ends, in turn. */
  readonly ranges: readonly number[];
  readonly count: number;
  /** Of the records that stay, milliseconds since 1970. */
  readonly maxTimestamp: number;
}

/**
 * The batch with the records that stay, at the offsets that they had: base offset, last offset delta, epoch, producer and
 * sequence are those of the batch. `horizonMs`: from when on its tombstones may go, if that is to be written into it
 * (bit 6 of the attributes; the base timestamp is that time, and what records say of theirs is relative to it).
 */
export async function rewrittenBatch(
  batch: Buffer,
  header: BatchHeader,
  kept: KeptRecords,
  { horizonMs, slices }: { readonly horizonMs: number | undefined; readonly slices: WorkSlices },
): Promise<Buffer> {
  const records =
    horizonMs === undefined ? joined(kept) : await rebased(header, kept, horizonMs, slices);
  const stored =
    records.length > COMPRESSED_NOW_BYTES_MAX
      ? await compress(header.compression, records)
      : compressNow(header.compression, records);
  const rewritten = Buffer.allocUnsafeSlow(BATCH_HEADER_BYTES + stored.length);
  batch.copy(rewritten, 0, 0, BATCH_HEADER_BYTES);
  stored.copy(rewritten, BATCH_HEADER_BYTES);
  if (horizonMs !== undefined) {
    rewritten.writeInt16BE(header.attributes | ATTRIBUTE_DELETE_HORIZON, 21);
    writeInt64(rewritten, 27, horizonMs);
  }
  writeInt64(rewritten, 35, kept.maxTimestamp);
  rewritten.writeInt32BE(kept.count, 57);
  return sealed(rewritten);
}

/** Nothing stays but what it says of its producer (safety.md, rules 15, 24). */
export function emptiedBatch(batch: Buffer, header: BatchHeader): Buffer {
  const emptied = Buffer.allocUnsafeSlow(BATCH_HEADER_BYTES);
  batch.copy(emptied, 0, 0, BATCH_HEADER_BYTES);
  emptied.writeInt16BE(header.attributes & ~ATTRIBUTE_COMPRESSION, 21);
  emptied.writeInt32BE(0, 57);
  return sealed(emptied);
}

function sealed(batch: Buffer): Buffer {
  batch.writeInt32BE(batch.length - BATCH_LENGTH_OVERHEAD_BYTES, 8);
  batch.writeUInt32BE(crc32cOfRange(batch, BATCH_CRC_FROM, batch.length), BATCH_CRC_AT);
  return batch;
}

/** As they are: what a record says is relative to its batch. */
function joined({ section, ranges }: KeptRecords): Buffer {
  let bytes = 0;
  for (let at = 0; at < ranges.length; at += 2) bytes += (ranges[at + 1] ?? 0) - (ranges[at] ?? 0);
  const records = Buffer.allocUnsafe(bytes);
  let to = 0;
  for (let at = 0; at < ranges.length; at += 2) {
    to += section.copy(records, to, ranges[at], ranges[at + 1]);
  }
  return records;
}

/** With timestamps relative to another base. */
async function rebased(
  header: BatchHeader,
  kept: KeptRecords,
  baseMs: number,
  slices: WorkSlices,
): Promise<Buffer> {
  const { section, ranges, count } = kept;
  // A length and a timestamp of five and ten bytes at most.
  const records = Buffer.allocUnsafe(section.length + count * 15);
  const scan = new RecordScan(section, header.recordCount);
  let range = 0;
  let at = 0;
  for (let looked = 0; scan.next(); looked++) {
    if (looked % RECORDS_PER_LOOK === RECORDS_PER_LOOK - 1 && slices.isOver) await slices.rest();
    while (range < ranges.length && (ranges[range + 1] ?? 0) <= scan.from) range += 2;
    if (range >= ranges.length) break;
    if (scan.from < (ranges[range] ?? 0)) continue;
    const delta = header.baseTimestamp + scan.timestampDelta - baseMs;
    const attributes = section[scan.restFrom - sizeOfVarlong(scan.timestampDelta) - 1] ?? 0;
    const restBytes = scan.to - scan.restFrom;
    at = writeVarint(records, at, 1 + sizeOfVarlong(delta) + restBytes);
    records[at++] = attributes;
    at = writeVarlong(records, at, delta);
    at += section.copy(records, at, scan.restFrom, scan.to);
  }
  return records.subarray(0, at);
}
