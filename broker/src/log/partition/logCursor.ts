import { MillraceError, millraceError } from '@millrace/core/errors';
import type { Offset } from '@millrace/core/ids';
import { baseOffsetOf, leaderEpochOf, sizeBytesOf } from '../segment/batchFields.ts';
import { selectBatches } from '../segment/batchSelection.ts';
import type { LogContent } from './logContent.ts';
import { LogCorruptError } from '../logCorruptError.ts';
import type { LogSegment } from '../segment/segment.ts';
import { storageFailed } from '../directory/storageFailed.ts';

/** Of one read from a file (architecture.md, Storage). */
const fileSliceBytesMax = 1 << 20;

export interface ReadLimits {
  /** About as much is returned; a first batch that is larger comes whole. */
  readonly bytesMax: number;
  /** No batch that begins at or past it is returned. */
  readonly before: Offset;
}

export interface Slice {
  /** Whole batches, views; empty if nothing lies below `before`. The first batch may begin before the cursor. */
  readonly buffers: readonly Buffer[];
  readonly bytes: number;
  readonly nextOffset: Offset;
  /** Of the last batch; -1 if there is none. */
  readonly lastEpoch: number;
}

/** Where the next batch begins: at `position` of the segment, or of a later one if it ends there. */
interface FilePosition {
  readonly segmentBase: Offset;
  readonly position: number;
}

interface FoundBatches {
  readonly segment: LogSegment;
  /** Of the first batch. */
  readonly position: number;
  readonly batches: Buffer;
}

/**
 * One reader's place in a log. What is in memory is returned at once; the rest comes from files, at most 1 MiB at a
 * time, and is not cached: a reader that is behind costs the others nothing but the disk. Holds no descriptor, so
 * that an idle cursor costs nothing. One call at a time.
 */
export class LogCursor {
  readonly #content: LogContent;
  #offset: Offset;
  #cuts: number;
  #at: FilePosition | undefined;
  /** Of the batch that the last read from a file began with: the next ones are like it. */
  #batchBytes = 0;

  constructor(content: LogContent, offset: Offset) {
    this.#content = content;
    this.#offset = offset;
    this.#cuts = content.cuts.count;
  }

  get nextOffset(): Offset {
    return this.#offset;
  }

  /** `next` would read a file: what it returns is memory of its own. */
  get isBehindMemory(): boolean {
    const { end, tail } = this.#content;
    return this.#offset < end.offset && tail.indexOf(this.#offset) === -1;
  }

