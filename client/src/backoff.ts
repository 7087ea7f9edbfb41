/** Exponential delays with jitter, so that many clients do not come back in step. */

export interface BackoffLimits {
  /** Of the first attempt, in milliseconds. */
  readonly firstMs: number;
  readonly maxMs: number;
}

export const RETRY_BACKOFF: BackoffLimits = { firstMs: 20, maxMs: 2_000 };

/** For connections and leaders: whoever waits long here notices late that a broker is back. */
export const RECONNECT_BACKOFF: BackoffLimits = { firstMs: 20, maxMs: 250 };

/**
 * Milliseconds to wait before attempt `attempt` (1 is the first retry), never less than the server asked for.
 * `random` is in [0, 1): the delay lies between a half of the step and the whole of it.
 */
export function backoffMs(
  attempt: number,
  random: number,
  serverRetryAfterMs = 0,
  limits: BackoffLimits = RETRY_BACKOFF,
): number {
  const step = Math.min(limits.maxMs, limits.firstMs * 2 ** Math.min(30, Math.max(0, attempt - 1)));
  return Math.max(serverRetryAfterMs, step / 2 + (step / 2) * random);
}
