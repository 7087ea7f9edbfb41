import type { Offset } from '@millrace/core/ids';
import type { CheckpointLine } from '../journal/checkpointFile.ts';
import { batchBoundary } from './batchBoundary.ts';
import type { LogContent } from './logContent.ts';
import { expire } from './logExpiry.ts';
import type { LogShared } from './logShared.ts';
import type { LogTruncation } from './logTruncation.ts';
import type { LogWriter } from './logWriter.ts';
import type { PartitionLog } from './partitionLog.ts';

export interface LogRetentionParts {
  readonly log: PartitionLog;
  readonly shared: LogShared;
  readonly content: LogContent;
  readonly writer: LogWriter;
}

/** Where one log begins, and which of its segments may go (safety.md, rule 24). */
export class LogRetention {
  readonly #parts: LogRetentionParts;
  readonly #truncation: LogTruncation;
  /** Of the last durable line. */
  #checkpointed: Pick<CheckpointLine, 'logStart' | 'end' | 'segmentBase'>;

  constructor(parts: LogRetentionParts, truncation: LogTruncation, logStart: Offset) {
    this.#parts = parts;
    this.#truncation = truncation;
    this.#checkpointed = { logStart, end: 0 as Offset, segmentBase: 0 as Offset };
  }

  /** Of the last durable line. */
  get checkpointedEnd(): Offset {
    return this.#checkpointed.end;
  }

  /** Of the last durable line: no boot of this copy begins below. */
  get checkpointedStart(): Offset {
    return this.#checkpointed.logStart;
  }

  /** Of the last durable line: what lies before it is as the line counts it. */
  get checkpointedSegment(): Offset {
    return this.#checkpointed.segmentBase;
  }

  /** `line` is durable. */
  checkpointed(line: CheckpointLine): void {
    this.#checkpointed = line;
  }

  /** Moves the log start as retention wants; true if it moved. removeExpired deletes, once a line says so. */
  async expire(): Promise<boolean> {
    // A truncation has chosen the segment in which the log will end.
    if (this.#truncation.isUnderWay) return false;
    const { log, shared, content, writer } = this.#parts;
    const isUnbound = shared.rulesOff.has('retention-below-watermark');
    const bound = isUnbound ? content.logEnd : log.highWatermark;
    return expire(content, log.config, {
      nowMs: shared.clock.wallMs(),
      before: Math.min(bound, this.#checkpointed.end) as Offset,
      isAllowed: () => !this.#truncation.isUnderWay,
      roll: () => writer.roll(),
    });
  }

  /** Where the batch begins that holds `offset`, or follows it. Throws LogCorruptError, and what the storage throws. */
  async batchStart(offset: Offset): Promise<Offset> {
    const { content } = this.#parts;
    for (;;) {
      const { version } = content;
      try {
        const { offset: start } = await batchBoundary(content, offset);
        if (version === content.version) return start;
      } catch (error) {
        // Segments went while they were read: once more.
        if (version === content.version) throw error;
      }
    }
  }

  /** Moves the log start to the leader's, a batch boundary, if high watermark and line are past it; true if it moved. */
  raiseLogStart(logStart: Offset): boolean {
    const { log, content } = this.#parts;
    if (this.#truncation.isUnderWay || log.failure !== undefined) return false;
    const bound = Math.min(log.highWatermark, this.#checkpointed.end);
    if (logStart <= content.logStart || logStart > bound) return false;
    content.advanceLogStart(logStart);
    return true;
  }

  /** Deletes segments below the log start of the last line; PartitionLog.syncDirty makes that durable. */
  removeExpired(): void {
    const { shared, content } = this.#parts;
    const early = shared.rulesOff.has('unlink-after-line');
    const start = early ? content.logStart : this.#checkpointed.logStart;
    if (!this.#truncation.isUnderWay) content.removeBelow(start);
  }
}
