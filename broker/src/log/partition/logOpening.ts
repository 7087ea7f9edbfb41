import { join } from 'node:path';
import { scanBatches } from '@millrace/core/batchCheck';
import { endOffset as endOfBatch } from '@millrace/core/batchHeader';
import type { Offset } from '@millrace/core/ids';
import { baseOffsetOf, leaderEpochOf, sizeBytesOf } from '../segment/batchFields.ts';
import type { CheckpointLine } from '../journal/checkpointFile.ts';
import { Epochs, type EpochStart } from '../epochs/epochs.ts';
import { decodeEpochs, EPOCHS_FILE } from '../epochs/epochsFile.ts';
import type { FoundLog } from './logContent.ts';
import { LogCorruptError } from '../logCorruptError.ts';
import type { LogPosition } from './logPosition.ts';
import type { Swap } from '../compaction/swapFile.ts';
import { endSwap, segmentsBefore } from '../compaction/swapFiles.ts';
import { dropSnapshotPast } from '../producers/producerSnapshotFiles.ts';
import { LogSegment } from '../segment/segment.ts';
import { segmentBaseOf } from '../segment/segmentFiles.ts';
import { bytesBetween, SegmentList } from '../segment/segmentList.ts';
import type { SegmentPlace } from '../segment/segmentPlace.ts';

const sliceBytes = 1 << 20;

/** `bytesBelow` undefined: not known. */
export type LineToKeep = Omit<CheckpointLine, 'bytesBelow'> & {
  readonly bytesBelow: number | undefined;
};

export interface OpenLogOptions {
  /** What the copy keeps; undefined, not for `cut-to-line`: nothing is known of it. */
  readonly line: LineToKeep | undefined;
  /**
   * `cut-to-line`: all past the line goes, before frames are rewritten (rule 11); `keep-valid`: an `async` log keeps
   * what validates by CRC past its line; `as-it-is`: after a clean shutdown, when nothing lies past it; `look`: what validates can be read,
   * nothing is changed, and the log has failed (rule 12: delete nothing before a leader answers). `held`: as
   * `cut-to-line`, but batches past the line stay until settle: extents in the journal may vouch for them.
   */
  readonly past: 'cut-to-line' | 'held' | 'keep-valid' | 'as-it-is' | 'look';
}

export interface OpenedLog extends FoundLog {
  readonly highWatermark: Offset;
  /** Bytes past what is kept, removed. */
  readonly bytesCut: number;
  /** Its record is still there, for a line of before it may count. */
  readonly swap?: Swap | undefined;
}

export function emptyLog(start: Offset): OpenedLog {
  return {
    segments: new SegmentList([]),
    epochs: new Epochs(),
    logStart: start,
    end: { offset: start, segmentBase: start, position: 0 },
    highWatermark: start,
    isDirectoryDirty: false,
    isHeld: false,
    isEpochsFileCurrent: true,
    bytesCut: 0,
  };
}

/**
 * What a directory holds, cut to what counts. Looks into no segment below the line. Throws LogCorruptError before
 * anything is changed if less is there than the line says.
 */
export async function findLog(place: SegmentPlace, options: OpenLogOptions): Promise<OpenedLog> {
  const swap = options.past === 'look' ? undefined : await endSwap(place);
  const files = listSegments(place);
  const line = lineToKeep(options.line, files);
  checkComplete(place, files, line, swap);
  const epochs = await epochsUpTo(place, files, line);
  const kept =
    options.past === 'keep-valid' || options.past === 'look'
      ? await validPast(place, files, line, epochs.epochs, options)
      : { ...line, offset: line.end };
  const found = cutTo(place, files, kept, line, options);
  if (options.past !== 'look') return { ...found, ...epochs, swap };
  return { ...found, epochs: new Epochs(epochs.epochs.starts), isEpochsFileCurrent: true };
}

interface SegmentFile {
  readonly baseOffset: Offset;
  readonly sizeBytes: number;
}

interface Listing {
  /** By rising base offset. */
  readonly segments: readonly SegmentFile[];
  /** Indexes and snapshots by name, and what was being replaced. */
  readonly others: readonly { readonly name: string; readonly base: Offset | undefined }[];
}

type Line = Omit<LineToKeep, 'topicId' | 'partition' | 'copyId'>;

