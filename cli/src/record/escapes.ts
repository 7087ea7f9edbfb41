/**
 * Backslash escapes in format strings and delimiters, as kcat and rpk write them:
 *
 *     \n \r \t \0 \\ \xNN      one or two hexadecimal digits
 *
 * A backslash before any other punctuation stands for that character; before a letter or digit it is an error, because
 * a later version may give it a meaning.
 */
import { UsageError } from '../usageError.ts';

const SIMPLE: Readonly<Record<string, number>> = { n: 0x0a, r: 0x0d, t: 0x09, '0': 0x00 };

/** The bytes that `text` stands for, UTF-8 outside escapes. Throws UsageError. */
export function parseEscapes(text: string): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  while (at < text.length) {
    const backslash = text.indexOf('\\', at);
    if (backslash === -1) break;
    parts.push(Buffer.from(text.slice(at, backslash), 'utf8'));
    const escape = readEscape(text, backslash);
    parts.push(escape.bytes);
    at = escape.end;
  }
  parts.push(Buffer.from(text.slice(at), 'utf8'));
  return Buffer.concat(parts);
}

interface Escape {
  readonly bytes: Buffer;
  /** Index of the first character after it. */
  readonly end: number;
}

function readEscape(text: string, backslash: number): Escape {
  const point = text.codePointAt(backslash + 1);
  if (point === undefined) throw new UsageError(`${JSON.stringify(text)} ends in a backslash`);
  const char = String.fromCodePoint(point);
  const end = backslash + 1 + char.length;
  const simple = SIMPLE[char];
  if (simple !== undefined) return { bytes: Buffer.of(simple), end };
  if (char === 'x') {
    const digits = /^[0-9a-fA-F]{1,2}/.exec(text.slice(end))?.[0];
    if (digits === undefined) {
      throw new UsageError(`\\x in ${JSON.stringify(text)} wants one or two hexadecimal digits`);
    }
    return { bytes: Buffer.of(Number.parseInt(digits, 16)), end: end + digits.length };
  }
  if (/[a-zA-Z0-9]/.test(char)) {
    throw new UsageError(
      `\\${char} in ${JSON.stringify(text)} is not \\n \\r \\t \\0 \\\\ or \\xNN`,
    );
  }
  return { bytes: Buffer.from(char, 'utf8'), end };
}
