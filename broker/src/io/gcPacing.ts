/**
 * Lets garbage grow by a number of bytes instead of a fraction of the heap.
 *
 * Every received chunk is a buffer outside the heap that lives for a tick. V8 counts such bytes against the room that
 * its small heap has left, about 10 MB, and so marks the whole heap every 10 MB of traffic: a third of a loaded broker's
 * CPU. (docs/decisions/0004-process-memory.md has the measurements.)
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import type { Clock } from './clock.ts';

const GROWTH_PERCENT_MIN = 50;
const GROWTH_PERCENT_MAX = 400;
/** A flood of small requests doubles the heap in a second; a percentage of before would then let it grow threefold. */
const REPACE_MS = 1000;

/** From now on, until the result is called. */
export function paceGarbageCollection(clock: Clock, garbageBytes: number): () => void {
  const repace = (): void => {
    const percent = Math.round((garbageBytes / getHeapStatistics().used_heap_size) * 100);
    const bounded = Math.min(GROWTH_PERCENT_MAX, Math.max(GROWTH_PERCENT_MIN, percent));
    // Read anew at the end of every collection.
    setFlagsFromString(`--heap-growing-percent=${bounded}`);
    timer = clock.setTimer(REPACE_MS, repace);
  };
  let timer = clock.setTimer(0, repace);
  return () => timer.cancel();
}
