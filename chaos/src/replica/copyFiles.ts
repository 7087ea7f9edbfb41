/** What the directories of the brokers hold of one partition (docs/STORAGE_FORMAT.md). */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { BATCH_CRC_FROM, endOffset, readBatchHeader } from '@millrace/core/batchHeader';
import { crc32cOfRange } from '@millrace/core/crc32c';
import { toMillraceError } from '@millrace/core/errors';
import type { CopyBatch } from '../history/copyLog.ts';

export interface CopyFiles {
  readonly copyId: string;
  readonly batches: readonly CopyBatch[];
  /** Why reading ended before the end of the files. */
  readonly fault: string | undefined;
}

export function brokerDirectory(dataDir: string, brokerId: number): string {
  return path.join(dataDir, `broker-${brokerId}`);
}

export function copyDirectory(
  dataDir: string,
  brokerId: number,
  topicId: string,
  partition: number,
): string {
  return path.join(brokerDirectory(dataDir, brokerId), 'topics', topicId, String(partition));
}

/** Names of segments, the oldest first. Empty where the directory is missing. */
export function segmentNames(directory: string): string[] {
  return names(directory)
    .filter((name) => name.endsWith('.log'))
    .toSorted();
}

/** Undefined: the broker has no copy. */
export function readCopyId(directory: string): string | undefined {
  if (!names(directory).includes('partition.json')) return undefined;
  const text = readFileSync(path.join(directory, 'partition.json'), 'utf8');
  const { copyId } = JSON.parse(text) as { copyId?: unknown };
  return typeof copyId === 'string' ? copyId : undefined;
}

/** Of a broker that does not run. Undefined: it has no copy. */
export function readCopy(directory: string): CopyFiles | undefined {
  const copyId = readCopyId(directory);
  if (copyId === undefined) return undefined;
  const batches: CopyBatch[] = [];
  for (const name of segmentNames(directory)) {
    const fault = readSegment(readFileSync(path.join(directory, name)), batches);
    if (fault !== undefined) return { copyId, batches, fault: `${name}: ${fault}` };
  }
  return { copyId, batches, fault: undefined };
}

/** Adds its batches to `batches`; returns why it could not be read to its end. */
export function readSegment(bytes: Buffer, batches: CopyBatch[]): string | undefined {
  for (let at = 0; at < bytes.length; ) {
    const batch = batchAt(bytes, at);
    if (typeof batch === 'string') return batch;
    const last = batches.at(-1)?.endOffset ?? 0;
    if (batch.baseOffset < last) return `offset ${batch.baseOffset} after ${last}`;
    batches.push(batch);
    at += batch.sizeBytes;
  }
  return undefined;
}

function batchAt(bytes: Buffer, at: number): (CopyBatch & { sizeBytes: number }) | string {
  try {
    const header = readBatchHeader(bytes, at);
    const { baseOffset, sizeBytes, crc } = header;
    if (sizeBytes > bytes.length - at) return `the batch at byte ${at} is cut off`;
    const digest = createHash('sha256')
      .update(bytes.subarray(at, at + sizeBytes))
      .digest('base64url');
    const isIntact = crc === crc32cOfRange(bytes, at + BATCH_CRC_FROM, at + sizeBytes);
    return { baseOffset, endOffset: endOffset(header), digest, isIntact, sizeBytes };
  } catch (error) {
    return toMillraceError(error).message;
  }
}

function names(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
