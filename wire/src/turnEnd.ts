/**
 * The end of a turn of the event loop: what its input has led to is done in stages (write, hand on, send), each for all
 * that came in the turn. With `setImmediate` each stage would begin a turn of its own, behind whatever arrives meanwhile.
 */

/** Stages of one turn; what is queued in the last one comes with the next turn. */
const STAGES_MAX = 4;

let queue: (() => void)[] = [];
let isArmed = false;

/** Calls `callback` once this turn's input is handled; callbacks of one stage keep their order. For what ends soon. */
export function atTurnEnd(callback: () => void): void {
  queue.push(callback);
  if (isArmed) return;
  isArmed = true;
  setImmediate(runStages);
}

function runStages(): void {
  let stage: (() => void)[] = [];
  let next = 0;
  try {
    for (let stages = 0; stages < STAGES_MAX && queue.length > 0; stages++) {
      stage = queue;
      next = 0;
      queue = [];
      while (next < stage.length) stage[next++]?.();
    }
  } finally {
    // One that throws takes none of the others with it.
    if (next < stage.length) queue = [...stage.slice(next), ...queue];
    isArmed = queue.length > 0;
    if (isArmed) setImmediate(runStages);
  }
}
