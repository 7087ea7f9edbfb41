import type { Offset } from '@millrace/core/ids';
import type { CheckpointSource } from './checkpointer.ts';
import type { LogRun } from './flushQueue.ts';
import { type BypassLimits, copiedFrames, largeFilesOf, plannedFrames } from './extentPlan.ts';
import { forEachConcurrently } from '../concurrency.ts';
import { type GroupFrame, partsOf } from './groupFrame.ts';
import type { Journal } from './journal.ts';
import type { LogPosition } from '../partition/logPosition.ts';
import type { RulesOff } from '../logRules.ts';
import type { PartitionLog } from '../partition/partitionLog.ts';
import { ReplayDebt } from './replayDebt.ts';
import { truncateEntry } from '../recovery/truncation.ts';

/** What is gathered behind a group whose segments are being synced, before the queue has to wait. */
const gatheredBytesMax = 8 << 20;

export interface GroupCommitOptions {
  readonly journal: Journal;
  readonly rulesOff: RulesOff;
  readonly limits: BypassLimits;
  /** Of extents, that a boot may have to read. */
  readonly replayBytesMax: number;
  /** Syncs of segments under way. */
  readonly syncConcurrency: number;
  readonly noteChanged: (log: PartitionLog) => void;
  readonly wantCheckpoint: () => void;
  /** A sync or write has failed: nothing is committed any more. */
  readonly onFailed: (error: unknown) => void;
}

interface Group {
  /** Of its last frame. */
  readonly sequence: number;
  readonly ends: ReadonlyMap<PartitionLog, Offset>;
}

/**
 * The way of `fsync` logs to durability: what a tick has written goes into the journal as one group,
 * then to followers; once a sync covers the group, its ends count (safety.md, rule 2).
 *
 * Of a large group the segments are synced instead, then the journal says only where they hold it
 * (extent.ts). One such group is under way; what comes meanwhile is gathered and is the next group, so
 * that the journal has all frames in the order of the appends.
 */
