/**
 * Configuration as a table: each key with its type, default, unit, bounds, a sentence and Kafka's name. From a table
 * come parsing, `--help`, docs/CONFIGURATION.md and, later, the schema of the chart. A flag wins over the environment
 * (`MILLRACE_*`), which wins over the file. (contracts.md, Configuration)
 */
import {
  type ByteShare,
  ConfigValueError,
  formatByteShare,
  formatBytes,
  formatMs,
  parseByteShare,
  parseBytes,
  parseCount,
  parseMs,
  parseRatio,
  parseSwitch,
} from './configValue.ts';

export interface ConfigRow<V> {
  readonly kind: 'count' | 'bytes' | 'ms' | 'ratio' | 'share' | 'switch' | 'choice' | 'text';
  readonly default: V;
  /** One sentence, ending in a full stop. */
  readonly sentence: string;
  /** What Kafka calls it; null if it has no such thing. */
  readonly kafka: string | null;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** Words with a meaning of their own, and the value each stands for. */
  readonly words: ReadonlyMap<string, V>;
  readonly choices?: readonly string[] | undefined;
  /** Environment variable, where it is not MILLRACE_ and the key. */
  readonly env?: string | undefined;
  /** Throws ConfigValueError. */
  parse(text: string): V;
  /** For people; parses back to the value. */
  format(value: V): string;
}

export type ConfigTable = Readonly<Record<string, ConfigRow<unknown>>>;

export type ConfigOf<T extends ConfigTable> = {
  readonly [K in keyof T]: T[K] extends ConfigRow<infer V> ? V : never;
};

interface RowText {
  readonly sentence: string;
  readonly kafka: string | null;
  readonly env?: string;
}

interface NumberRow<V> extends RowText {
  readonly default: V;
  readonly min?: number;
  readonly max?: number;
}

interface NumberKind {
  readonly kind: 'count' | 'bytes' | 'ms' | 'ratio';
  readonly parse: (text: string) => number;
  readonly format: (value: number) => string;
}

const COUNT: NumberKind = { kind: 'count', parse: parseCount, format: String };
const BYTES: NumberKind = { kind: 'bytes', parse: parseBytes, format: formatBytes };
const MS: NumberKind = { kind: 'ms', parse: parseMs, format: formatMs };
const RATIO: NumberKind = { kind: 'ratio', parse: parseRatio, format: String };

export const count = (row: NumberRow<number>): ConfigRow<number> => numeric(COUNT, row);
export const bytes = (row: NumberRow<number>): ConfigRow<number> => numeric(BYTES, row);
export const ms = (row: NumberRow<number>): ConfigRow<number> => numeric(MS, row);
/** From 0 to 1. */
export const ratio = (row: RowText & { default: number }): ConfigRow<number> =>
  numeric(RATIO, { ...row, max: 1 });

/** 0 stands for `auto`: the process finds the value out. */
export const autoCount = (row: RowText & { max?: number }): ConfigRow<number> =>
  numeric(COUNT, { ...row, default: 0, min: 1 }, 0);
export const autoBytes = (row: RowText & { min?: number }): ConfigRow<number> =>
  numeric(BYTES, { min: 1, ...row, default: 0 }, 0);

/** undefined stands for `none` (also -1, as in Kafka): no limit. */
export const optionalBytes = (row: NumberRow<number | undefined>): ConfigRow<number | undefined> =>
  optional(BYTES, row);
export const optionalMs = (row: NumberRow<number | undefined>): ConfigRow<number | undefined> =>
  optional(MS, row);

export function byteShare(row: RowText & { default: ByteShare }): ConfigRow<ByteShare> {
  return {
    ...row,
    kind: 'share',
    words: new Map(),
    parse: parseByteShare,
    format: formatByteShare,
  };
}

export function onOff(row: RowText & { default: boolean }): ConfigRow<boolean> {
  const format = (value: boolean): string => (value ? 'on' : 'off');
  return { ...row, kind: 'switch', words: new Map(), parse: parseSwitch, format };
}

/** The empty text means: not given. */
export function text(row: RowText & { default: string }): ConfigRow<string> {
  return { ...row, kind: 'text', words: new Map(), parse: (given) => given, format: (v) => v };
}

export function choice<const C extends readonly string[]>(
  choices: C,
  row: RowText & { default: C[number] },
): ConfigRow<C[number]> {
  const parse = (given: string): C[number] => {
    const found = choices.find((candidate) => candidate === given.trim());
    if (found === undefined) throw new ConfigValueError(`one of ${choices.join(', ')} is wanted`);
    return found;
  };
  return { ...row, kind: 'choice', choices, words: new Map(), parse, format: (value) => value };
}

function numeric(kind: NumberKind, row: NumberRow<number>, auto?: number): ConfigRow<number> {
  const words = new Map<string, number>(auto === undefined ? [] : [['auto', auto]]);
  return {
    ...row,
    kind: kind.kind,
    words,
    parse: (given) => words.get(given.trim()) ?? bounded(kind.parse(given), kind, row),
    format: (value) => (value === auto ? 'auto' : kind.format(value)),
  };
}

function optional(
  kind: NumberKind,
  row: NumberRow<number | undefined>,
): ConfigRow<number | undefined> {
  const words = new Map([
    ['none', undefined],
    ['-1', undefined],
  ]);
  return {
    ...row,
    kind: kind.kind,
    words,
    parse: (given) => (words.has(given.trim()) ? undefined : bounded(kind.parse(given), kind, row)),
    format: (value) => (value === undefined ? 'none' : kind.format(value)),
  };
}

function bounded(
  value: number,
  kind: NumberKind,
  { min = 0, max }: { min?: number; max?: number },
): number {
  if (value < min) throw new ConfigValueError(`at least ${kind.format(min)} is wanted`);
  if (max !== undefined && value > max) {
    throw new ConfigValueError(`at most ${kind.format(max)} is wanted`);
  }
  return value;
}
