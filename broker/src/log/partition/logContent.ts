import { millraceError } from '@millrace/core/errors';
import type { Offset } from '@millrace/core/ids';
import { baseOffsetOf, leaderEpochOf, sizeBytesOf } from '../segment/batchFields.ts';
import { CachedTail } from '../tail/cachedTail.ts';
import type { CheckpointLine } from '../journal/checkpointFile.ts';
import { CutHistory } from '../epochs/cutHistory.ts';
import { DirectoryNames } from '../directory/directoryNames.ts';
import type { Epochs } from '../epochs/epochs.ts';
import type { LogPosition } from './logPosition.ts';
import { type Broken, LogSegment } from '../segment/segment.ts';
import { SavedEpochs } from '../epochs/savedEpochs.ts';
import { segmentBasesIn } from '../segment/segmentFiles.ts';
import type { SegmentList } from '../segment/segmentList.ts';
import type { SegmentPlace } from '../segment/segmentPlace.ts';
import type { TailCache } from '../tail/tailCache.ts';
import type { PlannedPiece, PlannedRun } from './writePlan.ts';
import type { WrittenRun } from '../journal/writtenRun.ts';

/** What was found at boot, or nothing. */
export interface FoundLog {
  readonly segments: SegmentList;
  readonly epochs: Epochs;
  readonly logStart: Offset;
  readonly end: LogPosition;
  /** Files were removed while it was opened. */
  readonly isDirectoryDirty: boolean;
  /** What lies past the end stays until settle, and may count: extents of the journal say so. */
  readonly isHeld: boolean;
  /** The file `epochs` says what `epochs` said before its first change. */
  readonly isEpochsFileCurrent: boolean;
}

/** Whether a piece is worth keeping in memory: recovery writes what nobody is about to read. */
export type Caching = 'cached' | 'not cached';

// One writer, whose calls are synchronous but for `write`; readers run between them and notice cuts by `cuts`.
/** What is written of one log: segments, epochs, the cached tail. */
export class LogContent {
  readonly segments: SegmentList;
  readonly epochs: Epochs;
  readonly tail: CachedTail;
  readonly cuts = new CutHistory();
  readonly name: string;
  /** Exclusive, with what is queued and not yet written; kept by the log. */
  logEnd: Offset;
  readonly #place: SegmentPlace;
  #logStart: Offset;
  #end: LogPosition;
  #lastBase: Offset;
  /** Wall clock when the growing segment was begun, or found. */
  #growingSinceMs: number;
  #removals = 0;
  readonly #dirty = new Set<LogSegment>();
  readonly #names: DirectoryNames;
  #isHeld: boolean;
  readonly #savedEpochs: SavedEpochs;
  #isClosed = false;
  #syncing: Promise<void> = Promise.resolve();

  constructor(place: SegmentPlace, found: FoundLog, tailCache: TailCache) {
    this.#place = place;
    this.name = place.directory;
    this.segments = found.segments;
    this.epochs = found.epochs;
    this.tail = new CachedTail(tailCache);
    this.logEnd = found.end.offset;
    this.#logStart = found.logStart;
    this.#end = found.end;
    this.#lastBase = lastBelow(found.end.offset);
    this.#growingSinceMs = place.clock.wallMs();
    this.#names = new DirectoryNames(place.storage, place.directory);
    if (found.isDirectoryDirty) this.#names.changed();
    this.#isHeld = found.isHeld;
    const file = found.isEpochsFileCurrent ? 'current' : 'old';
    this.#savedEpochs = new SavedEpochs(place.storage, place.directory, found.epochs, file);
    for (const segment of found.segments) if (segment.isDirty) this.#dirty.add(segment);
  }

  /** See FoundLog. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  get logStart(): Offset {
    return this.#logStart;
  }

  /** Where the next write begins. */
  get end(): LogPosition {
    return this.#end;
  }

  get isDirty(): boolean {
    return this.#dirty.size > 0 || this.#names.isDirty || this.#savedEpochs.isDirty;
  }

  /** Milliseconds since the growing segment was begun; 0 if there is none. */
  get growingForMs(): number {
    return this.segments.growing === undefined
      ? 0
      : this.#place.clock.wallMs() - this.#growingSinceMs;
  }

  writeNow(run: PlannedRun, broken: Broken): WrittenRun {
    const segment = this.#target(run);
    const buffers = run.pieces.map((piece) => piece.buffer);
    segment.writeNow(buffers, run.bytes, broken);
    return this.#written(run, segment, buffers, 'cached');
  }

