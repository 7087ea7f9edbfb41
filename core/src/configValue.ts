/**
 * Values of the configuration as people write them: `7d`, `256MiB`, `25%`, `none`. One parser and one formatter a
 * kind; `format` of a value parses back to it. Parsers throw ConfigValueError, whose message says what is wanted.
 */

export class ConfigValueError extends Error {
  override readonly name = 'ConfigValueError';
}

/** Bytes, or a share of a whole that only the process knows (its memory, its disk). */
export type ByteShare = { readonly bytes: number } | { readonly percent: number };

/** `whole` in bytes. */
export function bytesOfShare(share: ByteShare, whole: number): number {
  return 'bytes' in share ? share.bytes : Math.floor((whole * share.percent) / 100);
}

const BYTE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  m: 1e6,
  mb: 1e6,
  g: 1e9,
  gb: 1e9,
  t: 1e12,
  tb: 1e12,
  ki: 2 ** 10,
  kib: 2 ** 10,
  mi: 2 ** 20,
  mib: 2 ** 20,
  gi: 2 ** 30,
  gib: 2 ** 30,
  ti: 2 ** 40,
  tib: 2 ** 40,
};

const MS_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const BYTES_SHOWN: readonly (readonly [number, string])[] = [
  [2 ** 40, 'TiB'],
  [2 ** 30, 'GiB'],
  [2 ** 20, 'MiB'],
  [2 ** 10, 'KiB'],
];

const MS_SHOWN: readonly (readonly [number, string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
];

export function parseCount(text: string): number {
  return withUnit(text, { '': 1 }, 'an integer');
}

export function parseBytes(text: string): number {
  return withUnit(text, BYTE_UNITS, 'a size such as 1048576, 256MiB or 4KiB');
}

export function parseMs(text: string): number {
  return withUnit(text, MS_UNITS, 'a duration such as 500ms, 30s, 12h or 7d');
}

export function parseRatio(text: string): number {
  const ratio = /^\s*\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(ratio)) throw new ConfigValueError('a ratio such as 0.5 is wanted');
  return ratio;
}

export function parseByteShare(text: string): ByteShare {
  const percent = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text)?.[1];
  if (percent === undefined) {
    return { bytes: withUnit(text, BYTE_UNITS, 'a size such as 64MiB, or a share such as 25%') };
  }
  const share = Number(percent);
  if (share > 100) throw new ConfigValueError('at most 100% is possible');
  return { percent: share };
}

export function parseSwitch(text: string): boolean {
  switch (text.trim().toLowerCase()) {
    case 'true':
    case 'on':
    case 'yes':
    case '1':
      return true;
    case 'false':
    case 'off':
    case 'no':
    case '0':
      return false;
    default:
      throw new ConfigValueError('on or off is wanted');
  }
}

/** The greatest unit that leaves an integer: 1048576 is `1MiB`, 1048577 is `1048577`. */
export function formatBytes(bytes: number): string {
  return inUnits(bytes, BYTES_SHOWN, '');
}

/** 604800000 is `7d`, 1500 is `1500ms`. */
export function formatMs(ms: number): string {
  return inUnits(ms, MS_SHOWN, 'ms');
}

export function formatByteShare(share: ByteShare): string {
  return 'bytes' in share ? formatBytes(share.bytes) : `${share.percent}%`;
}

function withUnit(text: string, units: Readonly<Record<string, number>>, wanted: string): number {
  const match = /^\s*(-?\d[\d_,]*(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text);
  const unit = match?.[2]?.toLowerCase() ?? '';
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (match?.[1] === undefined || factor === undefined) {
    throw new ConfigValueError(`${wanted} is wanted`);
  }
  // Binary fractions: 1.1h is 3960000.0000000005 ms; what is that near to an integer is one.
  const exact = Number(match[1].replaceAll(/[_,]/g, '')) * factor;
  const value = Math.round(exact);
  if (!Number.isSafeInteger(value) || Math.abs(exact - value) > 1e-6) {
    throw new ConfigValueError(`${wanted} is wanted, a whole number of the smallest unit`);
  }
  return value;
}

function inUnits(
  value: number,
  units: readonly (readonly [number, string])[],
  smallest: string,
): string {
  for (const [size, unit] of units) {
    if (value !== 0 && value % size === 0) return `${value / size}${unit}`;
  }
  return `${value}${smallest}`;
}