function listSegments({ storage, directory }: SegmentPlace): Listing {
  const segments: SegmentFile[] = [];
  const others: { name: string; base: Offset | undefined }[] = [];
  for (const { name, kind } of storage.list(directory)) {
    const found = kind === 'file' ? segmentBaseOf(name) : undefined;
    if (found?.suffix === '.log') {
      segments.push({ baseOffset: found.base, sizeBytes: storage.fileSize(join(directory, name)) });
    } else if (found !== undefined || name.endsWith('.tmp') || name.endsWith('.cleaned')) {
      others.push({ name, base: found?.base });
    }
  }
  segments.sort((left, right) => left.baseOffset - right.baseOffset);
  return { segments, others };
}

/** All of what a line keeps may have expired, and its segment with it. */
function lineToKeep(line: LineToKeep | undefined, files: Listing): Line {
  if (line === undefined) return startOf(files);
  const { logStart, end, segmentBase } = line;
  if (logStart < end || files.segments.some(({ baseOffset }) => baseOffset === segmentBase)) {
    return line;
  }
  return { ...line, segmentBase: end, position: 0 };
}

/** Of an `async` log without a line: nothing is known to be valid. */
function startOf({ segments }: Listing): Line {
  const first = segments[0]?.baseOffset ?? (0 as Offset);
  const place = { logStart: first, end: first, segmentBase: first, position: 0 };
  return { ...place, highWatermark: first, bytesBelow: undefined };
}

function checkComplete(
  { directory }: SegmentPlace,
  { segments }: Listing,
  line: Line,
  swap: Swap | undefined,
): void {
  const short = (what: string): Error =>
    new LogCorruptError(`${directory}: the checkpoint ends at offset ${line.end}, ${what}`);
  const bytesBelow = bytesBetween(segments, line.logStart, line.segmentBase);
  const bytesBefore =
    swap && bytesBetween(segmentsBefore(swap, segments), line.logStart, line.segmentBase);
  const isComplete = line.bytesBelow === bytesBelow || line.bytesBelow === bytesBefore;
  if (line.bytesBelow !== undefined && !isComplete) {
    throw short(`the segments below have ${bytesBelow} bytes instead of ${line.bytesBelow}`);
  }
  if (line.position === 0) return;
  const last = segments.find(({ baseOffset }) => baseOffset === line.segmentBase);
  if (last === undefined) throw short(`its segment ${line.segmentBase} is missing`);
  if (last.sizeBytes < line.position) {
    throw short(
      `its segment ${last.baseOffset} has ${last.sizeBytes} bytes instead of ${line.position}`,
    );
  }
}

/** Epochs below the line: from their file, or from the batches if it is lost (rule 29: they are derived). */
async function epochsUpTo(
  place: SegmentPlace,
  { segments }: Listing,
  line: Line,
): Promise<Pick<FoundLog, 'epochs' | 'isEpochsFileCurrent'>> {
  const known = knownEpochs(place);
  const isEmpty = line.end === line.logStart;
  if (isEmpty || (known?.[0] !== undefined && known[0].startOffset <= line.logStart)) {
    const epochs = new Epochs(known);
    epochs.cut((isEmpty ? line.end + 1 : line.end) as Offset);
    epochs.trim(line.logStart);
    return { epochs, isEpochsFileCurrent: epochs.changes === 0 };
  }
  const epochs = new Epochs();
  for (const { baseOffset: base, sizeBytes } of segments) {
    if (base > line.segmentBase || base >= line.end) break;
    const bytes = base === line.segmentBase ? line.position : sizeBytes;
    const segment = LogSegment.reopenSealed(place, base, bytes);
    for (let position = 0; position < bytes; ) {
      const batches = await segment.readBatches(position, sliceBytes);
      if (batches.length === 0) {
        throw new LogCorruptError(`${segment.path}: no batch at byte ${position}`);
      }
      for (let at = 0; at < batches.length; at += sizeBytesOf(batches, at)) {
        const epoch = leaderEpochOf(batches, at);
        if (epoch < epochs.last) {
          throw new LogCorruptError(`${segment.path}: epoch ${epoch} after ${epochs.last}`);
        }
        epochs.note(epoch, baseOffsetOf(batches, at), line.logStart);
      }
      position += batches.length;
    }
  }
  epochs.trim(line.logStart);
  return { epochs, isEpochsFileCurrent: false };
}

