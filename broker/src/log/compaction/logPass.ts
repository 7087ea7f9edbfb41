import type { BatchHeader } from '@millrace/core/batchHeader';
import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { Offset } from '@millrace/core/ids';
import { storageFailed } from '../directory/storageFailed.ts';
import type { RulesOff } from '../logRules.ts';
import type { PartitionLog } from '../partition/partitionLog.ts';
import type { CopyFacts } from '../copies/partitionFile.ts';
import type { CleaningRules } from './batchCleaning.ts';
import { type CleaningPlan, segmentGroups } from './cleaningPlan.ts';
import { type CleanedGroup, GroupCleaning, removeCleaned } from './groupCleaning.ts';
import { type ReadKeys, readKeys } from './keyReading.ts';
import { SegmentReading } from './segmentReading.ts';
import { encodeSwap, type Swap, swapPath } from './swapFile.ts';
import type { WorkSlices } from './workSlices.ts';

const DAY_MS = 86_400_000;

/** What a pass needs of the directory that holds the log. */
export interface PassServices {
  /** A whole checkpoint that begins after the call, with a line of this log; it takes its time. */
  checkpoint(log: PartitionLog): Promise<void>;
  /** Somebody waits for the checkpoint that is under way. */
  hurry(): void;
  /** While no checkpoint is under way, and no copy is deleted. */
  between<Result>(work: () => Promise<Result>): Promise<Result>;
  facts(log: PartitionLog): CopyFacts;
  saveFacts(log: PartitionLog, facts: Partial<CopyFacts>): Promise<void>;
}

export interface PassOptions {
  readonly services: PassServices;
  readonly slices: WorkSlices;
  readonly seed: number;
  readonly keysBytesMax: number;
  /** Exclusive: no tombstone at or past it goes. Asked again in the tick of which a swap counts on it. */
  readonly tombstonesBefore: () => Offset;
  readonly rulesOff: RulesOff;
}

export interface PassResult {
  readonly bytesRead: number;
  /** Into new segments. */
  readonly bytesWritten: number;
  /** By how much the log is smaller. */
  readonly bytesFreed: number;
  /** Exclusive: of each key below there is one record. */
  readonly cleanedTo: Offset;
}

/** One pass over a log: of each key in its first part the latest record stays (safety.md, rule 24). */
export class LogPass {
  readonly #log: PartitionLog;
  readonly #plan: CleaningPlan;
  readonly #options: PassOptions;
  readonly #reading: SegmentReading;
  readonly #cuts: number;
  #bytesWritten = 0;
  #bytesFreed = 0;

  constructor(log: PartitionLog, plan: CleaningPlan, options: PassOptions) {
    this.#log = log;
    this.#plan = plan;
    this.#options = options;
    this.#reading = new SegmentReading(log.compaction.content, options.slices);
    this.#cuts = log.compaction.content.cuts.count;
  }

