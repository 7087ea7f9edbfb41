// The file `checkpoints`: up to which frame the segments hold everything, and what each copy keeps
// there. Text, one space between fields, a line feed after each line:
//
//   millrace-checkpoint 1
//   journal <journalId, 32 hex digits> <synced sequence>
//   copy <topicId> <partition> <copyId> <log start> <end> <segment base> <byte position> <high watermark> <bytes below>
//   ...
//   crc32c <8 hex digits, of all bytes before this line>
//
// Lines in no particular order. Replaced as a whole (pitfall 6), by one writer.
import { crc32c } from '@millrace/core/crc32c';
import { millraceError } from '@millrace/core/errors';
import { type CopyId, type Offset, type TopicId, toCopyId, toTopicId } from '@millrace/core/ids';

export const CHECKPOINT_FILE = 'checkpoints';
const TITLE = 'millrace-checkpoint';
const VERSION = 1;

/** What a copy keeps, durably, at the checkpoint. */
export interface CheckpointLine {
  readonly topicId: TopicId;
  readonly partition: number;
  readonly copyId: CopyId;
  readonly logStart: Offset;
  readonly end: Offset;
  /** Of the segment in which `end` lies, and the bytes of it before `end`. */
  readonly segmentBase: Offset;
  readonly position: number;
  readonly highWatermark: Offset;
  /** Size of the segments before that one, from the one that holds the log start on: whether all are there. */
  readonly bytesBelow: number;
}

export interface Checkpoint {
  /** 32 hex digits. */
  readonly journalId: string;
  /** All frames up to here are in the segments. */
  readonly sequence: number;
  readonly lines: readonly CheckpointLine[];
}

/** Identifies a partition among the lines. */
export function lineKey(topicId: TopicId, partition: number): string {
  return `${topicId}/${partition}`;
}

export function encodeLine(line: CheckpointLine): string {
  const { topicId, partition, copyId, logStart, end, segmentBase, position } = line;
  const { highWatermark, bytesBelow } = line;
  return `copy ${topicId} ${partition} ${copyId} ${logStart} ${end} ${segmentBase} ${position} ${highWatermark} ${bytesBelow}\n`;
}

/** `lines` as encodeLine made them, in the order of the file. */
export function encodeCheckpoint(
  journalId: string,
  sequence: number,
  lines: readonly string[],
): Buffer {
  const text = `${TITLE} ${VERSION}\njournal ${journalId} ${sequence}\n${lines.join('')}`;
  const crc = crc32c(Buffer.from(text, 'latin1')).toString(16).padStart(8, '0');
  return Buffer.from(`${text}crc32c ${crc}\n`, 'latin1');
}

/** Throws UNSUPPORTED_VERSION for a newer format, STORAGE_FAILED with what is wrong for a damaged file. */
export function decodeCheckpoint(bytes: Buffer): Checkpoint {
  const text = bytes.toString('latin1');
  const version = new RegExp(`^${TITLE} (\\d{1,9})\n`).exec(text)?.[1];
  if (version === undefined) throw damaged('it does not begin with its title');
  if (Number(version) > VERSION) {
    throw millraceError(
      'UNSUPPORTED_VERSION',
      `checkpoints has format ${version}, this version of Millrace knows ${VERSION}`,
    );
  }
  const trailer = /(?<=\n)crc32c ([0-9a-f]{8})\n$/.exec(text);
  if (trailer?.[1] === undefined) throw damaged('it has no trailer');
  if (crc32c(bytes.subarray(0, trailer.index)) !== Number.parseInt(trailer[1], 16)) {
    throw damaged('its CRC-32C does not match');
  }
  const rows = text.slice(0, trailer.index).split('\n').slice(1, -1);
  const journal = /^journal ([0-9a-f]{32}) (\d{1,16})$/.exec(rows[0] ?? '');
  if (journal?.[1] === undefined) throw damaged('it names no journal');
  const sequence = Number(journal[2]);
  if (!Number.isSafeInteger(sequence)) throw damaged(`sequence ${journal[2]}`);
  return { journalId: journal[1], sequence, lines: rows.slice(1).map(decodeLine) };
}

function decodeLine(row: string): CheckpointLine {
  const [kind, topicId, partition, copyId, ...numbers] = row.split(' ');
  const [logStart, end, segmentBase, position = 0, highWatermark, bytesBelow = 0] =
    numbers.map(toCount);
  if (kind !== 'copy' || numbers.length !== 6) throw damaged(`line ${JSON.stringify(row)}`);
  return {
    topicId: toTopicId(topicId ?? ''),
    partition: toCount(partition ?? ''),
    copyId: toCopyId(copyId ?? ''),
    logStart: logStart as Offset,
    end: end as Offset,
    segmentBase: segmentBase as Offset,
    position,
    highWatermark: highWatermark as Offset,
    bytesBelow,
  };
}

function toCount(text: string): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw damaged(`number ${JSON.stringify(text)}`);
  return value;
}

function damaged(what: string): Error {
  return millraceError('STORAGE_FAILED', `the file checkpoints is damaged: ${what}`, {
    outcome: 'not-applied',
  });
}
