/** How `consume` prints a record, by its options. */
import { UsageError } from '../usageError.ts';
import { parseEscapes } from './escapes.ts';
import { parseFormat, type PrintRecord } from './formatString.ts';
import { recordToJson } from './recordJson.ts';

export interface PrintOptions {
  readonly output: 'text' | 'json';
  readonly json?: boolean;
  readonly format?: string;
  readonly keyDelimiter?: string;
  readonly delimiter?: string;
  /** kcat's -Z. */
  readonly null?: boolean;
}

/** As kcat: -f goes before -K and -D. Throws UsageError. */
export function recordPrinter(options: PrintOptions): PrintRecord {
  const { format, keyDelimiter, delimiter = '\\n' } = options;
  if (options.json === true || options.output === 'json') {
    if (format !== undefined) throw new UsageError('-f and -J do not go together');
    const end = parseEscapes(delimiter);
    return (record, out) => {
      out.text(recordToJson(record));
      out.bytes(end);
    };
  }
  const key = keyDelimiter === undefined ? '' : `%k${literal(keyDelimiter)}`;
  const nullText = options.null === true ? 'NULL' : '';
  return parseFormat(format ?? `${key}%s${literal(delimiter)}`, { nullText });
}

/** In a format string, whatever it is made of. */
function literal(delimiter: string): string {
  return parseEscapes(delimiter).toString('hex').replaceAll(/../g, '\\x$&');
}
