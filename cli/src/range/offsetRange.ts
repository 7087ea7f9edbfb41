/**
 * `consume -o`: where to start and where to stop, by kcat's and rpk's grammar.
 *
 *     start | end | N | +N | -N            from the start, the end, an offset, N after the start, N before the end
 *     FROM:  :TO  FROM:TO  N-M             a range; its end is excluded
 *     @T  @T:  @:T  @T1:T2  @T1:@T2        by time (timeExpression.ts); `end` is allowed for T2
 *     s@T  e@T                             kcat's spelling; two -o options then make a range
 *
 * In @T1:T2 a duration T2 counts from T1 if T1 is a point in time, else from now. A range never waits: it ends at the
 * end of the log as it was at the beginning, at the latest.
 */
import { UsageError } from '../usageError.ts';
import { readTime, type TimeExpression } from './timeExpression.ts';

export type RangePoint =
  | { readonly kind: 'earliest'; readonly plus: number }
  | { readonly kind: 'latest'; readonly minus: number }
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'time'; readonly ms: number };

export interface OffsetRange {
  readonly from: RangePoint;
  /** undefined: follow the log. */
  readonly to: RangePoint | undefined;
}

export const EARLIEST: RangePoint = { kind: 'earliest', plus: 0 };
export const LATEST: RangePoint = { kind: 'latest', minus: 0 };

const NAMES: ReadonlyMap<string, RangePoint> = new Map<string, RangePoint>([
  ['start', EARLIEST],
  ['beginning', EARLIEST],
  ['earliest', EARLIEST],
  ['oldest', EARLIEST],
  ['end', LATEST],
  ['latest', LATEST],
  ['newest', LATEST],
]);

/** `options`: every -o that was given. Throws UsageError. */
export function parseOffsetOptions(options: readonly string[], nowMs: number): OffsetRange {
  let from: RangePoint | undefined;
  let to: RangePoint | undefined;
  for (const option of options) {
    const part = parseOffset(option, nowMs);
    if (
      (part.from !== undefined && from !== undefined) ||
      (part.to !== undefined && to !== undefined)
    ) {
      throw new UsageError(`-o ${option} sets again what an earlier -o has set`);
    }
    from ??= part.from;
    to ??= part.to;
  }
  const range = { from: from ?? EARLIEST, to };
  checkOrder(range, options.join(' '));
  return range;
}

interface PartialRange {
  readonly from: RangePoint | undefined;
  readonly to: RangePoint | undefined;
}

function parseOffset(text: string, nowMs: number): PartialRange {
  if (text.startsWith('@')) return parseTimes(text, nowMs);
  if (text.startsWith('s@')) return { from: wholeTime(text, nowMs), to: undefined };
  if (text.startsWith('e@')) return { from: undefined, to: wholeTime(text, nowMs) };
  const dashed = /^(\d+)-(\d+|end)$/.exec(text);
  const [fromText, toText, ...rest] =
    dashed === null ? text.split(':') : [dashed[1] ?? '', dashed[2] ?? ''];
  if (fromText === undefined || rest.length > 0) throw notAnOffset(text);
  if (toText === undefined) return { from: parsePoint(fromText, text), to: undefined };
  if (fromText === '' && toText === '') throw notAnOffset(text);
  return {
    from: fromText === '' ? EARLIEST : parsePoint(fromText, text),
    to: toText === '' ? undefined : parsePoint(toText, text),
  };
}

function parsePoint(text: string, option: string): RangePoint {
  const named = NAMES.get(text);
  if (named !== undefined) return named;
  if (!/^[+-]?\d+$/.test(text)) throw notAnOffset(option);
  const count = Math.abs(Number(text));
  if (!Number.isSafeInteger(count)) throw notAnOffset(option);
  if (text.startsWith('+')) return { kind: 'earliest', plus: count };
  if (text.startsWith('-')) return { kind: 'latest', minus: count };
  return { kind: 'offset', offset: count };
}

function parseTimes(text: string, nowMs: number): PartialRange {
  // Times may contain colons, so each half is read as far as it goes.
  let rest = text.slice(1);
  let from: RangePoint | undefined;
  let baseMs = nowMs;
  if (!rest.startsWith(':')) {
    const first = timeAt(rest, nowMs, text);
    from = { kind: 'time', ms: first.ms };
    if (first.absolute) baseMs = first.ms;
    rest = rest.slice(first.length);
  }
  if (rest === '' || (rest === ':' && from !== undefined)) return { from, to: undefined };
  if (!rest.startsWith(':')) throw notAnOffset(text);
  rest = rest.slice(rest.startsWith(':@') ? 2 : 1);
  if (rest === 'end') return { from: from ?? EARLIEST, to: LATEST };
  const second = timeAt(rest, baseMs, text);
  if (second.length !== rest.length) throw notAnOffset(text);
  return { from: from ?? EARLIEST, to: { kind: 'time', ms: second.ms } };
}

function wholeTime(text: string, nowMs: number): RangePoint {
  const time = timeAt(text.slice(2), nowMs, text);
  if (time.length !== text.length - 2) throw notAnOffset(text);
  return { kind: 'time', ms: time.ms };
}

function timeAt(text: string, baseMs: number, option: string): TimeExpression {
  const time = readTime(text, baseMs);
  if (time === undefined) throw notAnOffset(option);
  return time;
}

/** What can be seen without asking the broker. */
function checkOrder({ from, to }: OffsetRange, text: string): void {
  const empty =
    (from.kind === 'offset' && to?.kind === 'offset' && to.offset <= from.offset) ||
    (from.kind === 'time' && to?.kind === 'time' && to.ms <= from.ms);
  if (empty) throw new UsageError(`-o ${text} ends before it begins`);
}

function notAnOffset(text: string): UsageError {
  return new UsageError(
    `-o ${JSON.stringify(text)} is not start, end, N, +N, -N, FROM:TO, @TIME or @TIME:TIME`,
  );
}
