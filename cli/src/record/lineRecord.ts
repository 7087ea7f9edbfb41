/** Turns a line into key and value as kcat does: -K splits at the first delimiter, -Z makes empty ones null. */
import { UsageError } from '../usageError.ts';
import type { InputHeader, InputRecord } from './inputRecord.ts';

export interface LineOptions {
  /** undefined: the whole line is the value. */
  readonly keyDelimiter?: Buffer | undefined;
  readonly empty: 'keep' | 'null';
}

const NO_HEADERS: readonly InputHeader[] = [];

/** The buffers of the record are views of `line`. A line without the delimiter is a value without a key. */
export function recordFromLine(line: Buffer, options: LineOptions): InputRecord {
  const { keyDelimiter } = options;
  const at = keyDelimiter === undefined ? -1 : line.indexOf(keyDelimiter);
  if (keyDelimiter === undefined || at === -1) {
    return { value: orNull(line, options), headers: NO_HEADERS };
  }
  return {
    key: orNull(line.subarray(0, at), options),
    value: orNull(line.subarray(at + keyDelimiter.length), options),
    headers: NO_HEADERS,
  };
}

function orNull(bytes: Buffer, { empty }: LineOptions): Buffer | null {
  return empty === 'null' && bytes.length === 0 ? null : bytes;
}

/** `name=value`, the value being all after the first `=`; a name alone has a null value. Throws UsageError. */
export function headerFromOption(option: string): InputHeader {
  const at = option.indexOf('=');
  const key = at === -1 ? option : option.slice(0, at);
  if (key === '') throw new UsageError(`header ${JSON.stringify(option)} is not name=value`);
  return { key, value: at === -1 ? null : Buffer.from(option.slice(at + 1), 'utf8') };
}
