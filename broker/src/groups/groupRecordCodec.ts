/**
 *     key     u16 type, then protobuf  1: string group  2: string member_id or topic_id  3: uint32 partition
 *     value   u16 version 1, then protobuf; null is a tombstone
 *     types   0 barrier (empty key, always null)  1 offset  2 group  3 member  4 target  5 current  6 declaration
 *             7 last reset  16-31 transactions  32-47 share groups
 *
 * Types that this version does not know are ignored, so that they stay in the log; versions are refused: what they mean
 * would be lost with the next record of that key.
 */
import { checkedPartitionRef, partitionOf, topicOf } from '@millrace/core/assignors/partitionRef';
import { MillraceError, millraceError } from '@millrace/core/errors';
import { ProtoReader } from '@millrace/core/messages/protoReader';
import { ProtoWriter } from '@millrace/core/messages/protoWriter';
import { readDeclaration, writeDeclaration } from './declarationCodec.ts';
import type { GroupRecord } from './groupRecord.ts';
import {
  readCurrent,
  readGroup,
  readMember,
  readTarget,
  writeCurrent,
  writeGroup,
  writeMember,
  writeTarget,
} from './membershipCodec.ts';
import { readCommitted, writeCommitted } from './recordFields.ts';
import { readReset, writeReset } from './resetCodec.ts';

const TYPES = [
  'barrier',
  'offset',
  'group',
  'member',
  'target',
  'current',
  'declaration',
  'reset',
] as const satisfies readonly GroupRecord['kind'][];
const VALUE_VERSION = 1;

export interface EncodedRecord {
  readonly key: Buffer;
  readonly value: Buffer | null;
}

export function encodeGroupRecord(record: GroupRecord): EncodedRecord {
  const type = TYPES.indexOf(record.kind);
  const key = framed(type, (writer) => writeKey(writer, record));
  if (record.kind === 'barrier' || record.value === undefined) return { key, value: null };
  return { key, value: framed(VALUE_VERSION, (writer) => writeValue(writer, record)) };
}

/** Undefined: of a type that this version does not know. Throws CORRUPT_STATE and UNSUPPORTED_VERSION. */
export function decodeGroupRecord(
  key: Buffer | null,
  value: Buffer | null,
): GroupRecord | undefined {
  try {
    const type = prefixOf(key);
    const kind = TYPES[type];
    if (key === null || kind === undefined) return undefined;
    if (kind === 'barrier') return { kind };
    const reader = valueReader(value);
    return readRecord(kind, readKey(new ProtoReader(key, 2)), reader);
  } catch (error) {
    if (error instanceof MillraceError && error.code === 'UNSUPPORTED_VERSION') throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw millraceError('CORRUPT_STATE', `a record of a group: ${why}`, { cause: error });
  }
}

function framed(prefix: number, write: (writer: ProtoWriter) => void): Buffer {
  const writer = new ProtoWriter();
  write(writer);
  const head = Buffer.allocUnsafe(2);
  head.writeUInt16BE(prefix);
  return Buffer.concat([head, ...writer.finish()]);
}

function prefixOf(bytes: Buffer | null): number {
  if (bytes === null || bytes.length < 2) throw millraceError('INVALID_REQUEST', 'no type');
  return bytes.readUInt16BE(0);
}

function valueReader(value: Buffer | null): ProtoReader | undefined {
  if (value === null) return undefined;
  const version = prefixOf(value);
  if (version !== VALUE_VERSION) {
    const message = `a record of a group has version ${version}, this broker knows ${VALUE_VERSION}`;
    throw millraceError('UNSUPPORTED_VERSION', message);
  }
  return new ProtoReader(value, 2);
}

function writeKey(writer: ProtoWriter, record: GroupRecord): void {
  if (record.kind === 'barrier') return;
  if (record.kind === 'offset') {
    writer.number(3, partitionOf(record.ref));
    writer.string(2, topicOf(record.ref));
  } else if ('memberId' in record) writer.string(2, record.memberId);
  writer.string(1, record.groupId);
}

interface RecordKey {
  readonly groupId: string;
  readonly part: string;
  readonly partition: number;
}

function readKey(reader: ProtoReader): RecordKey {
  let groupId = '';
  let part = '';
  let partition = 0;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) groupId = reader.string();
    else if (field === 2) part = reader.string();
    else if (field === 3) partition = reader.uint32();
    else reader.skip();
  }
  if (groupId === '') throw millraceError('INVALID_REQUEST', 'no group');
  return { groupId, part, partition };
}

function writeValue(writer: ProtoWriter, record: Exclude<GroupRecord, { kind: 'barrier' }>): void {
  if (record.value === undefined) return;
  switch (record.kind) {
    case 'offset':
      return writeCommitted(writer, record.value);
    case 'group':
      return writeGroup(writer, record.value);
    case 'member':
      return writeMember(writer, record.value);
    case 'target':
      return writeTarget(writer, record.value);
    case 'current':
      return writeCurrent(writer, record.value);
    case 'declaration':
      return writeDeclaration(writer, record.value);
    case 'reset':
      return writeReset(writer, record.value);
  }
}

function readRecord(
  kind: Exclude<GroupRecord['kind'], 'barrier'>,
  { groupId, part, partition }: RecordKey,
  reader: ProtoReader | undefined,
): GroupRecord {
  const value = <T>(read: (reader: ProtoReader) => T): T | undefined =>
    reader === undefined ? undefined : read(reader);
  switch (kind) {
    case 'offset': {
      const ref = checkedPartitionRef(part, partition);
      return { kind, groupId, ref, value: value(readCommitted) };
    }
    case 'group':
      return { kind, groupId, value: value(readGroup) };
    case 'member':
      return { kind, groupId, memberId: part, value: value(readMember) };
    case 'target':
      return { kind, groupId, memberId: part, value: value(readTarget) };
    case 'current':
      return { kind, groupId, memberId: part, value: value(readCurrent) };
    case 'declaration':
      return { kind, groupId, value: value(readDeclaration) };
    case 'reset':
      return { kind, groupId, value: value(readReset) };
  }
}
