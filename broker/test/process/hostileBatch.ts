/** Record batches that a broker must refuse, each otherwise valid. */
import {
  ATTRIBUTE_LOG_APPEND_TIME,
  BATCH_CRC_AT,
  BATCH_CRC_FROM,
  BATCH_HEADER_BYTES,
} from '@millrace/core/batchHeader';
import { type BatchOptions, encodeBatch } from '@millrace/core/batchWriter';
import { crc32cOfRange } from '@millrace/core/crc32c';
import type { ErrorCode } from '@millrace/core/errors';

export interface HostileBatch {
  readonly what: string;
  readonly batches: Buffer;
  readonly codes: readonly ErrorCode[];
}

const RECORDS = ['a', 'b', 'c'].map((key) => ({ key, value: 'v'.repeat(40), timestamp: 1000 }));

export function goodBatch(options: BatchOptions = {}): Buffer {
  return encodeBatch(RECORDS, options);
}

/** With its checksum made right again after `change`. */
export function sealed(batch: Buffer, change: (batch: Buffer) => void): Buffer {
  change(batch);
  batch.writeUInt32BE(crc32cOfRange(batch, BATCH_CRC_FROM, batch.length), BATCH_CRC_AT);
  return batch;
}

function attributes(bits: number): Buffer {
  return sealed(goodBatch(), (batch) => batch.writeInt16BE(bits, 21));
}

function changed(change: (batch: Buffer) => void): Buffer {
  const batch = goodBatch();
  change(batch);
  return batch;
}

const CORRUPT = ['CORRUPT_BATCH'] as const;
const INVALID = ['INVALID_RECORD', 'CORRUPT_BATCH'] as const;

/** `batchBytesMax`: of the topic they are sent to. */
export function hostileBatches(batchBytesMax: number): HostileBatch[] {
  const list: HostileBatch[] = [
    { what: 'a wrong checksum', batches: changed((b) => b.writeUInt32BE(1, 17)), codes: CORRUPT },
    { what: 'a flipped bit', batches: changed((b) => (b[80] = (b[80] ?? 0) ^ 1)), codes: CORRUPT },
    { what: 'one byte', batches: Buffer.of(0), codes: CORRUPT },
    { what: 'zeros', batches: Buffer.alloc(200), codes: CORRUPT },
    {
      what: 'half a second batch',
      batches: Buffer.concat([goodBatch(), goodBatch().subarray(0, 70)]),
      codes: CORRUPT,
    },
    { what: 'format v0', batches: changed((b) => (b[16] = 0)), codes: ['UNSUPPORTED_FORMAT'] },
    { what: 'format v1', batches: changed((b) => (b[16] = 1)), codes: ['UNSUPPORTED_FORMAT'] },
    { what: 'format v9', batches: changed((b) => (b[16] = 9)), codes: CORRUPT },
    { what: 'snappy', batches: attributes(2), codes: ['UNSUPPORTED_COMPRESSION'] },
    { what: 'lz4', batches: attributes(3), codes: ['UNSUPPORTED_COMPRESSION'] },
    {
      what: 'an unknown compression',
      batches: attributes(5),
      codes: ['UNSUPPORTED_COMPRESSION', 'CORRUPT_BATCH', 'UNSUPPORTED_FORMAT'],
    },
    {
      what: 'LogAppendTime',
      batches: attributes(ATTRIBUTE_LOG_APPEND_TIME),
      codes: ['UNSUPPORTED_FORMAT'],
    },
    { what: 'unknown attributes', batches: attributes(0x80), codes: ['UNSUPPORTED_FORMAT'] },
    { what: 'a control batch', batches: goodBatch({ kind: 'control' }), codes: ['INVALID_RECORD'] },
    {
      what: 'a transactional batch',
      batches: goodBatch({
        kind: 'transactional',
        producerId: 1,
        producerEpoch: 0,
        baseSequence: 0,
      }),
      codes: ['INVALID_RECORD'],
    },
    {
      what: 'a producer id without a sequence',
      batches: sealed(goodBatch(), (b) => b.writeBigInt64BE(5n, 43)),
      codes: ['INVALID_RECORD'],
    },
    {
      what: 'a producer id past 2^53',
      batches: sealed(goodBatch(), (b) => b.writeBigInt64BE(2n ** 62n, 43)),
      codes: INVALID,
    },
    {
      what: 'a record more than a batch may hold',
      batches: encodeBatch([{ key: null, value: Buffer.alloc(batchBytesMax), timestamp: 1 }]),
      codes: ['RECORD_TOO_LARGE'],
    },
    {
      what: 'records from tomorrow',
      batches: encodeBatch([{ key: 'k', value: 'v', timestamp: Date.now() + 86_400_000 }]),
      codes: ['INVALID_TIMESTAMP'],
    },
    {
      what: 'a record length past the batch',
      batches: sealed(goodBatch(), (b) => (b[BATCH_HEADER_BYTES] = 0xfe)),
      codes: INVALID,
    },
  ];
  for (const length of [0, -1, 1, 48, 2 ** 31 - 1, -(2 ** 31)]) {
    const batches = changed((b) => b.writeInt32BE(length, 8));
    list.push({ what: `length ${length}`, batches, codes: ['CORRUPT_BATCH', 'RECORD_TOO_LARGE'] });
  }
  for (const count of [0, -1, 2, 4, 2 ** 31 - 1]) {
    const batches = sealed(goodBatch(), (b) => b.writeInt32BE(count, 57));
    list.push({ what: `${count} records`, batches, codes: INVALID });
  }
  for (const timestamp of [-2n, -(2n ** 63n), 2n ** 63n - 1n]) {
    const batches = sealed(goodBatch(), (b) => b.writeBigInt64BE(timestamp, 35));
    list.push({
      what: `max timestamp ${timestamp}`,
      batches,
      codes: ['INVALID_TIMESTAMP', 'CORRUPT_BATCH', 'INVALID_RECORD'],
    });
  }
  return list;
}
