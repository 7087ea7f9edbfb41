/** Checks that both directions of Follow share. All throw INVALID_REQUEST. */
import { millraceError } from '../errors.ts';
import { INT32_MAX } from '../ids.ts';
import { FOLLOW_ELEMENTS_MAX } from './follow.ts';
import { ProtoReader } from './protoReader.ts';

const UINT32_MAX = 0xffff_ffff;

/** Takes no more than FOLLOW_ELEMENTS_MAX elements. */
export function boundedReader(body: Buffer): ProtoReader {
  return new ProtoReader(body, 0, body.length, { left: FOLLOW_ELEMENTS_MAX });
}

/** Of an enum without a zero: number 1 is the first name. */
export function named<Name extends string>(
  names: readonly Name[],
  number: number,
  what: string,
): Name {
  const name = names[number - 1];
  if (name === undefined) throw millraceError('INVALID_REQUEST', `${what} ${number} is unknown`);
  return name;
}

export function checkHandle(handle: number): number {
  if (handle <= UINT32_MAX) return handle;
  throw millraceError('INVALID_REQUEST', `handle ${handle} is not in 0..2^32-1`);
}

export function checkInt32(value: number, min: number, what: string): number {
  if (value >= min && value <= INT32_MAX) return value;
  throw millraceError('INVALID_REQUEST', `${what} ${value} is not in ${min}..2^31-1`);
}
