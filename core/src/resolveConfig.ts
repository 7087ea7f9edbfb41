/** One configuration out of file, environment and flags; every key of the table gets a value. */
import { ConfigValueError } from './configValue.ts';
import type { ConfigOf, ConfigRow, ConfigTable } from './configTable.ts';
import { type MillraceError, millraceError } from './errors.ts';
import { nearestKey } from './nearestKey.ts';

export interface ConfigInputs {
  /** As parsed from a configuration file: keys of the table. */
  readonly file?: Readonly<Record<string, unknown>> | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** By flag (`data-dir`) or by key (`dataDir`). */
  readonly flags?: Readonly<Record<string, string | undefined>> | undefined;
}

export interface ResolvedConfig<T extends ConfigTable> {
  readonly config: ConfigOf<T>;
  readonly sources: { readonly [K in keyof T]: 'default' | 'file' | 'env' | 'flag' };
  /** For the log: variables that look like misspelt ones. Others may have a MILLRACE_ of their own. */
  readonly warnings: readonly string[];
}

/** `retentionMs` is `retention-ms`. */
export function flagName(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `retentionMs` is MILLRACE_RETENTION_MS, unless its row says otherwise. */
export function envName(key: string, row: ConfigRow<unknown>): string {
  return row.env ?? `MILLRACE_${flagName(key).replaceAll('-', '_').toUpperCase()}`;
}

/** Options for `parseArgs` of node:util. */
export function flagOptions(table: ConfigTable): Record<string, { type: 'string' }> {
  const options: Record<string, { type: 'string' }> = {};
  for (const key of Object.keys(table)) options[flagName(key)] = { type: 'string' };
  return options;
}

/** Throws INVALID_CONFIG: an unknown key in file or flags, or a value that does not parse. */
export function resolveConfig<T extends ConfigTable>(
  table: T,
  inputs: ConfigInputs,
): ResolvedConfig<T> {
  const { file = {}, env = {}, flags = {} } = inputs;
  for (const key of Object.keys(file)) rowOf(table, key);
  const keyOfFlag = new Map(Object.keys(table).map((key) => [flagName(key), key]));
  const flagValues = new Map<string, string>();
  for (const [flag, value] of Object.entries(flags)) {
    const key = keyOfFlag.get(flag) ?? flag;
    rowOf(table, key);
    if (value !== undefined) flagValues.set(key, value);
  }

  const config: Record<string, unknown> = {};
  const sources: Record<string, string> = {};
  for (const [key, row] of Object.entries(table)) {
    const name = envName(key, row);
    const flag = flagValues.get(key);
    const variable = env[name];
    if (flag !== undefined) {
      config[key] = parseValue(`--${flagName(key)}`, row, flag);
      sources[key] = 'flag';
    } else if (variable !== undefined && variable !== '') {
      config[key] = parseValue(name, row, variable);
      sources[key] = 'env';
    } else if (file[key] !== undefined) {
      config[key] = parseValue(key, row, scalar(key, file[key]));
      sources[key] = 'file';
    } else {
      config[key] = row.default;
      sources[key] = 'default';
    }
  }
  // Every key of the table was visited, each with a value of its row.
  return { config, sources, warnings: misspelt(table, env) } as unknown as ResolvedConfig<T>;
}

/** The row of `key`. Throws INVALID_CONFIG, naming the nearest known key. */
export function rowOf(table: ConfigTable, key: string): ConfigRow<unknown> {
  const row = Object.hasOwn(table, key) ? table[key] : undefined;
  if (row !== undefined) return row;
  const nearest =
    Object.keys(table).find((known) => table[known]?.kafka === key) ??
    nearestKey(key, Object.keys(table));
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  throw millraceError('INVALID_CONFIG', `unknown key ${JSON.stringify(key.slice(0, 100))}${hint}`);
}

/** `name` is how the user gave it. Throws INVALID_CONFIG. */
export function parseValue<V>(name: string, row: ConfigRow<V>, given: string): V {
  try {
    return row.parse(given);
  } catch (error) {
    if (error instanceof ConfigValueError) throw invalid(name, given, error.message);
    throw error;
  }
}

function scalar(key: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null) return 'none';
  throw invalid(key, JSON.stringify(value), 'a single value is wanted');
}

function invalid(name: string, given: string, wanted: string): MillraceError {
  const shown = JSON.stringify(given.slice(0, 100));
  return millraceError('INVALID_CONFIG', `${name}: ${shown} is not possible, ${wanted}`);
}

function misspelt(table: ConfigTable, env: Readonly<Record<string, string | undefined>>): string[] {
  const known = Object.entries(table).map(([key, row]) => envName(key, row));
  const warnings: string[] = [];
  for (const name of Object.keys(env)) {
    if (!name.startsWith('MILLRACE_') || known.includes(name)) continue;
    const nearest = nearestKey(name, known);
    if (nearest !== undefined && Math.abs(nearest.length - name.length) <= 2) {
      warnings.push(`${name} is not a variable of Millrace; did you mean ${nearest}?`);
    }
  }
  return warnings;
}
