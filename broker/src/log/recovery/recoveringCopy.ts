import { endOffset, readBatchHeader } from '@millrace/core/batchHeader';
import type { Offset } from '@millrace/core/ids';
import type { CheckpointLine } from '../journal/checkpointFile.ts';
import type { PartitionPlace } from '../directory/dataDirectory.ts';
import type { IntactFrame } from '../journal/journalReader.ts';
import { isUnreadable } from '../../io/storageError.ts';
import { decodeExtent } from '../journal/extent.ts';
import { LogCorruptError } from '../logCorruptError.ts';
import type { RulesOff } from '../logRules.ts';
import type { LogPosition } from '../partition/logPosition.ts';
import type { LogShared } from '../partition/logShared.ts';
import type { PartitionFile } from '../copies/partitionFile.ts';
import type { LineToKeep, OpenLogOptions } from '../partition/logOpening.ts';
import { PartitionLog } from '../partition/partitionLog.ts';
import type { MintReason } from './recoveryReport.ts';
import type { Truncation } from './truncation.ts';

export interface RecoveringCopyOptions {
  readonly place: PartitionPlace;
  readonly file: PartitionFile;
  readonly shared: LogShared;
  /** Under the copyId of `file`. */
  readonly line: CheckpointLine | undefined;
  /** Of this copy, past the checkpoint, in order. */
  readonly truncations: readonly Truncation[];
  /** Whether the journal says of some of its batches only where they lie. */
  readonly hasExtents: boolean;
  readonly boot: 'clean' | 'unclean' | 'journal-lost';
  readonly rulesOff: RulesOff;
}

export interface CopyFault {
  readonly reason: MintReason;
  readonly detail: string;
}

/** One copy on its way through recovery: cut to what its line and the journal's truncations keep, then rewritten. */
export class RecoveringCopy {
  readonly place: PartitionPlace;
  file: PartitionFile;
  readonly log: PartitionLog;
  readonly #options: RecoveringCopyOptions;
  #fault: CopyFault | undefined;

  private constructor(
    options: RecoveringCopyOptions,
    log: PartitionLog,
    fault: CopyFault | undefined,
  ) {
    this.place = options.place;
    this.file = options.file;
    this.#options = options;
    this.log = log;
    this.#fault = fault;
  }

  /** Throws LogCorruptError or what the storage throws if nothing of the log can be opened. */
  static async open(options: RecoveringCopyOptions): Promise<RecoveringCopy> {
    const { line, boot } = options;
    const { durability } = options.file.config;
    const validates = durability === 'async' && boot === 'unclean';
    const trusted = boot !== 'journal-lost' && (line !== undefined || validates);
    if (!trusted) {
      const isLookedAt = boot !== 'journal-lost' && hasSegments(options);
      const past = isLookedAt ? 'look' : 'keep-valid';
      const log = await openLog(options, { line: undefined, past });
      return new RecoveringCopy(options, log, untrusted(boot, log));
    }
    try {
      const log = await openLog(options, openOptions(options));
      return new RecoveringCopy(
        options,
        log,
        durability === 'async' ? asyncFault(boot) : undefined,
      );
    } catch (error) {
      if (!(error instanceof LogCorruptError)) throw error;
      // Nothing is deleted before a leader answers (rule 12).
      const log = await openLog(options, { line: undefined, past: 'look' });
      return new RecoveringCopy(options, log, { reason: 'corruption', detail: error.message });
    }
  }

  /** Why it needs another copyId. */
  get fault(): CopyFault | undefined {
    return this.#fault;
  }

  /** Whether the journal is part of it. */
  get takesFrames(): boolean {
    return this.file.config.durability === 'fsync';
  }

  blame(reason: MintReason, detail: string): void {
    this.#fault ??= { reason, detail };
  }

