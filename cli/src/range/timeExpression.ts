/**
 * Points in time on the command line, as rpk reads them:
 *
 *     10 digits                   seconds since 1970          now
 *     other digits                milliseconds since 1970     2022-02-14              a day, UTC
 *     2022-02-14T10:00:00.5Z      RFC 3339; an offset (+02:00) is taken too
 *     -1h30m  10s                 a duration before or after a base: ns us ms s m h d
 */
import { UsageError } from '../usageError.ts';

export interface TimeExpression {
  /** Milliseconds since 1970. */
  readonly ms: number;
  /** Given by itself, not by its distance from the base. */
  readonly absolute: boolean;
  /** Characters read. */
  readonly length: number;
}

const DAY = '\\d{4}-\\d{2}-\\d{2}';
const DATE_TIME = new RegExp(`^${DAY}[Tt]\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?([Zz]|[+-]\\d{2}:\\d{2})`);
const DATE = new RegExp(`^${DAY}(?![\\dTt])`);
const DIGITS = /^\d+(?![\d.a-z-])/;
const NOW = /^now(?![a-z])/;
const DURATION = /^[+-]?(?:\d+(?:\.\d+)?(?:ns|us|ms|s|m|h|d))+(?![a-z\d])/;
const DURATION_PART = /(\d+(?:\.\d+)?)(ns|us|ms|s|m|h|d)/g;
const UNIX_SECONDS_DIGITS = 10;
const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Reads the longest expression at the start of `text`; undefined if there is none. Durations count from `baseMs`. */
export function readTime(text: string, baseMs: number): TimeExpression | undefined {
  const dateText = (DATE_TIME.exec(text) ?? DATE.exec(text))?.[0];
  if (dateText !== undefined) {
    const ms = Date.parse(dateText);
    return Number.isNaN(ms) ? undefined : { ms, absolute: true, length: dateText.length };
  }
  const digits = DIGITS.exec(text)?.[0];
  if (digits !== undefined) {
    const count = Number(digits);
    const ms = digits.length === UNIX_SECONDS_DIGITS ? count * 1000 : count;
    return Number.isSafeInteger(ms) ? { ms, absolute: true, length: digits.length } : undefined;
  }
  if (NOW.test(text)) return { ms: baseMs, absolute: true, length: 3 };
  const duration = DURATION.exec(text)?.[0];
  if (duration === undefined) return undefined;
  return {
    ms: Math.max(0, baseMs + durationMs(duration)),
    absolute: false,
    length: duration.length,
  };
}

/** The whole of `text`. Throws UsageError. */
export function parseTime(text: string, nowMs: number): number {
  const time = readTime(text, nowMs);
  if (time === undefined || time.length !== text.length) {
    throw new UsageError(
      `${JSON.stringify(text)} is not a time: give milliseconds since 1970, 2022-02-14, 2022-02-14T10:00:00Z or -1h30m`,
    );
  }
  return time.ms;
}

/** Milliseconds from 0, `10s`, `1m30s`; digits alone are seconds, as kcat's -m. Throws UsageError. */
export function parseDuration(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  if (DURATION.exec(text)?.[0] !== text || text.startsWith('-')) {
    throw new UsageError(`${JSON.stringify(text)} is not a duration such as 500ms, 10s or 1m30s`);
  }
  return durationMs(text);
}

function durationMs(text: string): number {
  let total = 0;
  for (const [, count, unit] of text.matchAll(DURATION_PART)) {
    total += Number(count) * (UNIT_MS[unit ?? ''] ?? 0);
  }
  return Math.round(text.startsWith('-') ? -total : total);
}
