/** Waiting for what comes to be by itself. */
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 200;

/**
 * Asks until the answer is not undefined. Throws after `withinMs`, with the last failure: an answer that is an error is
 * waited through, as the API server may be away.
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  withinMs: number,
): Promise<T> {
  const deadlineMs = performance.now() + withinMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadlineMs) {
      throw new Error(`not within ${withinMs} ms: ${what}`, { cause: last });
    }
    await delay(POLL_MS);
  }
}

/** The same of a condition. */
export async function becomesTrue(
  what: string,
  ask: () => Promise<boolean>,
  withinMs: number,
): Promise<void> {
  await eventually(what, async () => ((await ask()) ? true : undefined), withinMs);
}
