import { MillraceError, millraceError } from '@millrace/core/errors';
import type { BootId, ClusterId, Offset, TopicId } from '@millrace/core/ids';
import type { FreeSpace } from '../../io/storage.ts';
import type { Checkpointer } from '../journal/checkpointer.ts';
import {
  absentCopy,
  type CopyCreation,
  type CopySpec,
  createCopies,
} from '../copies/copyCreation.ts';
import { DirectoryCompaction } from '../compaction/directoryCompaction.ts';
import { deleteCopies } from '../copies/copyDeletion.ts';
import { CopyFiles } from '../copies/copyFiles.ts';
import { type Copy, CopyTable } from '../copies/copyTable.ts';
import type { DataDirectory } from './dataDirectory.ts';
import { DirectoryFailure } from './directoryFailure.ts';
import { DirectoryWrites } from './directoryWrites.ts';
import { DirectoryRetention } from './directoryRetention.ts';
import { DiskGuard } from './diskGuard.ts';
import type { Journal } from '../journal/journal.ts';
import type { LogConfig } from '../partition/logConfig.ts';
import type { LogDirectoryOptions } from './logDirectoryOptions.ts';
import { type OpenedDirectory, openDirectory } from './logDirectoryOpening.ts';
import { LogLending } from '../partition/logLending.ts';
import { allRules } from '../logRules.ts';
import type { CopyFacts, PartitionFile } from '../copies/partitionFile.ts';
import type { PartitionLog } from '../partition/partitionLog.ts';
import type { RecoveryReport } from '../recovery/recoveryReport.ts';
import { refusedByStorage } from './storageFailed.ts';
import { WatchedStorage } from './watchedStorage.ts';
import { WritePace } from '../journal/writePace.ts';

export type { CopySpec } from '../copies/copyCreation.ts';

/** All logs of one data directory and what makes them durable together (safety.md, rules 2, 10, 11). */
export class LogDirectory {
  readonly clusterId: ClusterId;
  readonly bootId: BootId;
  readonly recovered: RecoveryReport;
  readonly #options: LogDirectoryOptions;
  readonly #lending: LogLending;
  readonly #data: DataDirectory;
  readonly #journal: Journal;
  readonly #checkpointer: Checkpointer;
  readonly #writes: DirectoryWrites;
  readonly #guard: DiskGuard;
  readonly #copies = new CopyTable();
  readonly #files: CopyFiles;
  readonly #failure: DirectoryFailure;
  /** Of each key the latest record stays (rule 24). */
  readonly compaction: DirectoryCompaction;
  /** Where the logs begin (rule 24). */
  readonly retention: DirectoryRetention;
  #closing = false;

