import type { BatchHeader } from '@millrace/core/batchHeader';
import { millraceError } from '@millrace/core/errors';
import type { CopyId, Offset, TopicId } from '@millrace/core/ids';
import type { CheckpointLine } from '../journal/checkpointFile.ts';
import { LogCompaction } from '../compaction/logCompaction.ts';
import { Durability } from './durability.ts';
import type { LogConfig } from './logConfig.ts';
import { LogContent } from './logContent.ts';
import { LogCorruptError } from '../logCorruptError.ts';
import { LogCursor } from './logCursor.ts';
import type { LogIdentity } from './logIdentity.ts';
import { emptyLog, findLog, type OpenedLog, type OpenLogOptions } from './logOpening.ts';
import type { LogPosition } from './logPosition.ts';
import { LogProducers } from '../producers/logProducers.ts';
import { LogReplay } from '../recovery/logReplay.ts';
import { LogRetention } from './logRetention.ts';
import type { LogShared } from './logShared.ts';
import { LogTruncation } from './logTruncation.ts';
import { type AppendedRange, LogWriter } from './logWriter.ts';
import { segmentPlace } from '../segment/segmentPlace.ts';
import { storageFailed } from '../directory/storageFailed.ts';
import { findTimestamp, type TimestampedOffset } from './timestampLookup.ts';
import type { WrittenRun } from '../journal/writtenRun.ts';

/**
 * The log of one copy of one partition. One writer: appends are queued within the call, written by the directory's
 * flush, counted once it says what is durable. Ends only rise but for truncateTo and failed writes (onCut).
 * (safety.md, rules 1, 2, 8, 11, 24)
 */
export class PartitionLog {
  readonly topicId: TopicId;
  readonly partition: number;
  readonly directory: string;
  /** Bytes past what the boot could keep, cut off by it. */
  readonly bytesCutAtOpen: number;
  /** Changed by the directory when the copy cannot prove that it holds all it acknowledged (rule 6). */
  copyId: CopyId;
  /** Noted by the partition above; kept in checkpoints. */
  highWatermark: Offset;
  /** Tombstones below may be missing; what partition.json says, kept by the directory (rule 24). */
  removedBelow = 0 as Offset;
  /** Of all batches, queued ones included; known once loaded (rule 15). */
  readonly producers: LogProducers;
  /** Where the log begins, and may (rule 24). */
  readonly retention: LogRetention;
  /** What compaction may touch (rule 24). */
  readonly compaction: LogCompaction;
  /** Until recovery is over: what a boot puts back (rule 11). */
  readonly replay: LogReplay;
  readonly #shared: LogShared;
  readonly #content: LogContent;
  readonly #durability: Durability;
  readonly #writer: LogWriter;
  readonly #truncation: LogTruncation;
  #config: LogConfig;
  /** Of the last line that was asked for. */
  #lineEnd: Offset;
  #failure: Error | undefined;

  /** Bytes are in the segments, unsynced, and in the journal or about to be: followers may have them. */
  onWritten: (endOffset: Offset) => void = () => {};
  onDurable: (endOffset: Offset) => void = () => {};
  /** What was appended from `fromOffset` on is lost to a failed write, `not-applied`: its epoch ends (rule 2). */
  onCut: (fromOffset: Offset, error: Error) => void = () => {};
  /** Called once: nothing is appended or acknowledged any more. */
  onFailed: (error: Error) => void = () => {};

