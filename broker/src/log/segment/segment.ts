import type { Offset } from '@millrace/core/ids';
import type { StorageFile } from '../../io/storage.ts';
import { StorageError } from '../../io/storageError.ts';
import { baseOffsetOf, looksLikeBatch, sizeBytesOf, wholeBatchesIn } from './batchFields.ts';
import { IndexRebuilding, type RebuiltIndexes, rebuildIndexes } from './indexRebuild.ts';
import { forgetSegmentFiles, removeSegmentFiles, segmentPath } from './segmentFiles.ts';
import { replaceIndexes, type SegmentIndexes, segmentIndexes } from './segmentIndexes.ts';
import type { SegmentPlace } from './segmentPlace.ts';

/** Told that a failed write could not be cut back: nothing may be appended any more. */
export type Broken = (error: unknown) => void;

/** Enough for a header and the position of the next batch. */
const probeBytes = 1024;

/**
 * A file of record batches, one after the other, with its indexes. Bytes are appended at an explicit
 * position by one writer; a failed write is cut back. What lies below `sizeBytes` is whole batches and
 * never changes but by cut. Nothing is durable until sync.
 */
export class LogSegment {
  readonly baseOffset: Offset;
  readonly path: string;
  readonly #place: SegmentPlace;
  readonly #indexes: SegmentIndexes;
  #sizeBytes = 0;
  #isSealed = false;
  #isRemoved = false;
  /** Recovery: the file may be longer than what counts of it, until settle. */
  #isHeld = false;
  /** Writes and cuts so far, and how many of them the last sync covered; of the batches alone, without the indexes. */
  #changes = 0;
  #syncedChanges = 0;
  #syncedBatchChanges = 0;
  readonly #rebuilding = new IndexRebuilding();

  /** A new segment; the file is created by the first write. */
  constructor(place: SegmentPlace, baseOffset: Offset) {
    this.#place = place;
    this.baseOffset = baseOffset;
    this.path = segmentPath(place.directory, baseOffset, '.log');
    this.#indexes = segmentIndexes(place, baseOffset);
  }

  /** One found at boot, complete. Does not look into it. */
  static reopenSealed(place: SegmentPlace, baseOffset: Offset, sizeBytes: number): LogSegment {
    const segment = new LogSegment(place, baseOffset);
    segment.#sizeBytes = sizeBytes;
    segment.#isSealed = true;
    segment.#indexes.indexer.resume(undefined);
    segment.#indexes.offsets.file.assumeSealed();
    segment.#indexes.times.file.assumeSealed();
    return segment;
  }