  private constructor(
    options: LogDirectoryOptions,
    lending: LogLending,
    pace: WritePace,
    opened: OpenedDirectory,
  ) {
    const { storage, clock, config } = options;
    this.#options = options;
    this.#lending = lending;
    this.clusterId = opened.clusterId;
    this.bootId = opened.bootId;
    this.recovered = opened.report;
    this.#data = opened.data;
    this.#journal = opened.journal;
    this.#checkpointer = opened.checkpointer;
    for (const { log, file } of opened.copies) {
      log.removedBelow = file.removedBelow as Offset;
      this.#copies.put({ log, file });
    }
    this.#guard = new DiskGuard(storage, clock, opened.data.path, config.freeSpaceBytesMin);

    this.#failure = new DirectoryFailure(opened.data.path, (error) => {
      this.#writes.stop();
      this.#checkpointer.stop(error);
      for (const log of this.all()) log.fail(error);
    });
    this.#files = new CopyFiles(storage, (error) => this.#failure.fail(error));
    this.#writes = new DirectoryWrites({
      directory: options,
      pace,
      journal: this.#journal,
      checkpointer: this.#checkpointer,
      isHere: (log) => this.#copies.has(log),
      failure: this.#failure,
    });
    lending.connect(this.#writes, { cut: (log, end) => this.#cut(log, end) });
    const noteChanged = (log: PartitionLog): void => this.#writes.checkpoints.noteChanged(log);
    const checkpoint = async (log: PartitionLog): Promise<void> => {
      noteChanged(log);
      await this.checkpoint();
    };
    this.compaction = new DirectoryCompaction(options, {
      checkpoint: async (log) => {
        noteChanged(log);
        this.#failure.assertNone();
        await this.#writes.checkpoints.unhurried();
      },
      hurry: () => void this.checkpoint().catch(() => undefined),
      between: (work) => this.#checkpointer.between(work),
      facts: (log) => this.copyFacts(log),
      saveFacts: (log, facts) => this.saveCopyFacts(log, facts),
    });
    this.retention = new DirectoryRetention({
      checkpoint,
      noteChanged,
      isOver: () => this.#failure.error !== undefined || this.#closing,
      rulesOff: lending.rulesOff,
    });
  }

  /** Recovers first. Throws a MillraceError that says what to do if the directory must not be served. */
  static async open(options: LogDirectoryOptions): Promise<LogDirectory> {
    const storage = new WatchedStorage(options.storage, options.rulesOff ?? allRules);
    const watched = { ...options, storage };
    const lending = new LogLending(watched);
    const pace = new WritePace(options.clock);
    const opened = await openDirectory(watched, lending, pace);
    const directory = new LogDirectory(watched, lending, pace, opened);
    storage.watch.onFailed = (error) => void directory.#failure.fail(error);
    return directory;
  }

  /** Bytes queued in logs that their segment and, where `fsync`, the journal do not hold yet. */
  get pendingBytes(): number {
    return this.#writes.queues.pendingBytes;
  }

  /** Of the disk of the segments, a moment ago. */
  get space(): FreeSpace {
    return this.#guard.space;
  }

  get(topicId: TopicId, partition: number): PartitionLog | undefined {
    return this.#copies.get({ topicId, partition })?.log;
  }

  all(): Iterable<PartitionLog> {
    return this.#copies.logs();
  }

  /** Throws INVALID_CONFIG for what createCopies and changeConfig refuse. */
  checkConfig(config: LogConfig): void {
    this.#lending.checkConfig(config);
  }

  /**
   * New empty copies, durable with their lines once this resolves; an existing empty one is returned as
   * it is. CONFLICT if one exists and is not empty or is being created; INVALID_CONFIG if its batches
   * would not fit the journal; DISK_FULL.
   */
  async createCopies(specs: readonly CopySpec[]): Promise<PartitionLog[]> {
    this.#assertServes();
    for (const { config } of specs) this.#lending.checkConfig(config);
    const missing = this.#copies.reserve(specs);
    try {
      const created = await createCopies(missing, this.#creation);
      if (!this.#lending.rulesOff.has('line-before-use')) {
        await this.#checkpointer.setLines(created.map(({ log }) => log.checkpointLine()));
      }
      for (const copy of created) this.#copies.put(copy);
    } catch (error) {
      // If that fails too, the next checkpoint leaves them out.
      await this.#checkpointer.dropLines(missing).catch(() => undefined);
      throw refusedByStorage(this.#data.path, error);
    } finally {
      this.#copies.release(missing);
    }
    return specs.flatMap(({ topicId, partition }) => this.get(topicId, partition) ?? []);
  }

  /** Into trash/, durably; the files go a minute later (rule 25). What is queued in them is dropped. */
  async deleteCopies(logs: readonly PartitionLog[]): Promise<void> {
    this.#assertServes();
    for (const log of logs) {
      await this.compaction.leave(log);
      await this.#files.close(this.#copyOf(log));
    }
    await deleteCopies(logs, {
      data: this.#data,
      queues: this.#writes.queues,
      checkpointer: this.#checkpointer,
      copies: this.#copies,
      fail: (error) => this.#failure.fail(error),
    });
  }

  /**
   * All copies of a topic that is deleted, and what else lies in its directory: what no boot could open, what a creation
   * left unfinished. As deleteCopies; STORAGE_FAILED, to be repeated, if the directory can't be moved.
   */
  async deleteTopic(topicId: TopicId): Promise<void> {
    const logs = Array.from(this.all()).filter((log) => log.topicId === topicId);
    if (logs.length > 0) await this.deleteCopies(logs);
    this.#assertServes();
    try {
      await this.#data.discardTopic(topicId);
    } catch (error) {
      throw refusedByStorage(this.#data.path, error);
    }
  }

  /** Nothing of the topic is on the disk, readable or not. */
  lacksTopic(topicId: TopicId): boolean {
    return this.#data.lacksTopic(topicId);
  }

  /** In memory, for a copy that is not here and could not be created: empty, and failed for `reason`. */
  absentCopy(spec: CopySpec, reason: MillraceError): PartitionLog {
    return absentCopy(spec, reason, this.#creation);
  }

  /** What partition.json says of the copy, durably. Throws UNKNOWN_PARTITION for a log that is not here. */
  copyFacts(log: PartitionLog): PartitionFile {
    return this.#copyOf(log).file;
  }

  /** Durable once it resolves; changes of one copy are made one after the other. Rejects as changeConfig does. */
  async saveCopyFacts(log: PartitionLog, facts: Partial<CopyFacts>): Promise<void> {
    this.#assertServes();
    await this.#files.save(this.#copyOf(log), (file) => ({
      ...file,
      ...facts,
      removedBelow: Math.max(file.removedBelow, facts.removedBelow ?? 0),
    }));
  }

  /** The copy takes records of another one than it began under: what it remembers of that goes. As saveCopyFacts. */
  async endBeginning(log: PartitionLog): Promise<void> {
    this.#assertServes();
    await this.#files.cut(this.#copyOf(log), log.logEndOffset, 'over');
  }

  /** In force and durable once it resolves; appends wait meanwhile if `durability` changes. */
  async changeConfig(log: PartitionLog, config: LogConfig): Promise<void> {
    this.#assertServes();
    this.#lending.checkConfig(config);
    const copy = this.#copyOf(log);
    try {
      if (config.durability !== log.config.durability) await this.#drain(log);
      await this.#files.save(copy, (file) => ({ ...file, config }));
      log.applyConfig(config);
    } finally {
      this.#writes.queues.resume(log);
    }
  }

  /** What is durable now is in segments and lines, and journal files up to there are free. */
  async checkpoint(): Promise<void> {
    await this.#writes.checkpoint();
  }

  /** Why appends must be refused now (DISK_FULL, STORAGE_FAILED, SHUTTING_DOWN), or undefined. */
  acceptsAppends(): MillraceError | undefined {
    if (this.#failure.error !== undefined) return this.#failure.error;
    if (this.#closing) return millraceError('SHUTTING_DOWN', 'the broker stops');
    return this.#guard.refusal();
  }

  /** Called once: nothing is acknowledged any more, the process must exit; close() then writes no marker. */
  onFailed(callback: (error: MillraceError) => void): void {
    this.#failure.listen(callback);
  }

  /** Flush, sync, checkpoint, marker last (rule 10). After a failure the same as abandon. */
  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    await this.compaction.stop();
    try {
      if (this.#failure.error === undefined) await this.#closeCleanly();
    } finally {
      this.#tearDown(millraceError('SHUTTING_DOWN', 'the broker stops'));
    }
  }

  /** Drops all that is open, as a crash would, without the marker. */
  abandon(): void {
    this.#closing = true;
    this.compaction.abandon();
    this.#tearDown(millraceError('SHUTTING_DOWN', 'the log is abandoned', { outcome: 'unknown' }));
  }

  async #closeCleanly(): Promise<void> {
    await this.#writes.queues.finish();
    await this.#journal.whenSynced(this.#journal.writtenSequence);
    for (const log of this.all()) {
      log.flushIndexes();
      if (log.isDirty) this.#checkpointer.noteChanged(log);
    }
    await this.checkpoint();
    if (this.#failure.error !== undefined) return;
    // Never after a storage error (rule 10): the files of that log are not what it believed.
    for (const { failure } of this.all()) {
      if (failure instanceof MillraceError && failure.code === 'STORAGE_FAILED') return;
    }
    await this.#data.writeMarker({
      journalId: this.#journal.id.toString('hex'),
      sequence: this.#checkpointer.sequence,
    });
  }

  #tearDown(reason: MillraceError): void {
    this.#writes.stop();
    this.#data.close();
    this.#journal.close();
    for (const log of this.all()) log.close(reason);
    this.#lending.openFiles.closeAll();
  }

  #copyOf(log: PartitionLog): Copy {
    const copy = this.#copies.get(log);
    if (copy?.log === log) return copy;
    throw millraceError('UNKNOWN_PARTITION', `${log.directory} is deleted`);
  }

  /** All of the log is durable and in its line; what is appended from now on stays queued. */
  async #drain(log: PartitionLog): Promise<void> {
    await this.#writes.queues.hold([log]);
    await this.#journal.whenSynced(this.#journal.writtenSequence);
    this.#writes.checkpoints.noteChanged(log);
    await this.checkpoint();
  }

  get #creation(): CopyCreation {
    const { storage, random, config } = this.#options;
    const { syncConcurrency } = config;
    const { clusterId } = this;
    return { storage, random, data: this.#data, clusterId, shared: this.#lending, syncConcurrency };
  }

  /** Where that is not saved, a follower starts anew sooner than it had to. */
  async #cut(log: PartitionLog, end: Offset): Promise<void> {
    const copy = this.#copies.get(log);
    if (copy?.log === log) await this.#files.cut(copy, end).catch(() => undefined);
  }

  #assertServes(): void {
    this.#failure.assertNone();
    if (this.#closing) throw millraceError('SHUTTING_DOWN', 'the broker stops');
  }
}
