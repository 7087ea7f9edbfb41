// The file `epochs` of a log: where each leader epoch begins. Text, a line feed after each line:
//
//   millrace-epochs 1
//   <leader epoch> <start offset>
//   ...
//   crc32c <8 hex digits, of all bytes before this line>
//
// Rising in both. What it says past the line of the checkpoint is dropped at boot, and read from the batches instead.
import { crc32c } from '@millrace/core/crc32c';
import { INT32_MAX, type Offset } from '@millrace/core/ids';
import type { EpochStart } from './epochs.ts';
import { LogCorruptError } from '../logCorruptError.ts';

export const EPOCHS_FILE = 'epochs';
const TITLE = 'millrace-epochs 1\n';

export function encodeEpochs(starts: readonly EpochStart[]): Buffer {
  const lines = starts.map(({ epoch, startOffset }) => `${epoch} ${startOffset}\n`);
  const text = `${TITLE}${lines.join('')}`;
  const crc = crc32c(Buffer.from(text, 'latin1')).toString(16).padStart(8, '0');
  return Buffer.from(`${text}crc32c ${crc}\n`, 'latin1');
}

/** Throws LogCorruptError. */
export function decodeEpochs(bytes: Buffer): EpochStart[] {
  const text = bytes.toString('latin1');
  const trailer = /(?<=\n)crc32c ([0-9a-f]{8})\n$/.exec(text);
  if (!text.startsWith(TITLE)) throw damaged('it does not begin with its title');
  if (trailer?.[1] === undefined) throw damaged('it has no trailer');
  if (crc32c(bytes.subarray(0, trailer.index)) !== Number.parseInt(trailer[1], 16)) {
    throw damaged('its CRC-32C does not match');
  }
  const lines = text.slice(TITLE.length, trailer.index).split('\n').slice(0, -1);
  let before: EpochStart = { epoch: -1, startOffset: -1 as Offset };
  return lines.map((line) => {
    const match = /^(\d{1,10}) (\d{1,16})$/.exec(line);
    const epoch = Number(match?.[1]);
    const startOffset = Number(match?.[2]) as Offset;
    const rises = epoch > before.epoch && startOffset > before.startOffset;
    if (!rises || epoch > INT32_MAX || !Number.isSafeInteger(startOffset)) {
      throw damaged(`line ${JSON.stringify(line)}`);
    }
    before = { epoch, startOffset };
    return before;
  });
}

function damaged(what: string): Error {
  return new LogCorruptError(`the file epochs is damaged: ${what}`);
}
