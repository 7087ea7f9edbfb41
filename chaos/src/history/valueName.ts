/** What tells one record of a partition from all others: who sent it, and as which of its own. */

/** Producer and sequence in one number: a history holds millions of them. */
export type ValueName = number;

/** Read where nobody sent such a record, or its bytes are not those that were sent. */
export const FOREIGN: ValueName = -1;

const SEQUENCES = 2 ** 32;

export function valueName(producer: number, sequence: number): ValueName {
  return producer * SEQUENCES + sequence;
}

export function producerOf(value: ValueName): number {
  return Math.floor(value / SEQUENCES);
}

export function sequenceOf(value: ValueName): number {
  return value % SEQUENCES;
}

/** As reports write it. */
export function inWords(value: ValueName): string {
  return value === FOREIGN
    ? 'a foreign value'
    : `producer ${producerOf(value)}'s record ${sequenceOf(value)}`;
}
