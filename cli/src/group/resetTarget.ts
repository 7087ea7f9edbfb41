/** Where a reset leads to, of the options of `group reset`: exactly one of them. */
import { parseTime } from '../range/timeExpression.ts';
import { UsageError } from '../usageError.ts';

export type ResetTarget =
  | { readonly kind: 'earliest' | 'latest' }
  | { readonly kind: 'undo' }
  | { readonly kind: 'time'; readonly timestampMs: number }
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'shift'; readonly by: number }
  | { readonly kind: 'group'; readonly group: string };

export interface TargetOptions {
  readonly toEarliest?: boolean;
  readonly toLatest?: boolean;
  readonly toTime?: string;
  readonly toOffset?: number;
  readonly shift?: number;
  readonly fromGroup?: string;
  readonly undo?: boolean;
}

/** Throws UsageError. */
export function resetTarget(options: TargetOptions, nowMs: number): ResetTarget {
  const { toEarliest, toLatest, toTime, toOffset, shift, fromGroup, undo } = options;
  const targets: ResetTarget[] = [];
  if (toEarliest === true) targets.push({ kind: 'earliest' });
  if (toLatest === true) targets.push({ kind: 'latest' });
  if (undo === true) targets.push({ kind: 'undo' });
  if (toTime !== undefined) targets.push({ kind: 'time', timestampMs: parseTime(toTime, nowMs) });
  if (toOffset !== undefined) targets.push({ kind: 'offset', offset: toOffset });
  if (shift !== undefined) targets.push({ kind: 'shift', by: shift });
  if (fromGroup !== undefined) targets.push({ kind: 'group', group: fromGroup });
  const [target] = targets;
  if (target === undefined || targets.length > 1) {
    throw new UsageError(
      'give one of --to-earliest, --to-latest, --to-time, --to-offset, --shift, --from-group and --undo',
    );
  }
  return target;
}
