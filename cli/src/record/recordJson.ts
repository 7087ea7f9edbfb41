/**
 * The JSON envelope of `consume -J`, one object a line, with kcat's names:
 *
 *     {"topic":str,"partition":int,"offset":int,"ts":int,"headers":[str,bytes,...],"key":bytes,"payload":bytes}
 *     bytes: null | str, where the bytes are valid UTF-8 | {"base64":str}, where they are not
 *
 * `ts` is in milliseconds since 1970. `headers` alternates names and values, so that order and duplicates survive.
 * recordJsonInput.ts reads it back to the same record, byte by byte.
 */
import { isUtf8 } from 'node:buffer';
import type { PrintedRecord } from './printedRecord.ts';

/** Without a line end. */
export function recordToJson(record: PrintedRecord): string {
  let headers = '';
  for (const header of record.headers) {
    if (headers !== '') headers += ',';
    headers += `${JSON.stringify(header.key)},${bytesToJson(header.value)}`;
  }
  return (
    `{"topic":${JSON.stringify(record.topic)},"partition":${record.partition},"offset":${record.offset},` +
    `"ts":${record.timestampMs},"headers":[${headers}],` +
    `"key":${bytesToJson(record.key)},"payload":${bytesToJson(record.value)}}`
  );
}

function bytesToJson(bytes: Buffer | null): string {
  if (bytes === null) return 'null';
  if (isUtf8(bytes)) return JSON.stringify(bytes.toString('utf8'));
  return `{"base64":"${bytes.toString('base64')}"}`;
}
