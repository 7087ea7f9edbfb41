/** Checkers of the one place that each record has: one offset, one value, for all and for ever. */
import { FOREIGN, inWords, type ValueName } from '../history/valueName.ts';
import type { Checker } from './checker.ts';
import { FinalLog } from './finalLog.ts';
import { everythingSaid } from './sightings.ts';

export const inconsistentOffset: Checker = {
  name: 'inconsistent offset',
  meaning: 'one offset, two values',
  *check(history) {
    const first = new Map<number, { readonly value: ValueName; readonly by: string }>();
    for (const { value, offset, by } of everythingSaid(history)) {
      const known = first.get(offset);
      if (known === undefined) first.set(offset, { value, by });
      else if (known.value !== value) {
        yield `offset ${offset} is ${inWords(known.value)} for ${known.by}, ${inWords(value)} for ${by}`;
      }
    }
  },
};

export const duplicate: Checker = {
  name: 'duplicate',
  meaning: 'one value, two offsets',
  *check(history) {
    const first = new Map<ValueName, { readonly offset: number; readonly by: string }>();
    for (const { value, offset, by } of everythingSaid(history)) {
      if (value === FOREIGN) continue;
      const known = first.get(value);
      if (known === undefined) first.set(value, { offset, by });
      else if (known.offset !== offset) {
        yield `${inWords(value)} is at offset ${known.offset} for ${known.by}, at ${offset} for ${by}`;
      }
    }
  },
};

export const vanishedRead: Checker = {
  name: 'vanished read',
  meaning: 'shown to a reader, and its offset is not in the log at the end',
  *check(history) {
    const log = new FinalLog(history);
    for (const { reader, offsets } of history.reads) {
      for (const offset of offsets) {
        if (!log.has(offset)) yield `${reader} was shown offset ${offset}, which is not in the log`;
      }
    }
  },
};
