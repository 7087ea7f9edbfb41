import { atTurnEnd } from '@millrace/wire/turnEnd';
import type { Clock, TimerHandle } from './clock.ts';

/** Node fires a timer with a longer delay at once. */
const timerMsMax = 2 ** 31 - 1;

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer(delayMs, callback): TimerHandle {
    const deadlineMs = performance.now() + delayMs;
    let timer: NodeJS.Timeout;
    // Node counts whole milliseconds from its cached loop time, so that a timer may fire a fraction
    // early; the remainder, and what a long delay leaves, is waited for in a further round.
    const arm = (): void => {
      const remainingMs = Math.max(0, Math.ceil(deadlineMs - performance.now()));
      timer = setTimeout(fire, Math.min(remainingMs, timerMsMax));
    };
    const fire = (): void => {
      if (performance.now() < deadlineMs) arm();
      else callback();
    };
    arm();
    return { cancel: () => clearTimeout(timer) };
  },
  soon(callback) {
    setImmediate(callback);
  },
  atTurnEnd,
};