  private constructor(
    identity: LogIdentity,
    config: LogConfig,
    shared: LogShared,
    found: OpenedLog,
  ) {
    this.topicId = identity.topicId;
    this.partition = identity.partition;
    this.directory = identity.directory;
    this.copyId = identity.copyId;
    this.bytesCutAtOpen = found.bytesCut;
    this.highWatermark = found.highWatermark;
    this.#shared = shared;
    this.#config = config;
    const place = segmentPlace(this.directory, shared, () => this.#config.indexIntervalBytes);
    this.#content = new LogContent(place, found, shared.tailCache);
    this.#durability = new Durability(found.end);
    this.#lineEnd = found.end.offset;
    this.producers = new LogProducers({
      place,
      content: this.#content,
      producersMax: shared.producersMax,
      segmentBytesMax: () => this.#config.segmentBytesMax,
    });
    const broken = (error: unknown): void =>
      this.fail(storageFailed(this.directory, error, 'unknown'));
    this.#writer = new LogWriter({
      content: this.#content,
      producers: this.producers,
      durable: this.#durability.mark,
      runBytesMax: shared.runBytesMax,
      allocate: (bytes) => shared.tailCache.allocate(bytes),
      config: () => this.#config,
      queued: () => shared.scheduleFlush(this),
      lost: (from, error) => {
        if (shared.rulesOff.has('lost-appends-are-told')) return;
        this.#durability.failAbove(from, error);
        this.onCut(from, error);
      },
      broken,
    });
    const parts = { log: this, shared, content: this.#content, writer: this.#writer };
    this.#truncation = new LogTruncation({ ...parts, durability: this.#durability, broken });
    this.retention = new LogRetention(parts, this.#truncation, found.logStart);
    this.compaction = new LogCompaction({ ...parts, place }, this.#truncation, found.swap);
    this.replay = new LogReplay(this.#content, broken, () => {
      this.#durability.reset(this.#content.end);
      this.#writer.resync();
    });
  }

  /** A new copy in an existing, empty directory, which begins at `start`. Touches no file. */
  static create(
    identity: LogIdentity,
    config: LogConfig,
    shared: LogShared,
    start = 0 as Offset,
  ): PartitionLog {
    return new PartitionLog(identity, config, shared, emptyLog(start));
  }

  /** What a boot finds. Throws LogCorruptError, before anything is changed, and what the storage throws; see findLog. */
  static async open(
    identity: LogIdentity,
    config: LogConfig,
    shared: LogShared,
    options: OpenLogOptions,
  ): Promise<PartitionLog> {
    const place = segmentPlace(identity.directory, shared, () => config.indexIntervalBytes);
    const log = new PartitionLog(identity, config, shared, await findLog(place, options));
    if (options.past === 'look') log.fail(new LogCorruptError(`${log.directory} is damaged`));
    return log;
  }

  get config(): LogConfig {
    return this.#config;
  }

  get logStartOffset(): Offset {
    return this.#content.logStart;
  }

  /** Exclusive, with what is queued. */
  get logEndOffset(): Offset {
    return this.#content.logEnd;
  }

  /** Exclusive: what is in the segments. */
  get writtenEndOffset(): Offset {
    return this.#content.end.offset;
  }

  get durableEndOffset(): Offset {
    return this.#durability.end;
  }

  get sizeBytes(): number {
    return this.#content.segments.sizeBytes;
  }

  get queuedBytes(): number {
    return this.#writer.queuedBytes;
  }

  /** Leader epoch of the last batch, queued ones included; -1 for none. */
  get lastEpoch(): number {
    return this.#writer.lastEpoch;
  }

  /** Why nothing is appended any more; undefined while the log works. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /**
   * Assigns offsets, stamps the batches in place and queues them; `batches` is the log's from here on. The caller has
   * checked them, `headers` are theirs, and the leader epoch is not below the last one. Throws the log's failure.
   */
  appendAsLeader(
    batches: Buffer,
    headers: readonly BatchHeader[],
    leaderEpoch: number,
  ): AppendedRange {
    this.#checkAppendable();
    return this.#writer.appendAsLeader(batches, headers, leaderEpoch);
  }

  /**
   * Queues batches as a leader has stamped them; offsets continue the log, gaps allowed, epochs never fall: the
   * caller has checked them with checkBatchesFromLog. Returns the new log end. Throws the log's failure.
   */
  appendAsFollower(batches: Buffer, headers: readonly BatchHeader[]): Offset {
    this.#checkAppendable();
    return this.#writer.appendAsFollower(batches, headers);
  }

  /** Resolves once all below `end` is durable; rejects if it is lost, or the log fails. */
  whenDurable(end: Offset): Promise<void> {
    if (this.durableEndOffset >= end) return Promise.resolve();
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return this.#durability.wait(end);
  }

  /** Throws OFFSET_OUT_OF_RANGE outside the log. */
  openCursor(offset: Offset): LogCursor {
    this.#content.checkReadable(offset);
    return new LogCursor(this.#content, offset);
  }

  /** The first record at or after it, below the high watermark; undefined if there is none. */
  offsetForTimestamp(timestampMs: number): Promise<TimestampedOffset | undefined> {
    return findTimestamp(this.#content, timestampMs, this.highWatermark);
  }

  /** See Epochs.endOf, of what is written. */
  endOfEpoch(epoch: number): { readonly epoch: number; readonly endOffset: Offset } {
    return this.#content.epochs.endOf(epoch, this.writtenEndOffset);
  }

  /**
   * Ends the log at the batch boundary at or below `offset`, durably: as a journal frame before the segments are cut
   * (rule 8). What is queued is written first. Nothing may be appended until it resolves.
   */
  async truncateTo(offset: Offset): Promise<void> {
    this.#checkAppendable();
    await this.#truncation.truncateTo(offset);
  }

  /** The next batch begins a segment; what is written so far may be removed by retention. */
  roll(): void {
    this.#writer.roll();
  }

  applyConfig(config: LogConfig): void {
    this.#config = config;
  }

  /**
   * Writes what is queued, about `bytesMax` of it, by one write per run. Tells nobody: announceWritten and markDurable
   * are the directory's calls, of `async` logs too. What cannot be written is lost, with all after it (onCut).
   */
  flush(bytesMax = Number.POSITIVE_INFINITY): WrittenRun[] {
    return this.#writer.flush(bytesMax);
  }

  /** As flush, through the thread pool; appends go on meanwhile. */
  flushSlow(bytesMax = Number.POSITIVE_INFINITY): Promise<WrittenRun[]> {
    return this.#writer.flushSlow(bytesMax);
  }

  /** Nobody writes the buffers of the run any more: the journal holds it, or need not. */
  committed({ buffers }: WrittenRun): void {
    this.#shared.tailCache.written(buffers);
  }

  /** `end`: of a run. What lies past it may be in the segments and not in the journal yet. */
  announceWritten(end: Offset): void {
    this.onWritten(end);
  }

  /** All below `end`, the end of a run, is durable; of a failed log too, whose line must end there. Tells nobody. */
  markDurable(end: Offset): void {
    this.#durability.mark.advance(end);
  }

  announceDurable(): void {
    if (this.#failure === undefined && this.#durability.announce())
      this.onDurable(this.durableEndOffset);
  }

  /** For good: no append, no acknowledgement, waiters fail. What is written can be read. */
  fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#writer.drop();
    this.#durability.failAbove(-1, error);
    this.onFailed(error);
  }

  #durablePosition(): LogPosition {
    const isLate = this.#shared.rulesOff.has('line-ends-at-durable');
    return isLate ? this.#content.end : this.#durability.mark.position;
  }

  /** Where the durable end is now, or will be, and what else a checkpoint keeps. */
  checkpointLine(at = this.#durablePosition()): CheckpointLine {
    const { topicId, partition, copyId } = this;
    const highWatermark = Math.min(this.highWatermark, at.offset) as Offset;
    this.#lineEnd = at.offset;
    return { topicId, partition, copyId, ...this.#content.lineAt(at), highWatermark };
  }

  /** Something is not synced. */
  get isDirty(): boolean {
    return this.#content.isDirty || this.producers.isDirty;
  }

  /** See LogContent.syncSegment. */
  syncSegment(base: Offset): Promise<void> {
    return this.#content.syncSegment(base);
  }

  /** Makes durable all that was written before the call: segments, indexes, epochs, producers, names. Never retry it. */
  async syncDirty(): Promise<void> {
    await this.#content.sync();
    await this.producers.save(this.#lineEnd);
  }

  /** Before the last syncDirty of a clean shutdown: the next boot finds complete indexes. */
  flushIndexes(): void {
    this.#content.flushIndexes();
    this.producers.stopping();
  }

  /** Of the last durable line. */
  get checkpointedEnd(): Offset {
    return this.retention.checkpointedEnd;
  }

  /** `line` is durable: what retention may count on. */
  checkpointed(line: CheckpointLine): void {
    this.retention.checkpointed(line);
  }

  /** Descriptors and cached bytes go, what is queued is dropped, readers and waiters fail. */
  close(error: Error): void {
    this.#failure ??= error;
    this.#writer.drop();
    this.#durability.failAbove(-1, error);
    this.#content.close();
  }

  #checkAppendable(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#truncation.isUnderWay) {
      throw millraceError('UNAVAILABLE', `${this.directory} is being truncated`, {
        outcome: 'not-applied',
      });
    }
  }
}
