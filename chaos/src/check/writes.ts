/** Checkers of what became of what was sent. */
import { REFUSED } from '../history/sendLog.ts';
import { FOREIGN, inWords, producerOf, sequenceOf, valueName } from '../history/valueName.ts';
import type { Checker } from './checker.ts';
import { FinalLog } from './finalLog.ts';
import { everythingRead } from './sightings.ts';

export const lostWrite: Checker = {
  name: 'lost write',
  meaning: 'acknowledged, and not in the log at the end',
  *check(history) {
    const log = new FinalLog(history);
    for (const sends of history.sends) {
      for (const { value, offset } of sends.acknowledged()) {
        if (log.offsetOf(value) !== undefined) continue;
        yield `${inWords(value)}, acknowledged at offset ${offset}, is not in the log`;
      }
    }
  },
};

export const unseenWrite: Checker = {
  name: 'unseen',
  meaning:
    'acknowledged, and a consumer that followed from the first record to the last never got it',
  *check(history) {
    for (const follower of history.followers) {
      const seen = new Set(follower.values);
      for (const sends of history.sends) {
        for (const { value, offset } of sends.acknowledged()) {
          if (seen.has(value)) continue;
          yield `${inWords(value)}, acknowledged at offset ${offset}, was never shown to ${follower.reader}`;
        }
      }
    }
  },
};

export const refusedWrite: Checker = {
  name: 'refused write applied',
  meaning: 'said to be not applied, and in the log all the same',
  *check(history) {
    const refused = new Set<number>();
    for (const { producer, outcomes } of history.sends) {
      for (const [sequence, outcome] of outcomes.entries()) {
        if (outcome === REFUSED) refused.add(valueName(producer, sequence));
      }
    }
    for (const { value, offset, by } of everythingRead(history)) {
      if (refused.has(value))
        yield `${inWords(value)} was refused; ${by} has it at offset ${offset}`;
    }
  },
};

export const sendOrder: Checker = {
  name: 'non-monotonic send',
  meaning: 'acknowledged below what the same producer had sent before it',
  *check({ sends }) {
    for (const producer of sends) {
      let last = -1;
      for (const { value, offset } of producer.acknowledged()) {
        if (offset <= last)
          yield `${inWords(value)} is at offset ${offset}, one before it at ${last}`;
        last = Math.max(last, offset);
      }
    }
  },
};

export const foreignValue: Checker = {
  name: 'foreign value',
  meaning: 'read, and nobody sent it, or its bytes are not those that were sent',
  *check(history) {
    const sent = new Map(
      history.sends.map(({ producer, outcomes }) => [producer, outcomes.length]),
    );
    for (const { value, offset, by } of everythingRead(history)) {
      const isKnown = value !== FOREIGN && sequenceOf(value) < (sent.get(producerOf(value)) ?? 0);
      if (!isKnown) yield `${by} has ${inWords(value)} at offset ${offset}`;
    }
  },
};
