// Where a log is about to be cut, durable before it is (safety.md, rule 8). The frame's header says copy,
// log end and byte position; its body, big-endian:
//
//    0 u64   base offset of the segment in which the log ends
//    8 u64   log start offset
//   16 u64   bytes of the segments below, from the one that holds the log start on
//
// The last two are those of a checkpoint's line: a cut below it must not hide that a segment is lost.
import { millraceError } from '@millrace/core/errors';
import type { CopyId, Offset } from '@millrace/core/ids';
import type { CheckpointLine } from '../journal/checkpointFile.ts';
import type { JournalEntry } from '../journal/journal.ts';
import type { FrameHeader } from '../journal/journalFrame.ts';
import type { LogPosition } from '../partition/logPosition.ts';

const TRUNCATION_BODY_BYTES = 24;

export interface Truncation {
  readonly sequence: number;
  readonly copyId: CopyId;
  readonly to: LogPosition;
  readonly logStart: Offset;
  readonly bytesBelow: number;
}

/** `line`: what a checkpoint would say of the log once it is cut. */
export function truncateEntry(line: CheckpointLine): JournalEntry {
  const { copyId, end, segmentBase, position, logStart, bytesBelow } = line;
  const body = Buffer.alloc(TRUNCATION_BODY_BYTES);
  body.writeBigUInt64BE(BigInt(segmentBase), 0);
  body.writeBigUInt64BE(BigInt(logStart), 8);
  body.writeBigUInt64BE(BigInt(bytesBelow), 16);
  return { kind: 'truncate', copyId, offset: end, position, batches: [body], bytes: body.length };
}

/** Of an intact frame. Throws UNSUPPORTED_VERSION if it says more or less than this version knows. */
export function decodeTruncation(header: FrameHeader, body: Buffer): Truncation {
  if (body.length !== TRUNCATION_BODY_BYTES) {
    throw millraceError(
      'UNSUPPORTED_VERSION',
      `a truncate frame of the journal has ${body.length} bytes, this version knows ${TRUNCATION_BODY_BYTES}`,
    );
  }
  const { sequence, copyId, offset, position } = header;
  const segmentBase = Number(body.readBigUInt64BE(0)) as Offset;
  return {
    sequence,
    copyId,
    to: { offset, segmentBase, position },
    logStart: Number(body.readBigUInt64BE(8)) as Offset,
    bytesBelow: Number(body.readBigUInt64BE(16)),
  };
}