/** Of the file; undefined if it is missing or damaged. */
function knownEpochs({ storage, directory }: SegmentPlace): readonly EpochStart[] | undefined {
  try {
    return decodeEpochs(storage.readFile(join(directory, EPOCHS_FILE)));
  } catch {
    return undefined;
  }
}

/** Where the last batch past the line ends that continues the log and has a good CRC. Notes epochs on the way. */
async function validPast(
  place: SegmentPlace,
  { segments }: Listing,
  line: Line,
  epochs: Epochs,
  { past }: OpenLogOptions,
): Promise<LogPosition> {
  let kept: LogPosition = { ...line, offset: line.end };
  for (const { baseOffset: base, sizeBytes } of segments) {
    if (base < line.segmentBase) continue;
    // A gap may be a lost segment: rather fetch again what follows.
    if (base !== line.segmentBase && base !== kept.offset) break;
    const segment = LogSegment.reopenSealed(place, base, sizeBytes);
    let position = base === line.segmentBase ? line.position : 0;
    while (position < sizeBytes) {
      const batches = await segment.readBatches(position, sliceBytes);
      const { headers, validBytes } = scanBatches(batches, kept.offset, epochs.last);
      for (const { leaderEpoch, baseOffset } of headers) {
        epochs.note(leaderEpoch, baseOffset, line.logStart);
      }
      const last = headers.at(-1);
      if (last === undefined) return kept;
      if (past === 'keep-valid') segment.writeAgain(batches.subarray(0, validBytes), position);
      position += validBytes;
      kept = { offset: endOfBatch(last), segmentBase: base, position };
      if (validBytes < batches.length) return kept;
    }
  }
  return kept;
}

function cutTo(
  place: SegmentPlace,
  listing: Listing,
  kept: LogPosition,
  line: Line,
  { past }: OpenLogOptions,
): Omit<OpenedLog, 'epochs' | 'isEpochsFileCurrent' | 'swap'> {
  let bytesCut = 0;
  let isDirectoryDirty = false;
  const segments: LogSegment[] = [];
  for (const { baseOffset: base, sizeBytes } of listing.segments) {
    if (base < kept.segmentBase) {
      segments.push(LogSegment.reopenSealed(place, base, sizeBytes));
    } else if (past === 'look') {
      if (base > kept.segmentBase || kept.position === 0) break;
      segments.push(LogSegment.reopenSealed(place, base, kept.position));
    } else if (base === kept.segmentBase && kept.position > 0) {
      const boot = past === 'as-it-is' && sizeBytes === kept.position ? 'clean' : 'crash';
      const { position, offset } = kept;
      const segment = LogSegment.reopenGrowing(place, base, position, offset, boot);
      segments.push(segment);
      if (past === 'held') {
        segment.hold();
        continue;
      }
      if (sizeBytes > position) segment.cut(position, offset);
      bytesCut += sizeBytes - position;
    } else if (past !== 'held') {
      new LogSegment(place, base).remove();
      bytesCut += sizeBytes;
      isDirectoryDirty = true;
    }
  }
  if (past === 'keep-valid') {
    // The line that names what was found past the old one comes after a sync of it.
    for (const segment of segments) {
      if (segment.baseOffset >= line.segmentBase) segment.assumeUnsynced();
    }
    isDirectoryDirty = true;
  }
  // Batches past the line may have changed since they were taken (rule 8).
  for (const { baseOffset } of past === 'look' ? [] : segments) {
    const isPast = baseOffset >= line.segmentBase;
    if (isPast && dropSnapshotPast(place, baseOffset, line.end)) isDirectoryDirty = true;
  }
  // Leftovers without a segment; those of a removed one went with it. Of a held one the indexes are made again.
  const known = past === 'held' ? segments : listing.segments;
  const bases = new Set<Offset | undefined>(known.map(({ baseOffset }) => baseOffset));
  for (const { name, base } of listing.others) {
    if (bases.has(base) || past === 'look') continue;
    place.storage.unlink(join(place.directory, name));
    isDirectoryDirty = true;
  }
  return {
    segments: new SegmentList(segments),
    logStart: line.logStart,
    end: { offset: kept.offset, segmentBase: kept.segmentBase, position: kept.position },
    highWatermark: Math.min(line.highWatermark, kept.offset) as Offset,
    isDirectoryDirty,
    isHeld: past === 'held',
    bytesCut,
  };
}
