/** All checkers over all partitions. */
import type { PartitionHistory } from '../history/partitionHistory.ts';
import type { Checker } from './checker.ts';
import { brokenBatch, replicaDifference, shortReplica } from './copies.ts';
import { duplicate, inconsistentOffset, vanishedRead } from './places.ts';
import { pollOrder, pollSkip, readPastWatermark } from './polls.ts';
import { foreignValue, lostWrite, refusedWrite, sendOrder, unseenWrite } from './writes.ts';

export const CHECKERS: readonly Checker[] = [
  lostWrite,
  unseenWrite,
  inconsistentOffset,
  duplicate,
  refusedWrite,
  foreignValue,
  sendOrder,
  pollOrder,
  pollSkip,
  readPastWatermark,
  vanishedRead,
  replicaDifference,
  shortReplica,
  brokenBatch,
];

export interface Verdict {
  readonly checker: string;
  readonly meaning: string;
  readonly count: number;
  /** The first of them. */
  readonly examples: readonly string[];
}

const EXAMPLES_MAX = 5;

export function judge(histories: readonly PartitionHistory[]): Verdict[] {
  return CHECKERS.map(({ name, meaning, check }) => {
    const examples: string[] = [];
    let count = 0;
    for (const history of histories) {
      for (const wrong of check(history)) {
        if (count++ < EXAMPLES_MAX) examples.push(`partition ${history.partition}: ${wrong}`);
      }
    }
    return { checker: name, meaning, count, examples };
  });
}
