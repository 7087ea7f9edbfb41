import { MillraceError, millraceError } from '@millrace/core/errors';
import type { BootId, ClusterId, Offset, TopicId } from '@millrace/core/ids';
import type { FreeSpace } from '../io/storage.ts';
import { type Checkpointer, CheckpointNotWritten } from './checkpointer.ts';
import { CheckpointSchedule } from './checkpointSchedule.ts';
import { forEachConcurrently } from './concurrency.ts';
import { absentCopy, type CopyCreation, type CopySpec, createCopies } from './copyCreation.ts';
import { deleteCopies } from './copyDeletion.ts';
import { CopyFiles } from './copyFiles.ts';
import { type Copy, CopyTable } from './copyTable.ts';
import type { DataDirectory } from './dataDirectory.ts';
import { DirectoryFailure } from './directoryFailure.ts';
import { DiskGuard } from './diskGuard.ts';
import { noBypass } from './extentPlan.ts';
import { FlushQueues } from './flushQueues.ts';
import type { Journal } from './journal.ts';
import type { LogConfig } from './logConfig.ts';
import type { LogDirectoryOptions } from './logDirectoryOptions.ts';
import { type OpenedDirectory, openDirectory } from './logDirectoryOpening.ts';
import { LogLending } from './logLending.ts';
import type { LogPosition } from './logPosition.ts';
import { allRules } from './logRules.ts';
import type { CopyFacts, PartitionFile } from './partitionFile.ts';
import type { PartitionLog } from './partitionLog.ts';
import type { RecoveryReport } from './recoveryReport.ts';
import { refusedByStorage } from './storageFailed.ts';
import { WatchedStorage } from './watchedStorage.ts';
import { WritePace } from './writePace.ts';

