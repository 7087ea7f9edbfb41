import type { Offset } from '@millrace/core/ids';
import type { LogContent } from '../partition/logContent.ts';
import { sealedSegments } from '../partition/logExpiry.ts';
import type { LogShared } from '../partition/logShared.ts';
import type { LogTruncation } from '../partition/logTruncation.ts';
import type { PartitionLog } from '../partition/partitionLog.ts';
import { LogSegment } from '../segment/segment.ts';
import type { SegmentPlace } from '../segment/segmentPlace.ts';
import type { CleanableSegment } from './cleaningPlan.ts';
import { type Swap, swapPath } from './swapFile.ts';
import { swapNames } from './swapFiles.ts';

export interface PlannedAt {
  /** How often the log had been cut. */
  readonly cuts: number;
  /** Exclusive: what was looked at. */
  readonly end: Offset;
}

export interface LogCompactionParts {
  readonly log: PartitionLog;
  readonly shared: LogShared;
  readonly content: LogContent;
  readonly place: SegmentPlace;
}

/** What compaction may touch of one log, and how new segments get in the place of old ones (safety.md, rule 24). */
export class LogCompaction {
  readonly content: LogContent;
  readonly place: SegmentPlace;
  readonly #parts: LogCompactionParts;
  readonly #truncation: LogTruncation;
  /** On the disk, or about to be: until a durable line counts what it says. */
  #swap: Swap | undefined;
  /** Exclusive: of what lies below, later records took the place of earlier ones. */
  #swapEnd: number;

  constructor(parts: LogCompactionParts, truncation: LogTruncation, swap: Swap | undefined) {
    this.#parts = parts;
    this.content = parts.content;
    this.place = parts.place;
    this.#truncation = truncation;
    this.#swap = swap;
    this.#swapEnd = 0;
  }

  get swap(): Swap | undefined {
    return this.#swap;
  }

  /** Exclusive: nothing at or past it is touched. A value that is not committed must not take the place of one that is. */
  get bound(): Offset {
    const { log, shared, content } = this.#parts;
    return shared.rulesOff.has('compaction-below-watermark') ? content.logEnd : log.highWatermark;
  }

  /**
   * Sealed segments below the bound, from the log start on, none whose newest record is younger than minCompactionLagMs.
   * Never the last one: the log may be cut and grow there. Throws what the storage throws.
   */
  async cleanable(): Promise<CleanableSegment[]> {
    const { log, shared, content } = this.#parts;
    const { bound } = this;
    const lagMs = log.config.minCompactionLagMs ?? 0;
    const youngestMs = shared.clock.wallMs() - lagMs;
    const segments: CleanableSegment[] = [];
    for (const segment of sealedSegments(content)) {
      const { baseOffset, endOffset, sizeBytes } = segment;
      if (endOffset > bound || baseOffset === content.segments.last?.baseOffset) break;
      if (endOffset <= content.logStart) continue;
      if (lagMs > 0 && ((await segment.newestMs()) ?? youngestMs) > youngestMs) break;
      segments.push({ baseOffset, endOffset, sizeBytes });
    }
    return segments;
  }

  /** Whether the segments are those of `swap.old`, as they were when they were planned for, and may go. */
  isCurrent(swap: Swap, { cuts, end }: PlannedAt): boolean {
    const { log, shared, content } = this.#parts;
    if (log.failure !== undefined || content.isClosed) return false;
    const isCut = content.cuts.lowestSince(cuts) < end || this.#truncation.isUnderWay;
    if (isCut && !shared.rulesOff.has('swap-void-after-cut')) return false;
    return swap.old.every(({ baseOffset, sizeBytes }) => {
      const segment = content.segments.get(baseOffset);
      if (segment === undefined || !segment.isSealed || segment.isRebuilding) return false;
      return segment.sizeBytes === sizeBytes && segment !== content.segments.last;
    });
  }

  /** `swap`, for which all below `end` was looked at, is about to be on the disk. */
  record(swap: Swap, end: Offset): void {
    this.#swap = swap;
    this.#swapEnd = end;
  }

  /**
   * Whether the log must not end at `offset` before the swap is over: nobody would know which files count, or a boot would
   * end a swap in which records have gone for one that is cut.
   */
  blocksTruncation(offset: Offset): boolean {
    const last = this.#swap?.old.at(-1);
    if (last === undefined || this.#parts.shared.rulesOff.has('swap-blocks-cut')) return false;
    const next = this.content.segments.after(last.baseOffset);
    return offset <= Math.max(next?.baseOffset ?? this.content.end.offset, this.#swapEnd);
  }

  /** Names and memory, in this tick. The new segment. Throws what the storage throws: then nobody knows what is there. */
  apply(swap: Swap): LogSegment {
    const { content, place } = this.#parts;
    const old = swap.old.flatMap(({ baseOffset }) => content.segments.get(baseOffset) ?? []);
    const { cleaned } = swap;
    swapNames(place, swap);
    const segment = LogSegment.reopenSealed(place, cleaned.baseOffset, cleaned.sizeBytes);
    content.swap(old, segment);
    return segment;
  }

  /** The record of a swap goes, durably. Throws what the storage throws. */
  async forget(): Promise<void> {
    const { storage, directory } = this.place;
    if (this.#swap === undefined) return;
    if (!this.content.isClosed) {
      if (storage.exists(swapPath(directory))) storage.unlink(swapPath(directory));
      await storage.syncDirectory(directory);
    }
    this.#swap = undefined;
  }
}
