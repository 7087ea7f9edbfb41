/**
 * Reads the envelope of recordJson.ts for `produce -J`. kcat's and rpk's spellings are taken too: `value` for `payload`,
 * `timestamp` for `ts`, headers as [{"key","value"}]. What names another record's place (topic, offset) is ignored;
 * an unknown field is refused, because silence would drop its data.
 */
import type { InputHeader, InputRecord } from './inputRecord.ts';

const PARTITION_MAX = 0x7fff_ffff;
/** Set by what printed the record and not part of it. */
const IGNORED: ReadonlySet<string> = new Set(['topic', 'offset', 'tstype', 'broker']);

/** Throws Error with a message that names the field. */
export function recordFromJson(line: string): InputRecord {
  const envelope: unknown = JSON.parse(line);
  if (!isObject(envelope)) throw new Error('not a JSON object');
  const record: { -readonly [Key in keyof InputRecord]: InputRecord[Key] } = {
    value: null,
    headers: [],
  };
  let valueSeen = false;
  for (const [field, given] of Object.entries(envelope)) {
    switch (field) {
      case 'partition':
        record.partition = integer(field, given, 0, PARTITION_MAX);
        break;
      case 'ts':
      case 'timestamp':
        record.timestampMs = timestamp(field, given);
        break;
      case 'headers':
        record.headers = headersFromJson(given);
        break;
      case 'key':
        record.key = bytesFromJson(field, given);
        break;
      case 'payload':
      case 'value':
        if (valueSeen) throw new Error('both "payload" and "value" are given');
        valueSeen = true;
        record.value = bytesFromJson(field, given);
        break;
      default:
        if (!IGNORED.has(field)) throw new Error(`unknown field ${JSON.stringify(field)}`);
    }
  }
  if (!valueSeen) throw new Error('"payload" is missing; null makes a tombstone');
  return record;
}

function headersFromJson(given: unknown): InputHeader[] {
  if (!Array.isArray(given)) throw new Error('"headers" is not an array');
  const items: readonly unknown[] = given;
  if (items.every((item) => isObject(item) && 'key' in item)) {
    return items.map((item) => namedHeader(item));
  }
  if (items.length % 2 !== 0) throw new Error('"headers" does not alternate names and values');
  const headers: InputHeader[] = [];
  for (let at = 0; at < items.length; at += 2) {
    headers.push({
      key: text('header name', items[at]),
      value: bytesFromJson('headers', items[at + 1]),
    });
  }
  return headers;
}

function namedHeader(item: unknown): InputHeader {
  if (!isObject(item)) throw new Error('"headers" mixes two forms');
  return {
    key: text('header name', item['key']),
    value: bytesFromJson('headers', item['value'] ?? null),
  };
}

function bytesFromJson(field: string, given: unknown): Buffer | null {
  if (given === null) return null;
  if (typeof given === 'string') return Buffer.from(text(field, given), 'utf8');
  if (isObject(given) && Object.keys(given).length === 1 && typeof given['base64'] === 'string') {
    const bytes = Buffer.from(given['base64'], 'base64');
    // Node's decoder skips what it does not know; only text that it would write itself is exact.
    if (bytes.toString('base64') !== given['base64'])
      throw new Error(`"${field}" is not valid base64`);
    return bytes;
  }
  throw new Error(`"${field}" is neither null, a string nor {"base64": string}`);
}

/** A lone surrogate has no UTF-8 and would turn into another character. */
function text(field: string, given: unknown): string {
  if (typeof given !== 'string') throw new Error(`"${field}" is not a string`);
  if (!given.isWellFormed()) throw new Error(`"${field}" has a lone surrogate; give it as base64`);
  return given;
}

/** -1 is how the log says that there is none. */
function timestamp(field: string, given: unknown): number | undefined {
  return given === null || given === -1
    ? undefined
    : integer(field, given, 0, Number.MAX_SAFE_INTEGER);
}

function integer(field: string, given: unknown, min: number, max: number): number {
  if (typeof given !== 'number' || !Number.isSafeInteger(given) || given < min || given > max) {
    throw new Error(`"${field}" is not an integer in ${min}..${max}`);
  }
  return given;
}

function isObject(given: unknown): given is Record<string, unknown> {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}
