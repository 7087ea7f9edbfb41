/** Values of options, checked where they enter. All throw UsageError. */
import { parseBytes } from '@millrace/core/configValue';
import { UsageError } from './usageError.ts';

const INT32_MAX = 0x7fff_ffff;

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) {
      throw new UsageError(
        `${JSON.stringify(text)} is not a whole number from ${least} to ${most}`,
      );
    }
    return value;
  };
}

/** Bytes per second, above 0: `52428800`, `50MiB`. */
export function parseRate(text: string): number {
  try {
    const bytes = parseBytes(text);
    if (bytes > 0) return bytes;
  } catch {
    // Said below.
  }
  throw new UsageError(`${JSON.stringify(text)} is no number of bytes above 0`);
}

/** For options that may be repeated. */
export function collect(text: string, earlier: readonly string[] = []): string[] {
  return [...earlier, text];
}

/** `0`, `0,2`, repeatable. */
export function collectPartitions(text: string, earlier: readonly number[] = []): number[] {
  const given = text.split(',').map((part) => wholeNumber(0, INT32_MAX)(part.trim()));
  return [...new Set([...earlier, ...given])];
}

/** `key=value`, the value being all after the first `=`. */
export function keyValues(options: readonly string[]): Record<string, string> {
  const pairs = options.map((option) => {
    const at = option.indexOf('=');
    if (at < 1) throw new UsageError(`${JSON.stringify(option)} is not key=value`);
    return [option.slice(0, at), option.slice(at + 1)] as const;
  });
  return Object.fromEntries(pairs);
}
