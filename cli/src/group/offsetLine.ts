/**
 * Offsets of groups as files, one a line:
 *
 *     {"group":"billing","topic":"orders","partition":0,"offset":42,"metadata":"","commitMs":1700000000000}
 *
 * Topics by name, since another cluster gives them other ids. Import reads the first four and knows the other two.
 */
import { InputError } from '../inputError.ts';

export interface OffsetLine {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

const FIELDS: ReadonlySet<string> = new Set([
  'group',
  'topic',
  'partition',
  'offset',
  'metadata',
  'commitMs',
]);

/** Empty lines are left out. Throws InputError, which names the line. */
export function parseOffsetLines(text: string): OffsetLine[] {
  const lines: OffsetLine[] = [];
  const seen = new Set<string>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const parsed = parseLine(line, index + 1);
    const { group, topic, partition } = parsed;
    const key = JSON.stringify([group, topic, partition]);
    if (seen.has(key)) throw invalid(index + 1, `${topic}:${partition} of ${group} is there twice`);
    seen.add(key);
    lines.push(parsed);
  }
  if (lines.length === 0) throw new InputError('the file has no offsets', ADVICE);
  return lines;
}

function parseLine(line: string, number: number): OffsetLine {
  const value = parsedJson(line, number);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(number, 'it is no object');
  }
  const unknown = Object.keys(value).find((field) => !FIELDS.has(field));
  if (unknown !== undefined) throw invalid(number, `there is no field ${JSON.stringify(unknown)}`);
  const { group, topic, partition, offset } = value as Readonly<Record<string, unknown>>;
  if (typeof group !== 'string' || group === '') throw invalid(number, 'group is no name');
  if (typeof topic !== 'string' || topic === '') throw invalid(number, 'topic is no name');
  if (!isNatural(partition) || partition > 0x7fff_ffff) {
    throw invalid(number, 'partition is no number of a partition');
  }
  if (!isNatural(offset)) throw invalid(number, 'offset is no offset');
  return { group, topic, partition, offset };
}

function parsedJson(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw invalid(number, 'it is no JSON');
  }
}

function isNatural(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

const ADVICE = 'give what millrace group export prints';

function invalid(line: number, message: string): InputError {
  return new InputError(`line ${line}: ${message}`, ADVICE);
}
