/**
 * Fields of peer messages, checked as they are read: what another broker sends may come from a bug, an older version or
 * somebody who is no broker. All throw INVALID_REQUEST.
 */
import { MillraceError, millraceError } from '@millrace/core/errors';
import { type BrokerId, INT32_MAX, toBrokerId } from '@millrace/core/ids';
import type { ProtoReader } from '@millrace/core/messages/protoReader';
import type { CopyName, LeaderName } from '@millrace/core/resources/partitionAssignment';
import { PARTITIONS_PER_TOPIC_MAX } from '@millrace/core/resources/partitionAssignment';
import { checkTopicName } from '@millrace/core/topicName';

/** Hosts, racks, names of listeners, keys of configuration. */
const NAME_CHARS_MAX = 255;
const COPY_NAME = /^(?:0|[1-9]\d{0,9}):[0-9a-f]{12}$/;
const LEADER_NAME = /^(?:0|[1-9]\d{0,9}):[0-9a-f]{12}:[0-9a-f]{12}$/;

/** Both bounds included. */
export function integerIn(value: number, what: string, min: number, max: number): number {
  if (value < min || value > max) throw invalid(`${what} ${value} is not in ${min}..${max}`);
  return value;
}

/** An epoch or a count: an int32 from 0; `min` -1 where none is a value. */
export function readInt32(reader: ProtoReader, what: string, min = 0): number {
  return integerIn(reader.signed(), what, min, INT32_MAX);
}

/** A position or an id of 64 bits: a safe integer from 0. */
export function readInt64(reader: ProtoReader, what: string): number {
  return integerIn(reader.signed(), what, 0, Number.MAX_SAFE_INTEGER);
}

export function readPartition(reader: ProtoReader): number {
  return integerIn(reader.signed(), 'partition', 0, PARTITIONS_PER_TOPIC_MAX - 1);
}

export function readBrokerId(reader: ProtoReader): BrokerId {
  return toBrokerId(reader.signed());
}

/** One of `values` by its number on the wire, which counts from 1. */
export function readChoice<T extends string>(
  reader: ProtoReader,
  what: string,
  values: readonly T[],
): T {
  const number = reader.unsigned();
  const value = values[number - 1];
  if (value === undefined) throw invalid(`${what} ${number} is not known`);
  return value;
}

export function readName(reader: ProtoReader, what: string): string {
  return shortText(reader.string(), what, NAME_CHARS_MAX);
}

export function shortText(text: string, what: string, charsMax: number): string {
  if (text.length > charsMax) throw invalid(`${what} has ${text.length} characters`);
  return text;
}

export function readTopicName(reader: ProtoReader): string {
  const name = reader.string();
  try {
    checkTopicName(name);
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    throw millraceError('INVALID_REQUEST', error.message, { cause: error });
  }
  return name;
}

export function readCopyName(reader: ProtoReader): CopyName {
  const text = reader.string();
  if (!COPY_NAME.test(text)) throw invalid(`${shown(text)} names no copy`);
  toBrokerId(Number.parseInt(text, 10));
  return text as CopyName;
}

/** Null: nobody leads. */
export function readLeaderName(reader: ProtoReader): LeaderName | null {
  const text = reader.string();
  if (text === '') return null;
  if (!LEADER_NAME.test(text)) throw invalid(`${shown(text)} names no leader`);
  toBrokerId(Number.parseInt(text, 10));
  return text as LeaderName;
}

/** A field without which the message means nothing. */
export function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw invalid(`${what} is missing`);
  return value;
}

export function invalid(what: string): MillraceError {
  return millraceError('INVALID_REQUEST', `message of a peer: ${what}`);
}

function shown(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}...` : text);
}