  /** As writeNow, through the thread pool. */
  async write(run: PlannedRun, broken: Broken): Promise<WrittenRun> {
    const segment = this.#target(run);
    const buffers = run.pieces.map((piece) => piece.buffer);
    await segment.write(buffers, run.bytes, broken);
    return this.#written(run, segment, buffers, 'cached');
  }

  /** Recovery: a frame of the journal. */
  rewrite(run: PlannedRun, broken: Broken): void {
    const segment = this.#target(run);
    const buffers = run.pieces.map((piece) => piece.buffer);
    segment.writeNow(buffers, run.bytes, broken);
    this.#written(run, segment, buffers, 'not cached');
    this.logEnd = this.#end.offset;
  }

  /** Recovery: batches that lie where the log ends count, as an extent of the journal says. */
  keep(run: PlannedRun): void {
    const segment = this.#target(run);
    segment.keep(run.bytes);
    this.#written(run, segment, [], 'not cached');
    this.logEnd = this.#end.offset;
  }

  /** Of a log that is held: the segment at `base` as its file is, up to byte `end`, to read from. */
  heldSegment(base: Offset, end: number): LogSegment {
    return LogSegment.reopenSealed(this.#place, base, end);
  }

  /** Recovery is over: of a log that is held all past its end goes. Throws what the storage throws. */
  settle(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    const { growing } = this.segments;
    growing?.settle();
    if (growing !== undefined) this.#dirty.add(growing);
    for (const base of segmentBasesIn(this.#place)) {
      if (this.segments.get(base) === undefined) this.#remove(new LogSegment(this.#place, base));
    }
  }

  /** The next write begins a segment. */
  roll(): void {
    const { growing } = this.segments;
    if (growing === undefined) return;
    growing.seal(this.#lastBase);
    this.#dirty.add(growing);
    this.segments.changed();
  }

  flushIndexes(): void {
    const { growing } = this.segments;
    if (growing === undefined) return;
    growing.flushIndexes(this.#lastBase);
    this.#dirty.add(growing);
  }

  /**
   * After a failed write that was cut back: no power loss brings its bytes back under those that follow. What the
   * journal does not hold needs that (rule 8). Throws what the storage throws.
   */
  syncCutNow(): void {
    if (this.#isClosed) return;
    this.segments.growing?.syncCutNow();
    // A first write of a segment was undone by removing its file.
    this.#place.storage.syncDirectoryNow(this.#place.directory);
  }

  /** The log ends at `to` now, a batch boundary in it. Unsynced. Throws what the storage throws. */
  cut(to: LogPosition): void {
    if (this.#isClosed) throw millraceError('PARTITION_OFFLINE', `${this.name} is closed`);
    this.cuts.add(to.offset);
    this.tail.cut(to.offset);
    // The first segment to go is the one that begins at the new end: it is not written yet then.
    for (const segment of this.segments.takeFrom(to.offset)) this.#remove(segment);
    const { last } = this.segments;
    if (to.position > 0 && last !== undefined) {
      last.cut(to.position, to.offset);
      this.#dirty.add(last);
      this.segments.changed();
    }
    this.epochs.cut(to.offset);
    this.#end = to;
    this.logEnd = to.offset;
    this.#lastBase = lastBelow(to.offset);
    this.#logStart = Math.min(this.#logStart, to.offset) as Offset;
  }

  /** Rises when segments go or are cut. */
  get version(): number {
    return this.cuts.count + this.#removals;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  advanceLogStart(logStart: Offset): void {
    if (logStart <= this.#logStart) return;
    this.#logStart = logStart;
    this.epochs.trim(logStart);
  }

  /** What a checkpoint says of the files if the log ends at `at`. */
  lineAt(
    at: LogPosition,
  ): Omit<CheckpointLine, 'topicId' | 'partition' | 'copyId' | 'highWatermark'> {
    const { offset: end, segmentBase, position } = at;
    const logStart = Math.min(this.#logStart, end) as Offset;
    const bytesBelow = this.segments.bytesBetween(logStart, segmentBase);
    return { logStart, end, segmentBase, position, bytesBelow };
  }

  /** Deletes segments of which nothing lies at or past `offset`, but for the last one. */
  removeBelow(offset: Offset): void {
    for (const segment of this.segments.takeBelow(offset)) this.#remove(segment);
  }

  /** Compaction: `cleaned` is where `old` were, sealed segments that follow each other. Readers look where they are anew. */
  swap(old: readonly LogSegment[], cleaned: LogSegment): void {
    this.cuts.moved();
    for (const segment of old) {
      this.#dirty.delete(segment);
      segment.closeFiles();
      this.tail.forget(segment.baseOffset);
    }
    this.segments.swap(old, cleaned);
    this.#names.changed();
  }

  /** Throws OFFSET_OUT_OF_RANGE unless a reader may stand at `offset`, PARTITION_OFFLINE once closed. */
  checkReadable(offset: Offset): void {
    if (this.#isClosed) throw millraceError('PARTITION_OFFLINE', `${this.name} is closed`);
    if (offset >= this.#logStart && offset <= this.logEnd) return;
    throw millraceError(
      'OFFSET_OUT_OF_RANGE',
      `offset ${offset} of ${this.name}: the log holds ${this.#logStart} to ${this.logEnd}`,
    );
  }

  /** Makes durable all that was written or cut before the call; nothing once closed. */
  sync(): Promise<void> {
    const synced = this.#syncing.then(async () => {
      try {
        await this.#syncFiles();
      } catch (error) {
        // The directory may have moved to the trash.
        if (!this.#isClosed) throw error;
      }
    });
    // One at a time: they replace the same file.
    this.#syncing = synced.catch(() => undefined);
    return synced;
  }

  /**
   * Makes durable what was written into the segment at `base` before the call, and its name: a boot finds these
   * batches. Its indexes can wait for a checkpoint. Never retry it (pitfall 5).
   */
  async syncSegment(base: Offset): Promise<void> {
    const segment = this.segments.get(base);
    if (segment === undefined) throw new RangeError(`${this.name} has no segment ${base}`);
    await segment.syncBatches();
    await this.#names.sync();
  }

  close(): void {
    this.#isClosed = true;
    this.tail.clear();
    for (const segment of this.segments) segment.closeFiles();
  }

  async #syncFiles(): Promise<void> {
    const segments = [...this.#dirty];
    this.#dirty.clear();
    for (const segment of segments) await segment.sync();
    if (!this.#isClosed) await this.#savedEpochs.save();
    if (!this.#isClosed) await this.#names.sync();
  }

  #target(run: PlannedRun): LogSegment {
    const { growing } = this.segments;
    if (run.target === 'growing segment' && growing !== undefined) return growing;
    this.roll();
    this.#names.changed();
    const segment = new LogSegment(this.#place, run.baseOffset);
    if (this.#isHeld) segment.hold();
    return segment;
  }

  #written(
    run: PlannedRun,
    segment: LogSegment,
    buffers: readonly Buffer[],
    caching: Caching,
  ): WrittenRun {
    if (segment !== this.segments.last) {
      this.segments.add(segment);
      this.#growingSinceMs = this.#place.clock.wallMs();
    }
    this.#dirty.add(segment);
    const position = segment.sizeBytes - run.bytes;
    let pieceAt = position;
    for (const piece of run.pieces) {
      this.#note(piece, segment, pieceAt, caching);
      pieceAt += piece.buffer.length;
    }
    const { baseOffset, endOffset, bytes } = run;
    const segmentBase = segment.baseOffset;
    this.#end = { offset: endOffset, segmentBase, position: segment.sizeBytes };
    const leaderEpoch = this.epochs.last;
    return { baseOffset, endOffset, segmentBase, position, buffers, bytes, leaderEpoch };
  }

  #note(piece: PlannedPiece, segment: LogSegment, position: number, caching: Caching): void {
    const { buffer } = piece;
    for (let at = 0; at < buffer.length; at += sizeBytesOf(buffer, at)) {
      this.#lastBase = baseOffsetOf(buffer, at);
      this.epochs.note(leaderEpochOf(buffer, at), this.#lastBase, this.#logStart);
    }
    segment.index(buffer, position);
    if (caching === 'cached') {
      this.tail.add({ ...piece, segmentBase: segment.baseOffset, position });
    }
  }

  #remove(segment: LogSegment): void {
    this.#dirty.delete(segment);
    this.#removals += 1;
    this.#names.changed();
    segment.remove();
  }
}

/** Stands in for the base of the last batch, which is not known: an index entry at the end itself is past it for a boot. */
function lastBelow(end: Offset): Offset {
  return Math.max(0, end - 1) as Offset;
}