  /**
   * The batches that follow, below `before` and what is written. Throws, or rejects with, OFFSET_OUT_OF_RANGE if
   * retention or a truncation has passed the cursor; LogCorruptError if no batch is where one must be.
   */
  next(limits: ReadLimits): Slice | Promise<Slice> {
    this.#checkPlace();
    const before = Math.min(limits.before, this.#content.end.offset) as Offset;
    if (this.#offset >= before) return this.#empty();
    const wanted = { bytesMax: limits.bytesMax, before };
    const index = this.#content.tail.indexOf(this.#offset);
    return index === -1 ? this.#fromFiles(wanted) : this.#fromMemory(index, wanted);
  }

  #fromMemory(index: number, { bytesMax, before }: ReadLimits): Slice | Promise<Slice> {
    const { tail } = this.#content;
    const buffers: Buffer[] = [];
    let bytes = 0;
    let lastEpoch = -1;
    for (let at = index; ; at++) {
      const piece = tail.at(at);
      if (piece?.buffer === undefined || (at > index && piece.from !== this.#offset)) break;
      const { buffer, segmentBase } = piece;
      const isWhole = this.#offset === piece.from && piece.endOffset <= before;
      if (isWhole && bytes + buffer.length <= bytesMax) {
        buffers.push(tail.lend(buffer));
        bytes += buffer.length;
        lastEpoch = piece.lastEpoch;
        this.#offset = piece.endOffset;
        this.#at = { segmentBase, position: piece.position + buffer.length };
        continue;
      }
      if (bytes > 0 && bytes >= bytesMax) break;
      const part = selectBatches(buffer, {
        from: this.#offset,
        place: 'inside',
        before,
        bytesMax: bytesMax - bytes,
        logEnd: piece.endOffset,
      });
      const sizeBytes = part.end - part.start;
      if (sizeBytes === 0 || (bytes > 0 && sizeBytes > bytesMax - bytes)) break;
      buffers.push(tail.lend(buffer.subarray(part.start, part.end)));
      bytes += sizeBytes;
      lastEpoch = part.lastEpoch;
      this.#offset = part.end === buffer.length ? piece.endOffset : part.nextOffset;
      this.#at = { segmentBase, position: piece.position + part.end };
      if (part.end < buffer.length) break;
    }
    return { buffers, bytes, nextOffset: this.#offset, lastEpoch };
  }

  /** What a wait found counts only if nothing was cut or swapped meanwhile: its bytes may lie elsewhere, or be others. */
  async #fromFiles({ bytesMax, before: bound }: ReadLimits): Promise<Slice> {
    let at = this.#at;
    let place: 'boundary' | 'inside' = at === undefined ? 'inside' : 'boundary';
    for (;;) {
      const before = Math.min(bound, this.#content.end.offset) as Offset;
      if (this.#offset >= before) return this.#empty();
      const found = await this.#readAt(at, bytesMax);
      if (found === 'moved') {
        at = undefined;
        place = 'inside';
        continue;
      }
      if (found === 'nothing') return this.#empty();
      const { segment, batches } = found;
      const from = this.#offset;
      // Nor may a batch reach into the next segment: its offset is damaged then.
      const next = this.#content.segments.after(segment.baseOffset);
      const logEnd = next?.baseOffset ?? this.#content.end.offset;
      const part = selectBatches(batches, { from, place, before, bytesMax, logEnd });
      at = { segmentBase: segment.baseOffset, position: found.position + part.end };
      if (part.end > part.start) {
        const buffer = batches.subarray(part.start, part.end);
        this.#checkEpochs(buffer, segment);
        this.#at = at;
        this.#offset = part.nextOffset;
        const bytes = buffer.length;
        return { buffers: [buffer], bytes, nextOffset: this.#offset, lastEpoch: part.lastEpoch };
      }
      // Only what lies before the cursor, or a gap up to `before`.
      if (part.end < batches.length) {
        this.#at = at;
        return this.#empty();
      }
    }
  }

  /** Epochs lie outside the CRC, and a client that believed a damaged one would take the log for another. */
  #checkEpochs(batches: Buffer, segment: LogSegment): void {
    const { epochs, logStart } = this.#content;
    for (let at = 0; at < batches.length; at += sizeBytesOf(batches, at)) {
      const baseOffset = baseOffsetOf(batches, at);
      const epoch = leaderEpochOf(batches, at);
      // A batch may begin before the log start, where epochs are forgotten.
      if (epoch === epochs.at(Math.max(baseOffset, logStart) as Offset)) continue;
      throw new LogCorruptError(`${segment.path}: epoch ${epoch} at offset ${baseOffset}`);
    }
  }

  /**
   * Whole batches from `at`, or from a batch at or before the cursor. `moved`: the log was cut or its segments swapped while
   * it was read. Rejects as `next` does.
   */
  async #readAt(
    at: FilePosition | undefined,
    bytesMax: number,
  ): Promise<FoundBatches | 'moved' | 'nothing'> {
    const { cuts } = this.#content;
    const { count } = cuts;
    let path = '';
    try {
      const known = at ?? (await this.#locate());
      this.#checkPlace();
      if (cuts.count !== count) return 'moved';
      const segment = this.#segmentAt(known);
      if (segment === undefined) return 'nothing';
      ({ path } = segment);
      const position = segment.baseOffset === known.segmentBase ? known.position : 0;
      // A batch of which a read got only a part is read again: a little more than the last one finds it whole.
      const wholeBytes = this.#batchBytes + (this.#batchBytes >> 3);
      const sliceBytes = Math.min(Math.max(bytesMax, wholeBytes), fileSliceBytesMax);
      const batches = await segment.readBatches(position, sliceBytes);
      this.#checkPlace();
      if (cuts.count !== count) return 'moved';
      this.#batchBytes = batches.length === 0 ? 0 : sizeBytesOf(batches, 0);
      if (batches.length > 0) return { segment, position, batches };
      throw new LogCorruptError(`${path}: no batch at byte ${position}`);
    } catch (error) {
      // A segment that retention has deleted, or a directory that is closed, says so better than its file.
      this.#checkPlace();
      if (cuts.count !== count) return 'moved';
      if (error instanceof LogCorruptError || error instanceof MillraceError) throw error;
      throw storageFailed(path === '' ? this.#content.name : path, error, 'not-applied');
    }
  }

  async #locate(): Promise<FilePosition> {
    const segment = this.#content.segments.holding(this.#offset);
    if (segment === undefined) return { segmentBase: this.#offset, position: 0 };
    const position = await segment.locate(this.#offset);
    return { segmentBase: segment.baseOffset, position };
  }

  /** The segment in which the next batch lies: the one named, or what follows if that ends there. */
  #segmentAt({ segmentBase, position }: FilePosition): LogSegment | undefined {
    const { segments } = this.#content;
    const segment = segments.get(segmentBase);
    return segment !== undefined && position < segment.sizeBytes
      ? segment
      : segments.after(segmentBase);
  }

  #checkPlace(): void {
    const content = this.#content;
    content.checkReadable(this.#offset);
    if (this.#cuts === content.cuts.count) return;
    if (content.cuts.lowestSince(this.#cuts) < this.#offset) {
      throw millraceError(
        'OFFSET_OUT_OF_RANGE',
        `offset ${this.#offset} of ${content.name} was truncated away`,
      );
    }
    this.#cuts = content.cuts.count;
    this.#at = undefined;
  }

  #empty(): Slice {
    return { buffers: [], bytes: 0, nextOffset: this.#offset, lastEpoch: -1 };
  }
}