  /** Puts a frame back, but for what a later truncation removed; the bytes that count. */
  async replay(frame: IntactFrame): Promise<number> {
    if (this.#fault !== undefined) return 0;
    const { kind } = frame.header;
    if (kind !== 'append' && kind !== 'extent') return 0;
    try {
      return kind === 'append' ? this.#rewrite(frame) : await this.#keep(frame);
    } catch (error) {
      const isDamaged = kind === 'extent' && isUnreadable(error);
      if (!(error instanceof LogCorruptError) && !isDamaged) throw error;
      this.blame('corruption', error instanceof Error ? error.message : String(error));
      return 0;
    }
  }

  /**
   * There are no more frames. A damaged log that was held fails where the damage begins, with the rest of its files:
   * nothing is deleted before a leader answers (rule 12).
   */
  settle(): void {
    if (this.#fault === undefined) this.log.replay.settle();
    else if (this.log.replay.isHeld) this.log.fail(new LogCorruptError(this.#fault.detail));
  }

  #rewrite({ header, body }: IntactFrame): number {
    const isBound = !this.#options.rulesOff.has('truncations-bound-replay');
    const lowest = isBound ? this.#lowestAfter(header.sequence) : undefined;
    const batches = lowest === undefined ? body : batchesBelow(body, lowest.offset);
    if (batches.length === 0) return 0;
    this.log.replay.rewrite({ baseOffset: header.offset, position: header.position, batches });
    return batches.length;
  }

  #keep({ header, body }: IntactFrame): Promise<number> {
    const { rulesOff } = this.#options;
    const isBound = !rulesOff.has('extent-void-after-truncation');
    return this.log.replay.keep(decodeExtent(header, body), {
      until: isBound ? this.#lowestAfter(header.sequence) : undefined,
      checksCrc: !rulesOff.has('extent-checked'),
    });
  }

  /** Of the truncations after a frame the one that leaves least. */
  #lowestAfter(sequence: number): LogPosition | undefined {
    let lowest: LogPosition | undefined;
    for (const truncation of this.#options.truncations) {
      if (truncation.sequence <= sequence) continue;
      if (lowest === undefined || truncation.to.offset < lowest.offset) lowest = truncation.to;
    }
    return lowest;
  }
}

function openLog(options: RecoveringCopyOptions, open: OpenLogOptions): Promise<PartitionLog> {
  const { place, file, shared } = options;
  const { topicId, partition, directory } = place;
  const identity = { topicId, partition, directory, copyId: file.copyId };
  return PartitionLog.open(identity, file.config, shared, open);
}

function hasSegments({ place, shared }: RecoveringCopyOptions): boolean {
  return shared.storage.list(place.directory).some(({ name }) => name.endsWith('.log'));
}

function openOptions({
  line,
  boot,
  file,
  truncations,
  hasExtents,
  rulesOff,
}: RecoveringCopyOptions): OpenLogOptions {
  if (boot === 'clean') return { line, past: 'as-it-is' };
  if (file.config.durability === 'async') return { line, past: 'keep-valid' };
  if (rulesOff.has('cut-to-line')) return { line, past: 'keep-valid' };
  const past = hasExtents && !rulesOff.has('extent-kept') ? 'held' : 'cut-to-line';
  if (rulesOff.has('cut-to-lowest-truncation')) return { line, past };
  return { line: line === undefined ? undefined : cutLine(line, truncations), past };
}

/**
 * The line, or the lowest truncation in the journal: what lies below was synced by the checkpoint and
 * never written again. The segment may be cut there already, so that the line itself cannot be asked for.
 */
function cutLine(line: CheckpointLine, truncations: readonly Truncation[]): LineToKeep {
  let cut: LineToKeep = line;
  for (const { to, logStart, bytesBelow } of truncations) {
    if (to.offset >= cut.end) continue;
    const highWatermark = Math.min(cut.highWatermark, to.offset) as Offset;
    cut = {
      ...cut,
      logStart,
      end: to.offset,
      segmentBase: to.segmentBase,
      position: to.position,
      bytesBelow,
      highWatermark,
    };
  }
  return cut;
}

function untrusted(boot: RecoveringCopyOptions['boot'], log: PartitionLog): CopyFault {
  if (boot === 'journal-lost')
    return { reason: 'journal-lost', detail: 'the journal was discarded' };
  if (log.logEndOffset > 0)
    return { reason: 'corruption', detail: 'the checkpoint has no line of it' };
  return { reason: 'unfinished', detail: 'its creation was never durable' };
}

function asyncFault(boot: RecoveringCopyOptions['boot']): CopyFault | undefined {
  if (boot === 'clean') return undefined;
  return { reason: 'async-unclean', detail: 'the last process ended without syncing it' };
}

/** The whole batches, from the first on, that end at or below `limit`. */
function batchesBelow(batches: Buffer, limit: number): Buffer {
  let at = 0;
  while (at < batches.length) {
    const header = readBatchHeader(batches, at);
    if (endOffset(header) > limit) break;
    at += header.sizeBytes;
  }
  return batches.subarray(0, at);
}
