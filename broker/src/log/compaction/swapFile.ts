// The file `swap` of a partition, while compaction puts new segments in the place of old ones:
//
//   millrace-swap 1
//   old <base offset> <bytes>
//   ...
//   new <base offset> <bytes>
//   crc32c <8 hex digits: of all bytes before this line>
//
// Old segments follow each other; the new one has the base of the first. It is made before a file changes and goes once
// a durable line counts the new segment: a boot that finds it ends the swap, and believes a line of before or after it.
import { join } from 'node:path';
import { crc32c } from '@millrace/core/crc32c';
import type { Offset } from '@millrace/core/ids';
import { LogCorruptError } from '../logCorruptError.ts';

export const SWAP_FILE = 'swap';
const TITLE = 'millrace-swap 1';

export interface SizedSegment {
  readonly baseOffset: Offset;
  readonly sizeBytes: number;
}

export interface Swap {
  /** By rising base offset; at least one. */
  readonly old: readonly SizedSegment[];
  /** With the base of the first. */
  readonly cleaned: SizedSegment;
}

export function swapPath(directory: string): string {
  return join(directory, SWAP_FILE);
}

export function encodeSwap({ old, cleaned }: Swap): Buffer {
  const rows = old.map(({ baseOffset, sizeBytes }) => `old ${baseOffset} ${sizeBytes}\n`);
  rows.push(`new ${cleaned.baseOffset} ${cleaned.sizeBytes}\n`);
  const text = `${TITLE}\n${rows.join('')}`;
  const crc = crc32c(Buffer.from(text, 'latin1')).toString(16).padStart(8, '0');
  return Buffer.from(`${text}crc32c ${crc}\n`, 'latin1');
}

/** Throws LogCorruptError: which files count is not known then. */
export function decodeSwap(bytes: Buffer): Swap {
  const text = bytes.toString('latin1');
  const trailer = /(?<=\n)crc32c ([0-9a-f]{8})\n$/.exec(text);
  const crc = Number.parseInt(trailer?.[1] ?? '', 16);
  if (trailer === null || crc32c(bytes.subarray(0, trailer.index)) !== crc) {
    throw damaged('its CRC-32C does not match');
  }
  const [title, ...rows] = text.slice(0, trailer.index).split('\n').slice(0, -1);
  if (title !== TITLE) throw damaged(`it begins with ${JSON.stringify(title)}`);
  const old: SizedSegment[] = [];
  let cleaned: SizedSegment | undefined;
  for (const row of rows) {
    const match = /^(old|new) (\d{1,16}) (\d{1,16})$/.exec(row);
    const segment = { baseOffset: Number(match?.[2]) as Offset, sizeBytes: Number(match?.[3]) };
    if (!Number.isSafeInteger(segment.baseOffset + segment.sizeBytes)) throw damaged(row);
    if (match?.[1] === 'old') old.push(segment);
    else cleaned = segment;
  }
  if (old.length === 0 || cleaned === undefined) throw damaged('it names no segment');
  return { old, cleaned };
}

function damaged(what: string): Error {
  return new LogCorruptError(`a file ${SWAP_FILE} is damaged: ${what}`);
}