  /**
   * The last one found at boot, of which `sizeBytes` bytes, up to `endOffset`, count. After a crash its indexes may
   * miss some of it: readers scan, until it is sealed and somebody needs them.
   */
  static reopenGrowing(
    place: SegmentPlace,
    baseOffset: Offset,
    sizeBytes: number,
    endOffset: Offset,
    boot: 'clean' | 'crash',
  ): LogSegment {
    const segment = new LogSegment(place, baseOffset);
    segment.#sizeBytes = sizeBytes;
    segment.#indexes.offsets.reopen(sizeBytes);
    // A torn time index could make data look older than it is, and retention would take it.
    if (boot === 'clean') segment.#indexes.times.reopen(endOffset);
    else segment.#indexes.times.file.discard();
    segment.#indexes.indexer.resume(
      boot === 'clean' ? segment.#indexes.times.newestNow() : undefined,
    );
    return segment;
  }

  /** Bytes written, without any under way. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get isSealed(): boolean {
    return this.#isSealed;
  }

  /** Written or cut since the last sync. */
  get isDirty(): boolean {
    return this.#changes !== this.#syncedChanges;
  }

  /**
   * What a boot found past the line was read from the page cache: it may not be on the disk, and no sync puts it there
   * if an earlier one has failed (pitfall 5). So it is written again, and synced.
   */
  writeAgain(found: Buffer, position: number): void {
    this.#place.openFiles.use(this.path).writeNow([found], position);
  }

  /** Something was written behind its back. */
  assumeUnsynced(): void {
    this.#changes += 1;
  }

  /** Appends, unsynced. If it throws, the file is as before, or `broken` was called. */
  writeNow(buffers: readonly Buffer[], bytes: number, broken: Broken): void {
    try {
      this.#writable().writeNow(buffers, this.#sizeBytes);
    } catch (error) {
      this.#cutBack(broken);
      throw error;
    }
    this.#sizeBytes += bytes;
  }

  /** As writeNow, through the thread pool; one at a time. */
  async write(buffers: readonly Buffer[], bytes: number, broken: Broken): Promise<void> {
    try {
      await this.#writable().write(buffers, this.#sizeBytes);
    } catch (error) {
      this.#cutBack(broken);
      throw error;
    }
    // A sync that was issued meanwhile has not covered it.
    this.#changes += 1;
    this.#sizeBytes += bytes;
  }

  /** Recovery: nothing of the file is cut until settle, for bytes past the end may count. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Recovery: the next `bytes` of a file that is held count. */
  keep(bytes: number): void {
    this.#changes += 1;
    this.#sizeBytes += bytes;
  }

  /** What does not count of a file that was held goes. Unsynced. Throws what the storage throws. */
  settle(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#changes += 1;
    const file = this.#place.openFiles.pin(this.path);
    if (file.size() > this.#sizeBytes) file.truncate(this.#sizeBytes);
  }

  /** Indexes whole batches written at `position`. */
  index(batches: Buffer, position: number): void {
    if (this.#isRemoved) return;
    const { clock, indexIntervalBytes } = this.#place;
    this.#indexes.indexer.add(batches, position, indexIntervalBytes(), clock.wallMs());
  }

  /** No more writes. `lastBase`: base offset of its last batch. */
  seal(lastBase: Offset): void {
    if (this.#isSealed || this.#isRemoved) return;
    this.settle();
    this.#indexes.indexer.indexNewest(lastBase);
    this.#isSealed = true;
    this.#indexes.offsets.file.seal();
    // Without all timestamps a checksum would vouch for a wrong maximum.
    if (this.#indexes.indexer.newestMs === undefined) this.#indexes.times.file.markBroken();
    else this.#indexes.times.file.seal();
    this.#changes += 1;
  }

  /** What is indexed, into the files, unsynced: a clean boot finds them complete. */
  flushIndexes(lastBase: Offset): void {
    if (this.#isSealed || this.#isRemoved) return;
    this.#indexes.indexer.indexNewest(lastBase);
    this.#indexes.offsets.file.flush();
    this.#indexes.times.file.flush();
    this.#changes += 1;
  }

  /**
   * Whole batches from `position`, where one begins: about `bytesMax`, one at least, none past `end`. Empty if no
   * whole batch lies there. Throws what the storage throws.
   */
  async readBatches(position: number, bytesMax: number, end = this.#sizeBytes): Promise<Buffer> {
    const bytesLeft = end - position;
    let buffer = await this.#read(position, Math.min(Math.max(bytesMax, probeBytes), bytesLeft));
    if (looksLikeBatch(buffer, 0) && sizeBytesOf(buffer, 0) > buffer.length) {
      const sizeBytes = sizeBytesOf(buffer, 0);
      if (sizeBytes > bytesLeft) return buffer.subarray(0, 0);
      buffer = await this.#read(position, sizeBytes);
    }
    return buffer.subarray(0, wholeBatchesIn(buffer));
  }

  /** Position of a batch at or before the one that holds `offset`: the nearest one known to the index. */
  async locate(offset: Offset): Promise<number> {
    const position = await this.#indexedPosition(offset);
    if (position !== undefined) return position;
    if (!this.#isSealed || !this.#indexes.offsets.file.isBroken) return 0;
    await this.#rebuild();
    return (await this.#indexedPosition(offset)) ?? 0;
  }

  /** As locate, for the first batch that may be as new as `timestampMs`. */
  async locateTime(timestampMs: number): Promise<number> {
    const older = await this.#indexes.times.olderUpTo(timestampMs);
    return older === undefined ? 0 : this.locate(older);
  }

  /** No batch is newer, in milliseconds since 1970; undefined: unknown while it grows. */
  async newestMs(): Promise<number | undefined> {
    if (this.#indexes.indexer.newestMs !== undefined) return this.#indexes.indexer.newestMs;
    if (!this.#isSealed) return undefined;
    const changes = this.#changes;
    const indexed = await this.#indexes.times.newest();
    const newestMs = indexed ?? (await this.#rebuild());
    // If it was cut meanwhile, it grows again, and may have newer batches by now.
    if (changes === this.#changes) this.#indexes.indexer.resume(newestMs);
    return newestMs;
  }

  /** Its indexes are being made anew, under their names. */
  get isRebuilding(): boolean {
    return this.#rebuilding.isRunning;
  }

  adoptIndexes(indexes: RebuiltIndexes): Promise<number> {
    this.#indexes.indexer.resume(indexes.newestMs);
    return this.#rebuilding.run(this.#changes, () => this.#putIndexes(indexes));
  }

  /** Ends at `position`, before `endOffset`, and grows again. Unsynced. Throws what the storage throws. */
  cut(position: number, endOffset: Offset): void {
    this.#writable().truncate(position);
    this.#sizeBytes = position;
    this.#indexes.offsets.cut(position);
    this.#indexes.times.cut(endOffset);
    this.#indexes.indexer.entriesCut();
    this.#isSealed = false;
  }

  /** As sync, of what a failed write left, without its indexes; in this tick. */
  syncCutNow(): void {
    this.#place.openFiles.use(this.path).syncNow();
  }

  /** Makes durable the batches written before the call, but for the name of the file. Never retry it (pitfall 5). */
  async syncBatches(): Promise<void> {
    const changes = this.#changes;
    if (Math.max(this.#syncedChanges, this.#syncedBatchChanges) >= changes) return;
    if (this.#isRemoved) throw new StorageError('EBADF', 'fdatasync', this.path);
    await this.#place.openFiles.pin(this.path).sync();
    this.#syncedBatchChanges = Math.max(this.#syncedBatchChanges, changes);
  }

  /** Makes durable what was written before the call, indexes too. */
  async sync(): Promise<void> {
    const changes = this.#changes;
    try {
      if (this.isDirty && this.#syncedBatchChanges < changes) {
        await this.#place.openFiles.pin(this.path).sync();
      }
      await this.#indexes.offsets.file.sync();
      await this.#indexes.times.file.sync();
    } catch (error) {
      if (!this.#isRemoved) throw error;
      return;
    }
    this.#syncedChanges = Math.max(this.#syncedChanges, changes);
    if (!this.isDirty) this.#place.openFiles.unpin(this.path);
  }

  /** From now on it touches no file: its paths may be another copy's. */
  closeFiles(): void {
    if (this.#isRemoved) return;
    this.#isRemoved = true;
    forgetSegmentFiles(this.#place, this.baseOffset);
  }

  /** Deletes its files, the batches last: indexes without a segment are leftovers that a boot removes. */
  remove(): void {
    if (this.#isRemoved) return;
    this.closeFiles();
    removeSegmentFiles(this.#place, this.baseOffset);
  }

  /** undefined: below the first entry, or the index is damaged or of another time. */
  async #indexedPosition(offset: Offset): Promise<number | undefined> {
    const entry = await this.#indexes.offsets.floor(offset);
    if (entry === undefined) return undefined;
    const header = await this.#read(entry.position, probeBytes);
    if (looksLikeBatch(header, 0) && baseOffsetOf(header, 0) === entry.offset) {
      return entry.position;
    }
    this.#indexes.offsets.file.markBroken();
    return undefined;
  }

  /** Time index, and offset index beside it; resolves with the newest timestamp. */
  #rebuild(): Promise<number> {
    return this.#rebuilding.run(this.#changes, () => this.#replaceIndexes());
  }

  async #replaceIndexes(): Promise<number> {
    const changes = this.#changes;
    const { path, baseOffset, sizeBytes } = this;
    const read = (position: number, bytesMax: number): Promise<Buffer> =>
      this.readBatches(position, bytesMax, sizeBytes);
    const source = { path, baseOffset, sizeBytes, read };
    const interval = this.#place.indexIntervalBytes();
    const rebuilt = await rebuildIndexes(source, interval, this.#place.clock.wallMs());
    return await this.#putIndexes(rebuilt, changes);
  }

  async #putIndexes(indexes: RebuiltIndexes, changes = this.#changes): Promise<number> {
    // Void if it was cut or removed meanwhile.
    await replaceIndexes(
      this.#indexes,
      indexes,
      () => this.#changes === changes && !this.#isRemoved,
    );
    return indexes.newestMs;
  }

  #writable(): StorageFile {
    // Its path may be another copy's by now.
    if (this.#isRemoved) throw new StorageError('EBADF', 'write', this.path);
    this.#changes += 1;
    const isNew = this.#sizeBytes === 0;
    const file = this.#place.openFiles.pin(this.path, isNew ? 'create' : 'readwrite');
    // A failed write may have left a file of this name.
    if (isNew && !this.#isHeld && file.size() > 0) file.truncate(0);
    return file;
  }

  #cutBack(broken: Broken): void {
    // Of a recovery that fails the next one needs all that was there.
    if (this.#isRemoved || this.#isHeld) return;
    try {
      if (this.#sizeBytes === 0) this.remove();
      else this.#place.openFiles.use(this.path).truncate(this.#sizeBytes);
    } catch (error) {
      broken(error);
    }
  }

  async #read(position: number, bytes: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(Math.max(0, bytes));
    return buffer.subarray(0, await this.#place.openFiles.use(this.path).read(buffer, position));
  }
}
