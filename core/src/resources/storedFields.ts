/**
 * Checks of what is read from a cluster store: a person, an older program or a restored backup may have written it.
 * Each names the field by its path and throws CORRUPT_STATE. Fields that are not asked for stay as they are: a newer
 * program may have written them.
 */
import { MillraceError, millraceError } from '../errors.ts';
import { INT32_MAX } from '../ids.ts';

export type StoredFields = Readonly<Record<string, unknown>>;

export function objectAt(value: unknown, path: string): StoredFields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw corrupt(value, path, 'an object');
  }
  return value as StoredFields;
}

export function arrayAt(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw corrupt(value, path, 'a list');
  return value;
}

export function stringAt(value: unknown, path: string): string {
  if (typeof value !== 'string') throw corrupt(value, path, 'a string');
  return value;
}

export function booleanAt(value: unknown, path: string): boolean {
  if (typeof value !== 'boolean') throw corrupt(value, path, 'true or false');
  return value;
}

/** Both bounds included; without any, an int32 from 0. */
export function integerAt(value: unknown, path: string, max = INT32_MAX, min = 0): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max) {
    throw corrupt(value, path, `an integer in ${min}..${max}`);
  }
  return value;
}

/** Names and values of a map of strings. */
export function stringMapAt(value: unknown, path: string): void {
  for (const [key, text] of Object.entries(objectAt(value, path))) stringAt(text, `${path}.${key}`);
}

/** A string that `parse` (of ids.ts, topicName.ts) accepts. */
export function storedAt<T>(value: unknown, path: string, parse: (text: string) => T): T {
  const text = stringAt(value, path);
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    throw millraceError('CORRUPT_STATE', `${path}: ${error.message}`, { cause: error });
  }
}

export function corrupt(value: unknown, path: string, wanted: string): MillraceError {
  const seen = JSON.stringify(value) ?? String(value);
  const shown = seen.length > 60 ? `${seen.slice(0, 60)}...` : seen;
  return millraceError('CORRUPT_STATE', `${path} is ${shown}, not ${wanted}`);
}