export class GroupCommit implements CheckpointSource {
  readonly #options: GroupCommitOptions;
  readonly #journal: Journal;
  readonly #rulesOff: RulesOff;
  readonly #debt: ReplayDebt;
  #gathered: LogRun[] = [];
  #gatheredBytes = 0;
  #underWayBytes = 0;
  /** Until the journal has all that was gathered. */
  #large: Promise<void> | undefined;
  #wakeGathering: (() => void) | undefined;
  #isStopped = false;
  #unsynced: Group[] = [];
  #settledSequence: number;
  #truncations = 0;
  #untilTruncated: (() => void)[] = [];

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#journal = options.journal;
    this.#rulesOff = options.rulesOff;
    this.#debt = new ReplayDebt(options.replayBytesMax, options.wantCheckpoint);
    this.#settledSequence = options.journal.syncedSequence;
  }

  /** Bytes that it took and that the journal knows nothing of yet. */
  get pendingBytes(): number {
    return this.#gatheredBytes + this.#underWayBytes;
  }

  /**
   * What a checkpoint may name: all frames up to here are counted in the durable ends. Behind the
   * synced sequence while a group is split over two files. Undefined while a truncation is durable
   * whose segment is not cut yet: its log's line would bring back what it has removed.
   */
  get checkpointSequence(): number | undefined {
    return this.#truncations > 0 ? undefined : this.#settledSequence;
  }

  /** Takes them, in order. Undefined if the next ones may come, else a promise of that. */
  commit(runs: readonly LogRun[]): Promise<void> | undefined {
    if (this.#large === undefined && !this.#isLarge(runs)) return this.#copy(runs);
    this.#gathered.push(...runs);
    this.#gatheredBytes += bytesOf(runs);
    this.#large ??= this.#commitGathered();
    // They are in the segments. A follower that syncs them before this broker does holds nothing wrong.
    announceWritten(endsOf(copiedFrames(runs)));
    if (this.#gatheredBytes < gatheredBytesMax) return undefined;
    return new Promise((resolve) => {
      this.#wakeGathering = resolve;
    });
  }

  /** Undefined if the journal has all that was taken, else a promise of that. */
  whenCommitted(): Promise<void> | undefined {
    return this.#large;
  }

  /** What is gathered is dropped. */
  stop(): void {
    this.#isStopped = true;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#wakeGathering?.();
  }

  /**
   * Durable once it resolves, with all that was written before it; then the log cuts its segment and
   * calls `truncated`. Nothing is under way when it is called.
   */
  async truncation(log: PartitionLog, to: LogPosition): Promise<void> {
    if (!this.#rulesOff.has('truncation-frame-first')) {
      await this.#journal.write([truncateEntry(log.checkpointLine(to))]);
    }
    const sequence = this.#journal.writtenSequence;
    this.#unsynced.push({ sequence, ends: new Map() });
    // Not before: a full journal goes on only after a checkpoint.
    this.truncating();
    await this.#journal.whenSynced(sequence);
  }

  /** A log is about to be cut: no line must be taken until `truncated`. */
  truncating(): void {
    this.#truncations += 1;
  }

  truncated(): void {
    this.#truncations = Math.max(0, this.#truncations - 1);
    if (this.#truncations > 0) return;
    const waiting = this.#untilTruncated;
    this.#untilTruncated = [];
    for (const wake of waiting) wake();
  }

  whenKnown(): Promise<void> {
    if (this.#truncations === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#untilTruncated.push(resolve);
    });
  }

  /** A durable checkpoint covers all up to `sequence`. */
  checkpointed(sequence: number): void {
    this.#debt.paid(sequence);
  }

  /** The journal holds all frames up to `sequence`: called before anything else learns of it. */
  synced(sequence: number): void {
    const later = this.#unsynced.findIndex((group) => group.sequence > sequence);
    const covered = this.#unsynced.splice(0, later === -1 ? this.#unsynced.length : later);
    const last = covered.at(-1);
    if (last === undefined) return;
    this.#settledSequence = last.sequence;
    if (covered.length === 1) return this.#settle(last.ends);
    const ends = new Map<PartitionLog, Offset>();
    for (const group of covered) for (const [log, end] of group.ends) ends.set(log, end);
    this.#settle(ends);
  }

  #isLarge(runs: readonly LogRun[]): boolean {
    const { limits } = this.#options;
    if (bytesOf(runs) < limits.groupBytesMin || this.#debt.isFull) return false;
    return largeFilesOf(runs, limits).size > 0;
  }

  async #commitGathered(): Promise<void> {
    try {
      while (this.#gathered.length > 0 && !this.#isStopped) {
        const runs = this.#gathered;
        this.#underWayBytes = this.#gatheredBytes;
        this.#gathered = [];
        this.#gatheredBytes = 0;
        this.#wakeGathering?.();
        await this.#commitLarge(runs);
      }
    } catch (error) {
      if (!this.#isStopped) this.#options.onFailed(error);
    } finally {
      this.#underWayBytes = 0;
      this.#large = undefined;
    }
  }

  /** Segments, then frames: a frame of an extent says that its bytes are durable. */
  async #commitLarge(runs: readonly LogRun[]): Promise<void> {
    const { limits, syncConcurrency } = this.#options;
    const large = this.#debt.isFull ? new Map() : largeFilesOf(runs, limits);
    const frames = plannedFrames(runs, large);
    for (const one of large.keys()) one.log.committed(one.run);
    const files = new Set(large.values());
    const synced = forEachConcurrently(files, syncConcurrency, ({ log, segmentBase }) =>
      log.syncSegment(segmentBase),
    );
    if (this.#rulesOff.has('extent-after-segment-sync')) synced.catch(() => undefined);
    else await synced;
    if (this.#isStopped) return;
    for (const part of this.#partsOf(frames)) {
      await this.#writeFrames(part);
      this.#journalled(endsOf(part));
    }
    for (const one of runs) if (!large.has(one)) one.log.committed(one.run);
    let bytes = 0;
    for (const file of files) bytes += file.bytes;
    if (bytes > 0) this.#debt.add(this.#journal.writtenSequence, bytes);
  }

  /** All of it goes into the journal. */
  #copy(runs: readonly LogRun[]): Promise<void> | undefined {
    this.#underWayBytes = bytesOf(runs);
    const [first, ...rest] = this.#partsOf(copiedFrames(runs));
    const done = this.#copyPart(first);
    if (done === undefined && rest.length === 0) return this.#copied(runs);
    return (async () => {
      await done;
      for (const part of rest) await this.#copyPart(part);
      return this.#copied(runs);
    })();
  }

  #copyPart(part: readonly GroupFrame[]): Promise<void> | undefined {
    const ends = endsOf(part);
    const written = (): undefined => {
      this.#journalled(ends);
      announceWritten(ends);
    };
    const done = this.#writeFrames(part);
    return done === undefined ? written() : done.then(written);
  }

  #copied(runs: readonly LogRun[]): undefined {
    this.#underWayBytes = 0;
    for (const { log, run } of runs) log.committed(run);
  }

  /**
   * What one journal file cannot hold goes in parts, each a group: no checkpoint may name a part of a group, so that one
   * that fills all files would wait for ever for a free one.
   */
  #partsOf(frames: readonly GroupFrame[]): ReturnType<typeof partsOf> {
    return partsOf(frames, this.#journal.fileCapacityBytes);
  }

  #writeFrames(part: readonly GroupFrame[]): Promise<void> | undefined {
    return this.#journal.write(part.map(({ entry }) => entry));
  }

  #journalled(ends: ReadonlyMap<PartitionLog, Offset>): void {
    this.#unsynced.push({ sequence: this.#journal.writtenSequence, ends });
    if (this.#rulesOff.has('acknowledge-after-sync')) this.#settle(ends);
    this.#journal.sync();
  }

  /** All ends first: who hears of one may look at another. */
  #settle(ends: ReadonlyMap<PartitionLog, Offset>): void {
    for (const [log, end] of ends) {
      log.markDurable(end);
      this.#options.noteChanged(log);
    }
    for (const log of ends.keys()) log.announceDurable();
  }
}

function endsOf(frames: readonly GroupFrame[]): ReadonlyMap<PartitionLog, Offset> {
  return new Map(frames.map(({ log, endOffset }) => [log, endOffset]));
}

function announceWritten(ends: ReadonlyMap<PartitionLog, Offset>): void {
  for (const [log, end] of ends) log.announceWritten(end);
}

function bytesOf(runs: readonly LogRun[]): number {
  let bytes = 0;
  for (const { run } of runs) bytes += run.bytes;
  return bytes;
}
