import assert from 'node:assert';
import { type BatchHeader, stampBatch } from '@millrace/core/batchHeader';
import type { MillraceError } from '@millrace/core/errors';
import type { Offset } from '@millrace/core/ids';
import { AppendQueue } from './appendQueue.ts';
import type { DurableMark } from './durableMark.ts';
import type { LogConfig } from './logConfig.ts';
import type { LogContent } from './logContent.ts';
import type { LogProducers } from '../producers/logProducers.ts';
import type { Broken } from '../segment/segment.ts';
import { storageFailed } from '../directory/storageFailed.ts';
import { type PlannedRun, planRuns } from './writePlan.ts';
import type { WrittenRun } from '../journal/writtenRun.ts';

export interface AppendedRange {
  readonly baseOffset: Offset;
  /** Exclusive. */
  readonly endOffset: Offset;
}

export interface LogWriterOptions {
  readonly content: LogContent;
  readonly producers: LogProducers;
  readonly durable: DurableMark;
  readonly runBytesMax: number;
  /** Memory for a piece of the tail cache. */
  readonly allocate: (bytes: number) => Buffer;
  readonly config: () => LogConfig;
  /** Bytes are queued where none were. */
  readonly queued: () => void;
  /** Everything from `fromOffset` on is dropped: it could not be written. The log ends there. */
  readonly lost: (fromOffset: Offset, error: MillraceError) => void;
  /** A failed write could not be cut back: nothing can be written after it. */
  readonly broken: Broken;
}

/** The queue of one log and its way into the segments. Offsets are given in the order of the calls. */
export class LogWriter {
  readonly #options: LogWriterOptions;
  readonly #content: LogContent;
  readonly #queue = new AppendQueue();
  #lastEpoch: number;
  #isWriting = false;
  #rollsNext = false;
  #whenIdle: (() => void)[] = [];

  constructor(options: LogWriterOptions) {
    this.#options = options;
    this.#content = options.content;
    this.#lastEpoch = options.content.epochs.last;
  }

  get queuedBytes(): number {
    return this.#queue.bytes;
  }

  /** Of the last batch, queued ones included; -1 for none. */
  get lastEpoch(): number {
    return this.#lastEpoch;
  }

  appendAsLeader(
    batches: Buffer,
    headers: readonly BatchHeader[],
    leaderEpoch: number,
  ): AppendedRange {
    assert(leaderEpoch >= this.#lastEpoch, `leader epoch ${leaderEpoch} after ${this.#lastEpoch}`);
    const baseOffset = this.#content.logEnd;
    let endOffset: number = baseOffset;
    let at = 0;
    for (const header of headers) {
      stampBatch(batches, at, endOffset, leaderEpoch);
      this.#options.producers.note(header, endOffset as Offset);
      endOffset += header.lastOffsetDelta + 1;
      at += header.sizeBytes;
    }
    assert(at === batches.length && at > 0, 'headers describe the whole buffer');
    this.#enqueue(batches, endOffset as Offset, leaderEpoch);
    return { baseOffset, endOffset: endOffset as Offset };
  }

  appendAsFollower(batches: Buffer, headers: readonly BatchHeader[]): Offset {
    const first = headers[0];
    const last = headers.at(-1);
    assert(first !== undefined && last !== undefined, 'batches to append');
    assert(first.baseOffset >= this.#content.logEnd, 'batches continue the log');
    assert(first.leaderEpoch >= this.#lastEpoch, 'epochs never fall');
    const endOffset = (last.baseOffset + last.lastOffsetDelta + 1) as Offset;
    for (const header of headers) this.#options.producers.note(header, header.baseOffset);
    this.#enqueue(batches, endOffset, last.leaderEpoch);
    return endOffset;
  }

  flush(bytesMax: number): WrittenRun[] {
    if (this.#isWriting) return [];
    const written: WrittenRun[] = [];
    for (const run of this.#plan(bytesMax)) {
      try {
        written.push(this.#content.writeNow(run, this.#options.broken));
      } catch (error) {
        this.#lose(error);
        break;
      }
      this.#options.durable.written(this.#content.end);
    }
    this.#ended();
    return written;
  }

  async flushSlow(bytesMax: number): Promise<WrittenRun[]> {
    if (this.#isWriting) return [];
    const written: WrittenRun[] = [];
    const runs = this.#plan(bytesMax);
    this.#isWriting = true;
    for (const run of runs) {
      try {
        written.push(await this.#content.write(run, this.#options.broken));
      } catch (error) {
        this.#lose(error);
        break;
      }
      this.#options.durable.written(this.#content.end);
    }
    this.#isWriting = false;
    this.#ended();
    return written;
  }

  roll(): void {
    if (this.#isWriting) this.#rollsNext = true;
    else this.#content.roll();
  }

  /** Resolves when nothing is queued or under way. */
  idle(): Promise<void> {
    if (this.#queue.isEmpty && !this.#isWriting) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenIdle.push(resolve);
    });
  }

  /** The log was cut or rewritten behind the queue, which is empty. */
  resync(): void {
    assert(this.#queue.isEmpty && !this.#isWriting, 'no append is under way');
    this.#lastEpoch = this.#content.epochs.last;
  }

  /** What is queued is never written. */
  drop(): void {
    this.#queue.clear();
    this.#content.logEnd = this.#content.end.offset;
    this.#options.producers.lost(this.#content.logEnd);
    this.#lastEpoch = this.#content.epochs.last;
    this.#ended();
  }

  #enqueue(buffer: Buffer, endOffset: Offset, lastEpoch: number): void {
    const wasEmpty = this.#queue.isEmpty;
    this.#queue.add({ from: this.#content.logEnd, endOffset, buffer });
    this.#content.logEnd = endOffset;
    this.#lastEpoch = lastEpoch;
    this.#options.producers.appended(buffer.length);
    if (wasEmpty) this.#options.queued();
  }

  #plan(bytesMax: number): PlannedRun[] {
    const queued = this.#queue.take(bytesMax);
    if (queued.length === 0) return [];
    const { segmentBytesMax, segmentMsMax } = this.#options.config();
    const rolls = this.#rollsNext || this.#content.growingForMs >= segmentMsMax;
    this.#rollsNext = false;
    const growing = rolls ? undefined : this.#content.segments.growing;
    const { runBytesMax, allocate } = this.#options;
    return planRuns(queued, growing, { segmentBytesMax, runBytesMax, allocate });
  }

  #lose(cause: unknown): void {
    if (this.#options.config().durability === 'async') this.#syncCut();
    this.#queue.clear();
    const from = this.#content.end.offset;
    this.#content.logEnd = from;
    this.#options.producers.lost(from);
    this.#lastEpoch = this.#content.epochs.last;
    this.#options.lost(from, storageFailed(this.#content.name, cause, 'not-applied'));
  }

  #syncCut(): void {
    try {
      this.#content.syncCutNow();
    } catch (error) {
      this.#options.broken(error);
    }
  }

  #ended(): void {
    if (this.#whenIdle.length === 0 || !this.#queue.isEmpty || this.#isWriting) return;
    const idle = this.#whenIdle;
    this.#whenIdle = [];
    for (const resolve of idle) resolve();
  }
}
