/**
 * `consume -f`: kcat's format tokens.
 *
 *     %s %S value, its length      %k %K key, its length      (length of null: -1)
 *     %R    length of the value as a big-endian int32         %T  timestamp in milliseconds
 *     %h    headers as name=value,...  (null value: NULL)      %t %p %o  topic, partition, offset     %%  a percent sign
 *
 * Everything else is literal, with the escapes of escapes.ts. No newline is added.
 */
import type { OutputBuffer } from '../output/outputBuffer.ts';
import { UsageError } from '../usageError.ts';
import { parseEscapes } from './escapes.ts';
import type { PrintedHeader, PrintedRecord } from './printedRecord.ts';

export type PrintRecord = (record: PrintedRecord, out: OutputBuffer) => void;

export interface NullText {
  /** What %s and %k print for null; kcat's -Z makes it NULL. */
  readonly nullText: string;
}

type Step = (record: PrintedRecord, out: OutputBuffer, nullText: string) => void;

const STEPS: Readonly<Record<string, Step>> = {
  s: (record, out, nullText) => bytesOrNull(record.value, out, nullText),
  S: (record, out) => out.text(String(record.value?.length ?? -1)),
  R: (record, out) => out.int32(record.value?.length ?? -1),
  k: (record, out, nullText) => bytesOrNull(record.key, out, nullText),
  K: (record, out) => out.text(String(record.key?.length ?? -1)),
  T: (record, out) => out.text(String(record.timestampMs)),
  h: (record, out) => headers(record.headers, out),
  t: (record, out) => out.text(record.topic),
  p: (record, out) => out.text(String(record.partition)),
  o: (record, out) => out.text(String(record.offset)),
};

/** Throws UsageError for an unknown token or escape. */
export function parseFormat(format: string, { nullText }: NullText): PrintRecord {
  const steps: Step[] = [];
  let literal = '';
  const flushLiteral = (): void => {
    if (literal === '') return;
    const bytes = parseEscapes(literal);
    steps.push((_record, out) => out.bytes(bytes));
    literal = '';
  };
  for (let at = 0; at < format.length; at++) {
    const char = format.charAt(at);
    if (char === '\\') {
      // The escaped character is never a token.
      literal += format.slice(at, at + 2);
      at++;
    } else if (char !== '%') {
      literal += char;
    } else {
      at++;
      const token = format.charAt(at);
      if (token === '%') {
        literal += '%';
        continue;
      }
      const step = STEPS[token];
      if (token === '' || step === undefined) {
        throw new UsageError(
          `%${token} in ${JSON.stringify(format)} is not one of %s %S %k %K %h %t %p %o %T %R %%`,
        );
      }
      flushLiteral();
      steps.push(step);
    }
  }
  flushLiteral();
  return (record, out) => {
    for (const step of steps) step(record, out, nullText);
  };
}

function bytesOrNull(bytes: Buffer | null, out: OutputBuffer, nullText: string): void {
  if (bytes === null) out.text(nullText);
  else out.bytes(bytes);
}

function headers(all: readonly PrintedHeader[], out: OutputBuffer): void {
  let separator = '';
  for (const header of all) {
    out.text(`${separator}${header.key}=`);
    bytesOrNull(header.value, out, 'NULL');
    separator = ',';
  }
}
