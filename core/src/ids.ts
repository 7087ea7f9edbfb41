/**
 * Identities and positions, branded so that one kind cannot be passed for another (contracts.md, Types and names).
 * Each is checked once, where it enters the process; from then on the type is the proof.
 */
import { millraceError } from './errors.ts';

declare const kind: unique symbol;
type Branded<T, K extends string> = T & { readonly [kind]: K };

/** Position of a record in a partition: a safe integer from 0. All end offsets are exclusive. */
export type Offset = Branded<number, 'Offset'>;
/** Pod ordinal, int32 from 0. */
export type BrokerId = Branded<number, 'BrokerId'>;
/** UUIDv4, lower case. A topic that is deleted and created again under its name has another one. */
export type TopicId = Branded<string, 'TopicId'>;
export type ClusterId = Branded<string, 'ClusterId'>;
/** 12 hex digits: one replica's log on one disk. */
export type CopyId = Branded<string, 'CopyId'>;
/** 12 hex digits: one process of a broker. */
export type BootId = Branded<string, 'BootId'>;

export const INT32_MAX = 0x7fff_ffff;

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const HEX_12 = /^[0-9a-f]{12}$/;

/** Throws INVALID_REQUEST unless it is a safe integer from 0. */
export function toOffset(value: number): Offset {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw millraceError('INVALID_REQUEST', `offset ${value} is not an integer in 0..2^53-1`);
  }
  return value as Offset;
}

export function toBrokerId(value: number): BrokerId {
  if (!Number.isInteger(value) || value < 0 || value > INT32_MAX) {
    throw millraceError('INVALID_REQUEST', `broker id ${value} is not an integer in 0..2^31-1`);
  }
  return value as BrokerId;
}

export function toTopicId(text: string): TopicId {
  return matching<TopicId>(text, UUID_V4, 'topic id', 'a lower-case UUIDv4');
}

export function toClusterId(text: string): ClusterId {
  return matching<ClusterId>(text, UUID_V4, 'cluster id', 'a lower-case UUIDv4');
}

export function toCopyId(text: string): CopyId {
  return matching<CopyId>(text, HEX_12, 'copy id', '12 lower-case hex digits');
}

export function toBootId(text: string): BootId {
  return matching<BootId>(text, HEX_12, 'boot id', '12 lower-case hex digits');
}

/** `random`: 16 random bytes. */
export function newTopicId(random: Uint8Array): TopicId {
  return uuidV4(random) as TopicId;
}

/** `random`: 16 random bytes. */
export function newClusterId(random: Uint8Array): ClusterId {
  return uuidV4(random) as ClusterId;
}

/** `random`: 6 random bytes. */
export function newCopyId(random: Uint8Array): CopyId {
  return hex(random, 6) as CopyId;
}

/** `random`: 6 random bytes. */
export function newBootId(random: Uint8Array): BootId {
  return hex(random, 6) as BootId;
}

function matching<T extends string>(text: string, shape: RegExp, what: string, wanted: string): T {
  if (!shape.test(text)) {
    throw millraceError('INVALID_REQUEST', `${what} ${JSON.stringify(text)} is not ${wanted}`);
  }
  return text as T;
}

function hex(random: Uint8Array, bytes: number): string {
  if (random.length !== bytes) throw new RangeError(`${bytes} random bytes expected`);
  return Buffer.from(random.buffer, random.byteOffset, bytes).toString('hex');
}

function uuidV4(random: Uint8Array): string {
  if (random.length !== 16) throw new RangeError('16 random bytes expected');
  const bytes = Buffer.from(random);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const digits = bytes.toString('hex');
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20),
  ].join('-');
}
