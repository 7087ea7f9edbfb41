import type { Random } from '../io/random.ts';

const FIRST_MS = 5;
const LAST_MS = 1000;

/** Milliseconds before attempt `attempts` + 1, doubled each time, a third of it left to chance. */
export function backoffMs(attempts: number, random: Random): number {
  const wholeMs = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(attempts, 10));
  return wholeMs * (2 / 3 + random.float() / 3);
}
