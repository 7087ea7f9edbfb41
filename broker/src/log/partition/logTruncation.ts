import { millraceError } from '@millrace/core/errors';
import type { Offset } from '@millrace/core/ids';
import { batchBoundary } from './batchBoundary.ts';
import type { Durability } from './durability.ts';
import type { LogContent } from './logContent.ts';
import type { LogPosition } from './logPosition.ts';
import type { LogShared } from './logShared.ts';
import type { LogWriter } from './logWriter.ts';
import type { PartitionLog } from './partitionLog.ts';
import type { Broken } from '../segment/segment.ts';

export interface LogTruncationParts {
  readonly log: PartitionLog;
  readonly shared: LogShared;
  readonly content: LogContent;
  readonly writer: LogWriter;
  readonly durability: Durability;
  readonly broken: Broken;
}

/** Cuts one log, durably: as a journal frame before the segments (safety.md, rule 8). One at a time. */
export class LogTruncation {
  readonly #parts: LogTruncationParts;
  #isUnderWay = false;

  constructor(parts: LogTruncationParts) {
    this.#parts = parts;
  }

  /** Nothing may be appended, and no segment may go. */
  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  /** See PartitionLog.truncateTo. */
  async truncateTo(offset: Offset): Promise<void> {
    this.#isUnderWay = true;
    try {
      await this.#truncate(offset);
    } finally {
      this.#isUnderWay = false;
    }
  }

  async #truncate(offset: Offset): Promise<void> {
    const { log, shared, content, writer } = this.#parts;
    await writer.idle();
    if (log.failure !== undefined) throw log.failure;
    if (offset >= content.logEnd) {
      // Of an empty log the last epoch may be that of batches which a crash took.
      content.epochs.cut(content.logEnd);
      writer.resync();
      return await log.whenDurable(content.logEnd);
    }
    this.#assertMayEnd(offset);
    const to = await batchBoundary(content, offset);
    // It may lie in an earlier segment.
    this.#assertMayEnd(to.offset);
    await shared.journalTruncation(log, to);
    await this.#cutDurably(to);
  }

  #assertMayEnd(offset: Offset): void {
    const { log, content } = this.#parts;
    if (!log.compaction.blocksTruncation(offset)) return;
    const what = `${content.name} is being compacted up to the offset where it is to end`;
    throw millraceError('UNAVAILABLE', what, { outcome: 'not-applied' });
  }

  async #cutDurably(to: LogPosition): Promise<void> {
    const { log, shared, content, writer, durability, broken } = this.#parts;
    // Before the files: if they are cut in part, the next line names what is left for sure.
    durability.cut(to, shared.rulesOff);
    log.highWatermark = Math.min(log.highWatermark, to.offset) as Offset;
    try {
      try {
        log.producers.cut(to.offset);
        content.cut(to);
        writer.resync();
        await log.producers.loadRest();
      } finally {
        await shared.truncated(log);
      }
    } catch (error) {
      // Nothing may be written past a cut that is not made, or not durable.
      broken(error);
      throw error;
    }
    await shared.cut(log, to.offset);
  }
}
