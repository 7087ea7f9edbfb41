/** Batches as records: checksums compared, control batches and what was not asked for left out. */
import {
  BATCH_CRC_FROM,
  type BatchHeader,
  endOffset,
  readBatchHeader,
} from '@millrace/core/batchHeader';
import { decompressedSection, SectionReader } from '@millrace/core/batchReader';
import { crc32cOfRange } from '@millrace/core/crc32c';
import { millraceError } from '@millrace/core/errors';
import type { DecodedRecord } from '@millrace/core/record';
import type { ConsumedRecord, ConsumedRecords } from './consumedRecord.ts';
import type { ConsumeSettings } from './consumeOptions.ts';
import type { FetchedBatches } from './partitionCursor.ts';

/**
 * In one part at most. Few enough that most are garbage again before the collector has to move them; enough that the
 * cost of handing out does not count.
 */
const PART_RECORDS = 1024;

/**
 * In parts, each decoded when it is asked for, since 1 MiB of compressed batches may hold hundreds. No part is empty,
 * and none has records of two compressed batches.
 *
 * Throws CORRUPT_BATCH, RECORD_TOO_LARGE (decompressed beyond batchBytesMax), UNSUPPORTED_COMPRESSION.
 */
export async function* decodeFetched(
  fetched: FetchedBatches,
  settings: ConsumeSettings,
): AsyncGenerator<ConsumedRecords, void> {
  const { partition, fromOffset, highWatermark } = fetched;
  const { topic } = settings;
  const limits = { maxBytes: settings.batchBytesMax };
  let records: ConsumedRecord[] = [];
  let nextOffset = fromOffset;
  const part = (): ConsumedRecords => {
    const taken = { topic, partition, records, nextOffset, highWatermark };
    records = [];
    return taken;
  };
  for (const batches of fetched.batches) {
    for (let at = 0; at < batches.length; ) {
      const header = checkedHeader(batches, at, partition, settings);
      if (isWanted(header, fetched)) {
        if (header.compression !== 'none' && records.length > 0) yield part();
        const section = await decompressedSection(batches, at, header, limits);
        const reader = new SectionReader(section, header);
        for (let record = reader.next(); record !== undefined; record = reader.next()) {
          const { offset } = record;
          if (offset < fromOffset || offset >= fetched.endOffset) continue;
          records.push(consumed(record, header, fetched, topic));
          if (records.length < PART_RECORDS) continue;
          nextOffset = offset + 1;
          yield part();
        }
        nextOffset = endOffset(header);
        if (header.compression !== 'none' && records.length > 0) yield part();
      }
      at += header.sizeBytes;
    }
  }
  nextOffset = fetched.nextOffset;
  if (records.length > 0) yield part();
}

/** Control batches are for readers of transactions. */
function isWanted(header: BatchHeader, { fromOffset, endOffset: end }: FetchedBatches): boolean {
  return !header.isControl && header.baseOffset < end && endOffset(header) > fromOffset;
}

function consumed(
  { offset, timestamp, key, value, headers }: DecodedRecord,
  { leaderEpoch }: BatchHeader,
  { partition }: FetchedBatches,
  topic: string,
): ConsumedRecord {
  return { topic, partition, offset, timestampMs: timestamp, key, value, headers, leaderEpoch };
}

function checkedHeader(
  batches: Buffer,
  at: number,
  partition: number,
  { checksums }: ConsumeSettings,
): BatchHeader {
  const header = readBatchHeader(batches, at);
  const { baseOffset, sizeBytes } = header;
  if (sizeBytes > batches.length - at) throw corrupt(partition, baseOffset, 'it is cut off');
  if (checksums === 'verify') {
    const crc = crc32cOfRange(batches, at + BATCH_CRC_FROM, at + sizeBytes);
    if (crc !== header.crc) throw corrupt(partition, baseOffset, 'its CRC-32C does not match');
  }
  return header;
}

function corrupt(partition: number, baseOffset: number, what: string): Error {
  return millraceError(
    'CORRUPT_BATCH',
    `partition ${partition}, batch at offset ${baseOffset}: ${what}`,
  );
}
