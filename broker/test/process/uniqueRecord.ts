/**
 * Records whose every byte follows from who wrote them and when: whoever reads one can tell whether any of it changed,
 * without having kept it.
 */
import assert from 'node:assert/strict';
import type { RecordHeaderInput } from '@millrace/core/record';
import type { ConsumedRecord } from '@millrace/client/consumedRecord';

export interface RecordIdentity {
  readonly writer: string;
  readonly sequence: number;
}

export interface UniqueRecord {
  readonly key: string;
  readonly value: Buffer | null;
  readonly headers: RecordHeaderInput[];
}

const PADDING_BYTES_MAX = 1500;

export function uniqueRecord({ writer, sequence }: RecordIdentity): UniqueRecord {
  const key = `${writer}:${sequence}`;
  const headers: RecordHeaderInput[] = [
    { key: 'sequence', value: String(sequence) },
    { key: 'sequence', value: null },
  ];
  if (sequence % 3 === 0) headers.push({ key: '', value: '' });
  if (sequence % 17 === 0) return { key, value: null, headers };
  const length = (Math.imul(sequence, 2_654_435_761) >>> 0) % PADDING_BYTES_MAX;
  const value = Buffer.alloc(length + 8, key);
  value.writeDoubleBE(sequence, 0);
  return { key, value, headers };
}

export function identify(key: Buffer | null): RecordIdentity {
  const match = /^(.+):(\d+)$/.exec(String(key));
  assert.ok(match?.[1] !== undefined, `nobody wrote a record with key ${String(key)}`);
  return { writer: match[1], sequence: Number(match[2]) };
}

/** Who wrote it; fails if any byte of it is not what was written. */
export function verified(record: ConsumedRecord): RecordIdentity {
  const identity = identify(record.key);
  const written = uniqueRecord(identity);
  const at = `${record.topic}/${record.partition}@${record.offset} (${written.key})`;
  const sameValue =
    record.value === null || written.value === null
      ? record.value === written.value
      : record.value.equals(written.value);
  assert.ok(sameValue, `${at}: the value changed`);
  assert.deepEqual(
    record.headers.map(({ key, value }) => [key, value === null ? null : String(value)]),
    written.headers.map(({ key, value }) => [key, value]),
    `${at}: the headers changed`,
  );
  return identity;
}