  /**
   * Rejects with LogCorruptError; with CONFLICT if the log changed meanwhile, SHUTTING_DOWN if it is stopped, and what the
   * storage throws. What was swapped in by then stays.
   */
  async run(): Promise<PassResult> {
    const { slices, seed, keysBytesMax, services } = this.#options;
    const { content } = this.#log.compaction;
    const reading = this.#reading;
    const read = await readKeys(this.#plan, { reading, slices, seed, keysBytesMax });
    const rules = this.#rules(read);
    const { segmentBytesMax } = this.#log.config;
    // Ascending: when a tombstone gets its time, all older records of its key are gone.
    for (const group of segmentGroups(this.#plan.segments, read.end, segmentBytesMax)) {
      const { place } = this.#log.compaction;
      const cleaned = await new GroupCleaning(group, { place, reading, rules }).run();
      if (cleaned === undefined) continue;
      const old = group.map(({ baseOffset, sizeBytes }) => ({ baseOffset, sizeBytes }));
      const { baseOffset, sizeBytes } = cleaned;
      await this.#swapIn({ old, cleaned: { baseOffset, sizeBytes } }, cleaned);
    }
    const epoch = content.epochs.at((read.end - 1) as Offset);
    if (epoch >= 0) await services.saveFacts(this.#log, { cleaned: { to: read.end, epoch } });
    return {
      bytesRead: reading.bytesRead,
      bytesWritten: this.#bytesWritten,
      bytesFreed: this.#bytesFreed,
      cleanedTo: read.end,
    };
  }

  #rules({ keys, end, producers }: ReadKeys): CleaningRules {
    const { slices, rulesOff } = this.#options;
    const { bound, place } = this.#log.compaction;
    const remembered = new Map(
      this.#log.producers.remembered().map(({ producerId, batches }) => [producerId, batches]),
    );
    return {
      keys,
      cleanedTo: this.#plan.cleanedTo,
      end,
      tombstonesBefore: this.#options.tombstonesBefore(),
      tombstoneRetentionMs: this.#log.config.tombstoneRetentionMs ?? DAY_MS,
      batchBytesMax: this.#log.config.batchBytesMax,
      nowMs: place.clock.wallMs(),
      slices,
      rulesOff,
      undecoded: { from: undefined },
      isLastOfProducer({ producerId, baseOffset }: BatchHeader) {
        if (producerId < 0 || rulesOff.has('last-header-kept')) return false;
        if ((producers.get(producerId) ?? -1) > baseOffset) return false;
        // A later one at or past the bound may be cut.
        const known = remembered.get(producerId);
        if (known === undefined) return false;
        return !known.some((batch) => batch.baseOffset > baseOffset && batch.endOffset <= bound);
      },
    };
  }

  async #swapIn(swap: Swap, cleaned: CleanedGroup): Promise<void> {
    const { services, rulesOff } = this.#options;
    const { compaction } = this.#log;
    const oldBytes = swap.old.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    try {
      // The line of now counts the old segments, ends past them, and no journal frame past it concerns them.
      await services.checkpoint(this.#log);
      this.#assertCurrent(swap);
      const { tombstonesRemovedBelow } = cleaned;
      if (tombstonesRemovedBelow > 0) await this.#raiseRemovedBelow(tombstonesRemovedBelow);
      await services.between(() => this.#swap(swap));
    } catch (error) {
      if (!compaction.content.isClosed && compaction.swap === undefined) {
        removeCleaned(compaction.place, swap.cleaned.baseOffset);
      }
      throw error;
    }
    this.#bytesWritten += swap.cleaned.sizeBytes;
    this.#bytesFreed += oldBytes - swap.cleaned.sizeBytes;
    await compaction.content.segments.get(swap.cleaned.baseOffset)?.adoptIndexes(cleaned.indexes);
    await endSwapOf(this.#log, services, rulesOff);
  }

  /**
   * In one tick: whoever is connected has fetched what is below, whoever connects from now on is told. Durable before
   * the tombstones go. A follower may have come, or another role, since the pass began.
   */
  async #raiseRemovedBelow(removedBelow: number): Promise<void> {
    const { services, rulesOff, tombstonesBefore } = this.#options;
    const log = this.#log;
    if (!rulesOff.has('tombstones-asked-again')) {
      if (tombstonesBefore() < removedBelow) {
        const what = `a follower of ${log.directory} needs tombstones below ${removedBelow}`;
        throw millraceError('CONFLICT', what);
      }
      log.removedBelow = Math.max(log.removedBelow, removedBelow) as Offset;
    }
    if (rulesOff.has('removed-below-is-durable')) return;
    await services.saveFacts(log, { removedBelow });
  }

  async #swap(swap: Swap): Promise<void> {
    const { compaction } = this.#log;
    const { storage, directory } = compaction.place;
    const { rulesOff } = this.#options;
    this.#assertCurrent(swap);
    compaction.record(swap, this.#plan.end);
    try {
      if (!rulesOff.has('cleaned-is-synced')) await storage.syncDirectory(directory);
      if (!rulesOff.has('swap-is-recorded')) {
        await storage.replaceFile(swapPath(directory), encodeSwap(swap));
      }
      this.#assertCurrent(swap);
    } catch (error) {
      // Nothing has changed yet; but the record may be there.
      await this.#forgetOrFail();
      throw error;
    }
    try {
      compaction.apply(swap);
    } catch (error) {
      throw this.#fail(error);
    }
  }

  async #forgetOrFail(): Promise<void> {
    try {
      await this.#log.compaction.forget();
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** Which segments are there is not known any more: the next boot ends the swap. */
  #fail(cause: unknown): MillraceError {
    const error = storageFailed(this.#log.directory, cause, 'not-applied');
    this.#log.fail(error);
    return error;
  }

  #assertCurrent(swap: Swap): void {
    const { compaction, retention, directory } = this.#log;
    const { end } = this.#plan;
    this.#options.slices.assertRuns();
    const last = swap.old.at(-1)?.baseOffset ?? 0;
    const isCurrent = compaction.isCurrent(swap, { cuts: this.#cuts, end });
    if (isCurrent && last < retention.checkpointedSegment) return;
    throw millraceError('CONFLICT', `${directory} changed while it was compacted`);
  }
}

/** A line counts the new segment, durably; then the record of the swap goes. */
export async function endSwapOf(
  log: PartitionLog,
  { checkpoint }: Pick<PassServices, 'checkpoint'>,
  rulesOff: RulesOff,
): Promise<void> {
  if (!rulesOff.has('swap-recorded-until-line')) await checkpoint(log);
  await log.compaction.forget();
}
