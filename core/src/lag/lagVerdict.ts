/**
 * What a window of samples says about one group in one partition. The idea is Burrow's: no threshold on lag, but whether
 * the consumer gets anywhere. First match:
 *
 *   UNKNOWN  nothing could be measured lately
 *   REWIND   the committed offset went back within the window
 *   OK       nothing is left to process, or nothing was at some moment of the window
 *   STOP     the window long no commit and no owner, and lag grows
 *   STALL    the window long no progress although there is lag
 *   WARN     lag has grown over the window, net: by more than a twentieth of what was produced meanwhile
 *   UNKNOWN  there is lag, and the partition is not watched for a window yet
 *   OK       else
 *
 * Until a window is over, which is so after a coordinator has moved, no progress is read from what survives in
 * `__groups`: a last commit that is older than a window, while the first uncommitted record is that old, too. So a
 * restart makes neither an OK out of nothing nor an alarm that was not there.
 */
import type { LagSample } from './lagSample.ts';

/** From best to worst: a group is as its worst partition. */
export const LAG_VERDICTS = ['OK', 'UNKNOWN', 'WARN', 'REWIND', 'STALL', 'STOP'] as const;
export type LagVerdict = (typeof LAG_VERDICTS)[number];

/** Growth below this share of what was produced is noise. */
const GROWTH_SHARE_MIN = 0.05;

export interface Watched {
  /** In their order; the first may be older than the window: it tells how things stood when that began. */
  readonly samples: readonly LagSample[];
  /** Of the first sample ever. */
  readonly sinceMs: number;
  /** Undefined: never. */
  readonly rewoundMs: number | undefined;
}

export function worstVerdict(verdicts: Iterable<LagVerdict>): LagVerdict {
  let worst = 0;
  for (const verdict of verdicts) worst = Math.max(worst, LAG_VERDICTS.indexOf(verdict));
  return LAG_VERDICTS[worst] ?? 'UNKNOWN';
}

/** `nowMs`: monotonic. */
export function lagVerdict(watched: Watched, nowMs: number, windowMs: number): LagVerdict {
  const { samples, sinceMs, rewoundMs } = watched;
  const current = samples.at(-1);
  if (current === undefined || nowMs - current.atMs > windowMs / 4) return 'UNKNOWN';
  const beginMs = current.atMs - windowMs;
  if (rewoundMs !== undefined && rewoundMs > beginMs) return 'REWIND';
  if (current.records === 0) return 'OK';
  if (samples.some(({ atMs, records }) => records === 0 && atMs > beginMs)) return 'OK';
  if (sinceMs > beginMs) return firstVerdict(current, windowMs);
  if (samples.every(({ committed }) => committed === current.committed)) {
    const grows = current.end > (samples[0]?.end ?? current.end);
    return grows && !samples.some(({ isOwned }) => isOwned) ? 'STOP' : 'STALL';
  }
  return hasGrown(samples) ? 'WARN' : 'OK';
}

function firstVerdict({ commitAgeMs, lagMs, isOwned }: LagSample, windowMs: number): LagVerdict {
  // A group that never committed may have begun this moment.
  if (commitAgeMs === undefined || lagMs === undefined) return 'UNKNOWN';
  if (commitAgeMs < windowMs || lagMs < windowMs) return 'UNKNOWN';
  // The first uncommitted record came after the last commit: lag has grown since, out of nothing.
  return !isOwned && lagMs < commitAgeMs ? 'STOP' : 'STALL';
}

/** Medians of the first and the last third: one dip, or one peak, decides nothing. */
function hasGrown(samples: readonly LagSample[]): boolean {
  const share = Math.max(1, Math.floor(samples.length / 3));
  const lags = samples.map(({ records }) => records);
  const growth = median(lags.slice(-share)) - median(lags.slice(0, share));
  const produced = (samples.at(-1)?.end ?? 0) - (samples[0]?.end ?? 0);
  return growth > 0 && growth > produced * GROWTH_SHARE_MIN;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}