export type { CopySpec } from './copyCreation.ts';

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
  readonly #checkpoints: CheckpointSchedule;
  readonly #queues: FlushQueues;
  readonly #guard: DiskGuard;
  readonly #copies = new CopyTable();
  readonly #files: CopyFiles;
  readonly #failure: DirectoryFailure;
  #closing = false;

  private constructor(
    options: LogDirectoryOptions,
    lending: LogLending,
    pace: WritePace,
    opened: OpenedDirectory,
  ) {
    const { storage, clock, config, observer, rulesOff = allRules } = options;
    this.#options = options;
    this.#lending = lending;
    this.clusterId = opened.clusterId;
    this.bootId = opened.bootId;
    this.recovered = opened.report;
    this.#data = opened.data;
    this.#journal = opened.journal;
    this.#checkpointer = opened.checkpointer;
    for (const { log, file } of opened.copies) this.#copies.put({ log, file });
    this.#guard = new DiskGuard(storage, clock, opened.data.path, config.freeSpaceBytesMin);

    this.#failure = new DirectoryFailure(opened.data.path, (error) => {
      this.#checkpoints.stop();
      this.#checkpointer.stop(error);
      this.#queues.stop();
      for (const log of this.all()) log.fail(error);
    });
    this.#files = new CopyFiles(storage, (error) => this.#failure.fail(error));
    const onFailed = (error: unknown): void => void this.#failure.fail(error);
    const noteChanged = (log: PartitionLog): void => this.#checkpoints.noteChanged(log);
    this.#queues = new FlushQueues({
      clock,
      pace,
      journal: this.#journal,
      rulesOff,
      limits: options.bypass ?? noBypass,
      replayBytesMax: config.journalFileBytes * config.journalFilesMax,
      syncConcurrency: config.syncConcurrency,
      wantCheckpoint: () => this.#checkpoints.soon(),
      noteChanged,
      syncAsync: (logs) => this.#syncAsync(logs),
      onFailed,
    });
    const { commit } = this.#queues;
    this.#checkpoints = new CheckpointSchedule({
      directory: options,
      checkpointer: this.#checkpointer,
      source: commit,
      journal: this.#journal,
      fail: (error) => this.#failure.fail(error),
    });
    this.#journal.listen({
      onSynced: (sequence, durationMs) => {
        observer?.synced?.(durationMs);
        commit.synced(sequence);
      },
      onFileFilled: () => this.#checkpoints.soon(),
      onFull: (state) => {
        const sinceMs = state === 'waiting' ? clock.monotonicMs() : undefined;
        observer?.journalFull?.(sinceMs);
        this.#checkpoints.soon();
      },
      onWritten: (bytes) => observer?.journalWritten?.(bytes),
      onFailed,
    });
    lending.connect({
      scheduleFlush: (log) => this.#queues.schedule(log),
      journalTruncation: async (log, to) => {
        // Between one way to durability and the other a cut would be in neither the journal nor the line.
        await this.#queues.whenResumed(log);
        if (log.failure !== undefined) throw log.failure;
        if (log.config.durability === 'async' && rulesOff.has('async-line-lowered')) return;
        if (log.config.durability === 'async') await this.#lowerLine(log, to);
        else await this.#queues.truncation(log, to);
      },
      truncated: async (log) => {
        noteChanged(log);
        commit.truncated();
        // Also the sync of the cut, before anything is written past it (rule 8).
        if (log.config.durability === 'async') await this.checkpoint();
      },
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
    return this.#queues.pendingBytes;
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
    for (const log of logs) await this.#files.close(this.#copyOf(log));
    await deleteCopies(logs, {
      data: this.#data,
      queues: this.#queues,
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
    await this.#files.save(this.#copyOf(log), (file) => ({ ...file, ...facts }));
  }

  /** Follower: the log begins where its leader's does, once it may (rule 24). Resolves with the log start. */
  async followLogStart(log: PartitionLog, logStart: Offset): Promise<Offset> {
    if (this.#failure.error !== undefined || this.#closing) return log.logStartOffset;
    if (log.raiseLogStart(logStart)) await this.#removeExpired(log);
    return log.logStartOffset;
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
      this.#queues.resume(log);
    }
  }

  /** Drops whole segments below the high watermark that retention no longer wants; resolves with the log start. */
  async enforceRetention(log: PartitionLog): Promise<Offset> {
    if (this.#failure.error !== undefined || this.#closing) return log.logStartOffset;
    if (await log.expire()) await this.#removeExpired(log);
    return log.logStartOffset;
  }

  /** What is durable now is in segments and lines, and journal files up to there are free. */
  async checkpoint(): Promise<void> {
    this.#failure.assertNone();
    await this.#checkpoints.now();
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
    try {
      if (this.#failure.error === undefined) await this.#closeCleanly();
    } finally {
      this.#tearDown(millraceError('SHUTTING_DOWN', 'the broker stops'));
    }
  }

  /** Drops all that is open, as a crash would, without the marker. */
  abandon(): void {
    this.#closing = true;
    this.#tearDown(millraceError('SHUTTING_DOWN', 'the log is abandoned', { outcome: 'unknown' }));
  }

  async #closeCleanly(): Promise<void> {
    await this.#queues.finish();
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
    this.#checkpoints.stop();
    this.#queues.stop();
    this.#data.close();
    this.#journal.close();
    for (const log of this.all()) log.close(reason);
    this.#lending.openFiles.closeAll();
  }

  async #removeExpired(log: PartitionLog): Promise<void> {
    this.#checkpoints.noteChanged(log);
    if (!this.#lending.rulesOff.has('unlink-after-line')) await this.checkpoint();
    log.removeExpired();
  }

  #copyOf(log: PartitionLog): Copy {
    const copy = this.#copies.get(log);
    if (copy?.log === log) return copy;
    throw millraceError('UNKNOWN_PARTITION', `${log.directory} is deleted`);
  }

  /** All of the log is durable and in its line; what is appended from now on stays queued. */
  async #drain(log: PartitionLog): Promise<void> {
    await this.#queues.hold([log]);
    await this.#journal.whenSynced(this.#journal.writtenSequence);
    this.#checkpoints.noteChanged(log);
    await this.checkpoint();
  }

  async #syncAsync(logs: readonly PartitionLog[]): Promise<void> {
    try {
      await this.#checkpointer.between(() =>
        forEachConcurrently(logs, this.#options.config.syncConcurrency, async (log) => {
          if (this.#copies.has(log)) await log.syncDirty();
        }),
      );
    } catch (error) {
      // The next checkpoint tries again.
      if (error instanceof CheckpointNotWritten && error.passes) return;
      this.#failure.fail(error);
    }
  }

  /**
   * What an `async` log is about to cut must not lie below its line [the log is short of it then, or holds what was
   * torn past the cut and no boot checks]. No checkpoint raises the line again before the cut is made.
   */
  #lowerLine(log: PartitionLog, to: LogPosition): Promise<void> {
    const { commit } = this.#queues;
    return this.#checkpointer.between(async () => {
      if (!this.#copies.has(log)) return;
      commit.truncating();
      try {
        if (to.offset < log.checkpointedEnd) {
          await this.#checkpointer.setLines([log.checkpointLine(to)]);
        }
      } catch (error) {
        commit.truncated();
        throw error;
      }
    });
  }

  get #creation(): CopyCreation {
    const { storage, random, config } = this.#options;
    const { syncConcurrency } = config;
    const { clusterId } = this;
    return { storage, random, data: this.#data, clusterId, shared: this.#lending, syncConcurrency };
  }

  #assertServes(): void {
    this.#failure.assertNone();
    if (this.#closing) throw millraceError('SHUTTING_DOWN', 'the broker stops');
  }
}
