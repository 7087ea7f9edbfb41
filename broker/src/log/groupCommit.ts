import type { Offset } from '@millrace/core/ids';
import type { CheckpointSource } from './checkpointer.ts';
import type { LogRun } from './flushQueue.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { FRAME_HEADER_BYTES } from './journalFrame.ts';
import type { LogPosition } from './logPosition.ts';
import type { RulesOff } from './logRules.ts';
import type { PartitionLog } from './partitionLog.ts';
import { truncateEntry } from './truncation.ts';

interface Group {
  /** Of its last frame. */
  readonly sequence: number;
  readonly ends: ReadonlyMap<PartitionLog, Offset>;
}

/**
 * The way of `fsync` logs to durability: what a tick has written goes into the journal as one group,
 * then to followers; once a sync covers the group, its ends count (safety.md, rule 2).
 */
export class GroupCommit implements CheckpointSource {
  readonly #journal: Journal;
  readonly #rulesOff: RulesOff;
  readonly #noteChanged: (log: PartitionLog) => void;
  #unsynced: Group[] = [];
  #settledSequence: number;
  #truncations = 0;
  #untilTruncated: (() => void)[] = [];

  constructor(journal: Journal, rulesOff: RulesOff, noteChanged: (log: PartitionLog) => void) {
    this.#journal = journal;
    this.#rulesOff = rulesOff;
    this.#noteChanged = noteChanged;
    this.#settledSequence = journal.syncedSequence;
  }

  /**
   * What a checkpoint may name: all frames up to here are counted in the durable ends. Behind the
   * synced sequence while a group is split over two files. Undefined while a truncation is durable
   * whose segment is not cut yet: its log's line would bring back what it has removed.
   */
  get checkpointSequence(): number | undefined {
    return this.#truncations > 0 ? undefined : this.#settledSequence;
  }

  /**
   * What one journal file cannot hold goes in parts, each a group: no checkpoint may name a part of a group, so that one
   * that fills all files would wait for ever for a free one.
   */
  commit(runs: readonly LogRun[]): Promise<void> | undefined {
    const [first, ...rest] = parts(runs, this.#journal.fileCapacityBytes);
    const done = this.#commitGroup(first);
    if (rest.length === 0) return done;
    return (async () => {
      await done;
      for (const part of rest) await this.#commitGroup(part);
    })();
  }

  #commitGroup(runs: readonly LogRun[]): Promise<void> | undefined {
    const done = this.#journal.write(runs.map(appendEntry));
    if (done === undefined) return this.#written(runs);
    return done.then(() => this.#written(runs));
  }

  /**
   * Durable once it resolves, with all that was written before it; then the log cuts its segment and
   * calls `truncated`.
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

  #written(runs: readonly LogRun[]): undefined {
    const ends = new Map<PartitionLog, Offset>();
    for (const { log, run } of runs) ends.set(log, run.endOffset);
    this.#unsynced.push({ sequence: this.#journal.writtenSequence, ends });
    if (this.#rulesOff.has('acknowledge-after-sync')) this.#settle(ends);
    this.#journal.sync();
    for (const [log, end] of ends) log.announceWritten(end);
  }

  /** All ends first: who hears of one may look at another. */
  #settle(ends: ReadonlyMap<PartitionLog, Offset>): void {
    for (const [log, end] of ends) {
      log.markDurable(end);
      this.#noteChanged(log);
    }
    for (const log of ends.keys()) log.announceDurable();
  }
}

/** In their order, each part within `bytesMax` as frames; a run that is greater is a part. */
function parts(
  runs: readonly LogRun[],
  bytesMax: number,
): [readonly LogRun[], ...(readonly LogRun[])[]] {
  const full: (readonly LogRun[])[] = [];
  let last: LogRun[] = [];
  let bytes = 0;
  for (const each of runs) {
    const frameBytes = FRAME_HEADER_BYTES + each.run.bytes;
    if (last.length > 0 && bytes + frameBytes > bytesMax) {
      full.push(last);
      last = [];
      bytes = 0;
    }
    last.push(each);
    bytes += frameBytes;
  }
  const [first, ...more] = full;
  return first === undefined ? [last] : [first, ...more, last];
}

function appendEntry({ log, run }: LogRun): JournalEntry {
  return {
    kind: 'append',
    copyId: log.copyId,
    offset: run.baseOffset,
    position: run.position,
    batches: run.buffers,
    bytes: run.bytes,
  };
}
