/**
 * What clients ask, from the names and enums of millrace.v1 to those of the engine. Everything here is hostile: an
 * unknown enum, a number out of range or a missing field is INVALID_REQUEST with the name of the field.
 */
import type { ProducerStamp } from '@millrace/core/batchWriter';
import { millraceError } from '@millrace/core/errors';
import { INT32_MAX } from '@millrace/core/ids';
import type { FetchPartitionMessage } from '@millrace/core/messages/fetchRequest';
import type { ProduceEntryMessage } from '@millrace/core/messages/produceStream';
import type { RecordMessage } from '@millrace/core/messages/record';
import type { RecordInput } from '@millrace/core/record';
import { checkHeaderNames } from '@millrace/core/reservedHeader';
import type { AppendEntry } from '../engine/producing.ts';
import type { FetchPartitionRequest, StartPosition } from '../engine/fetching.ts';
import type { Acks, Isolation } from '../replication/partition.ts';

const INT16_MAX = 2 ** 15 - 1;

export type Format = 'records' | 'batches';

/** By number, as on the wire, or by name, as proto-loader gives known values. */
type EnumValue = number | string;

const ACKS: ReadonlyMap<EnumValue, Acks> = new Map<EnumValue, Acks>([
  [0, 'all'],
  [1, 'none'],
  [2, 'leader'],
  [3, 'all'],
  ['ACKS_UNSPECIFIED', 'all'],
  ['ACKS_NONE', 'none'],
  ['ACKS_LEADER', 'leader'],
  ['ACKS_ALL', 'all'],
]);

const POSITIONS: ReadonlyMap<EnumValue, 'earliest' | 'latest'> = new Map<
  EnumValue,
  'earliest' | 'latest'
>([
  [0, 'earliest'],
  [1, 'earliest'],
  [2, 'latest'],
  ['POSITION_UNSPECIFIED', 'earliest'],
  ['POSITION_EARLIEST', 'earliest'],
  ['POSITION_LATEST', 'latest'],
]);

const FORMATS: ReadonlyMap<EnumValue, Format> = new Map<EnumValue, Format>([
  [0, 'records'],
  [1, 'records'],
  [2, 'batches'],
  ['RECORD_FORMAT_UNSPECIFIED', 'records'],
  ['RECORD_FORMAT_RECORDS', 'records'],
  ['RECORD_FORMAT_BATCHES', 'batches'],
]);

const ISOLATIONS: ReadonlyMap<EnumValue, Isolation> = new Map<EnumValue, Isolation>([
  [0, 'read-uncommitted'],
  [1, 'read-uncommitted'],
  [2, 'read-committed'],
  ['ISOLATION_UNSPECIFIED', 'read-uncommitted'],
  ['ISOLATION_READ_UNCOMMITTED', 'read-uncommitted'],
  ['ISOLATION_READ_COMMITTED', 'read-committed'],
]);

export const toAcks = (value: EnumValue): Acks => known('acks', ACKS, value);
export const toFormat = (value: EnumValue): Format => known('format', FORMATS, value);
export const toIsolation = (value: EnumValue): Isolation => known('isolation', ISOLATIONS, value);

/** Default where none is given: the earliest record. */
export function toStart(message: {
  readonly offset?: number | undefined;
  readonly timestampMs?: number | undefined;
  readonly position?: EnumValue | undefined;
}): StartPosition {
  const { offset, timestampMs, position } = message;
  if (offset !== undefined) return { kind: 'offset', offset: natural('offset', offset) };
  if (timestampMs !== undefined) {
    return { kind: 'timestamp', timestampMs: safe('timestamp_ms', timestampMs) };
  }
  return { kind: known('position', POSITIONS, position ?? 0) };
}

export function toFetchPartition(message: FetchPartitionMessage): FetchPartitionRequest {
  const { topicId, topicName, partition, endOffset, lastLeaderEpoch } = message;
  return {
    topicId,
    topicName,
    partition: partition === undefined ? undefined : toPartition(partition),
    start: toStart(message),
    endOffset: endOffset === undefined ? undefined : natural('end_offset', endOffset),
    lastLeaderEpoch,
  };
}

export function toPartition(value: number): number {
  return naturalUpTo('partition', value, INT32_MAX);
}

/** Timestamps that are absent become `nowMs`. Throws INVALID_REQUEST, and INVALID_RECORD for headers of reserved names. */
export function toAppendEntry(message: ProduceEntryMessage, nowMs: number): AppendEntry {
  const { topicId, topicName, partition, records, batches } = message;
  return {
    topicId,
    topicName,
    partition: partition === undefined ? undefined : toPartition(partition),
    records: records.map((record) => toRecordInput(record, nowMs)),
    producer: toProducerStamp(message),
    batches,
  };
}

/** All of it or nothing: half of a sequence would be at least once without a word. */
function toProducerStamp(message: ProduceEntryMessage): ProducerStamp | undefined {
  const { producerId, producerEpoch, firstSequence } = message;
  if (producerId === undefined && producerEpoch === undefined && firstSequence === undefined) {
    return undefined;
  }
  return {
    producerId: natural('producer_id', given('producer_id', producerId)),
    producerEpoch: naturalUpTo('producer_epoch', given('producer_epoch', producerEpoch), INT16_MAX),
    baseSequence: naturalUpTo('first_sequence', given('first_sequence', firstSequence), INT32_MAX),
  };
}

function given(field: string, value: number | undefined): number {
  if (value !== undefined) return value;
  throw millraceError('INVALID_REQUEST', `records with a sequence want ${field}`);
}

/** Timestamps that are absent become `nowMs`. Throws INVALID_RECORD for headers of reserved names. */
export function toRecordInput(message: RecordMessage, nowMs: number): RecordInput {
  checkHeaderNames(message.headers);
  const { key, value, headers, timestampMs } = message;
  return {
    key: key ?? null,
    value: value ?? null,
    timestamp: timestampMs === undefined ? nowMs : natural('timestamp_ms', timestampMs),
    headers: headers.map((header) => ({ key: header.key, value: header.value ?? null })),
  };
}

/** Throws INVALID_REQUEST unless it is a safe integer from 0. */
export function natural(field: string, value: number): number {
  return naturalUpTo(field, value, Number.MAX_SAFE_INTEGER);
}

export function naturalUpTo(field: string, value: number, max: number): number {
  if (Number.isSafeInteger(value) && value >= 0 && value <= max) return value;
  throw millraceError('INVALID_REQUEST', `${field} is ${value}, not an integer in 0..${max}`);
}

function safe(field: string, value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw millraceError('INVALID_REQUEST', `${field} is not an integer below 2^53`);
}

function known<T>(field: string, values: ReadonlyMap<EnumValue, T>, value: EnumValue): T {
  const found = values.get(value);
  if (found !== undefined) return found;
  throw millraceError('INVALID_REQUEST', `${field} has no value ${JSON.stringify(value)}`);
}
