// The broker's one sequential stream of frames for all `fsync` partitions, in preallocated files that
// are recycled in place (safety.md, rule 2; format in journalFrame.ts).
//
// Groups are written in order, one at a time. One sync is in flight; it covers exactly the groups
// written before it was issued. A full file is synced before the next one begins. After a failed
// write or sync nothing is written or synced again (pitfall 5).
import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { CopyId } from '@millrace/core/ids';
import type { Clock } from '../../io/clock.ts';
import { AllocationPace } from './allocationPace.ts';
import type { Storage } from '../../io/storage.ts';
import { type FrameKind, type FrameSeal, frameSeal } from './journalFrame.ts';
import { JournalFile } from './journalFile.ts';
import { type PackedGroup, packGroup } from './journalGroup.ts';
import type { RulesOff } from '../logRules.ts';
import type { WritePace } from './writePace.ts';

export interface JournalEntry {
  readonly kind: FrameKind;
  readonly copyId: CopyId | undefined;
  readonly offset: number;
  /** Bytes from the start of the segment. */
  readonly position: number;
  /** Whole batches; a buffer begins and ends with one. */
  readonly batches: readonly Buffer[];
  readonly bytes: number;
}

export interface JournalOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly pace: WritePace;
  readonly directory: string;
  /** JOURNAL_ID_BYTES bytes, a secret. */
  readonly journalId: Buffer;
  readonly fileBytes: number;
  readonly filesMax: number;
  readonly rulesOff: RulesOff;
}

/** What the journal tells its owner; each is called synchronously. */
export interface JournalEvents {
  /** All frames up to `sequence` are durable. */
  onSynced(sequence: number, durationMs: number): void;
  /** A file is full: a checkpoint would free it. */
  onFileFilled(): void;
  /** Every file is needed: writing waits for a checkpoint; false once it goes on. */
  onFull(waiting: 'waiting' | 'going-on'): void;
  /** Bytes of one group, padding included. */
  onWritten(bytes: number): void;
  /** The directory has failed for good. */
  onFailed(error: MillraceError): void;
}

const noEvents: JournalEvents = {
  onSynced() {},
  onFileFilled() {},
  onFull() {},
  onWritten() {},
  onFailed() {},
};

export class Journal {
  readonly id: Buffer;
  readonly #options: JournalOptions;
  readonly #seal: FrameSeal;
  #events: JournalEvents = noEvents;
  #current: JournalFile;
  #at = 0;
  /** Filled and possibly still needed, oldest first. */
  readonly #filled: JournalFile[] = [];
  readonly #free: JournalFile[];
  #nextNumber: number;
  #fileCount: number;
  #allocating = false;
  readonly #allocation = new AllocationPace();
  #wakeRoll: (() => void) | undefined;
  #written = 0;
  #synced = 0;
  #syncing = false;
  #syncWaiters: { sequence: number; resolve: () => void }[] = [];
  #failed: MillraceError | undefined;
  #closed = false;

  private constructor(options: JournalOptions, files: readonly JournalFile[]) {
    const [current, ...free] = files;
    if (current === undefined) throw new RangeError('a journal needs a file');
    this.#options = options;
    this.id = options.journalId;
    this.#seal = frameSeal(options.journalId);
    this.#current = current;
    this.#free = free;
    this.#fileCount = files.length;
    this.#nextNumber = Math.max(...files.map((file) => file.number)) + 1;
  }

  /** A journal of this boot, begun and synced in the first of `files`; the rest is free for it. */
  static async begin(options: JournalOptions, files: readonly JournalFile[]): Promise<Journal> {
    const journal = new Journal(options, files);
    await journal.write([
      { kind: 'open', copyId: undefined, offset: 0, position: 0, batches: [], bytes: 0 },
    ]);
    await journal.whenSynced(journal.writtenSequence);
    return journal;
  }

  listen(events: JournalEvents): void {
    this.#events = events;
  }

  get writtenSequence(): number {
    return this.#written;
  }

  get syncedSequence(): number {
    return this.#synced;
  }

  get failure(): MillraceError | undefined {
    return this.#failed;
  }

  /** Bytes of frames that one file holds. */
  get fileCapacityBytes(): number {
    return this.#current.capacityBytes;
  }

  /** Files that exist or are being made. */
  get fileCount(): number {
    return this.#fileCount;
  }

  /** Files that only a checkpoint can free. */
  get filledCount(): number {
    return this.#filled.length;
  }

  /** More files that are free. */
  adopt(files: readonly JournalFile[]): void {
    for (const file of files) {
      this.#free.push(file);
      this.#fileCount += 1;
      this.#nextNumber = Math.max(this.#nextNumber, file.number + 1);
    }
  }

  /**
   * Writes `entries` as one group, unsynced. Undefined if that is done already, else a promise: the
   * disk throttles, or a file is full. The next call must wait for it. Throws or rejects with
   * STORAGE_FAILED after a failure.
   */
  write(entries: readonly JournalEntry[]): Promise<void> | undefined {
    this.#assertWorks();
    if (this.#options.pace.isSlow) return this.#writeThroughPool(entries);
    const rest = this.#writeFitting(entries);
    return rest.length === 0 ? undefined : this.#writeThroughPool(rest);
  }

  /** Issues a sync unless one is in flight, which then is followed by another. */
  sync(): void {
    if (this.#syncing || this.#synced >= this.#written || this.#failed !== undefined) return;
    this.#syncing = true;
    void this.#syncUntilDone();
  }

  whenSynced(sequence: number): Promise<void> {
    if (this.#failed !== undefined) return Promise.reject(this.#failed);
    if (this.#synced >= sequence) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#syncWaiters.push({ sequence, resolve });
    this.sync();
    return promise.then(() => this.#assertWorks());
  }

  /** A durable checkpoint covers all up to `sequence`: the files that end there are free. */
  release(sequence: number): void {
    while (this.#filled[0] !== undefined && this.#filled[0].lastSequence <= sequence) {
      this.#free.push(...this.#filled.splice(0, 1));
    }
    if (this.#free.length > 0) this.#wakeRoll?.();
  }

  close(): void {
    this.#closed = true;
    this.#wakeRoll?.();
    this.#allocation.stop(closedError());
    for (const { file } of [this.#current, ...this.#filled, ...this.#free]) file.close();
  }

  /** Writes what the current file has room for; the entries that it has no room for. */
  #writeFitting(entries: readonly JournalEntry[]): readonly JournalEntry[] {
    const group = this.#pack(entries);
    if (group.buffers.length > 0) {
      const startMs = this.#options.pace.start();
      try {
        this.#current.file.writeNow(group.buffers, this.#at);
      } catch (error) {
        throw this.#fail('write', error);
      }
      this.#options.pace.end(startMs);
      this.#advance(group);
    }
    return group.rest;
  }

  async #writeThroughPool(entries: readonly JournalEntry[]): Promise<void> {
    let rest = entries;
    for (;;) {
      const group = this.#pack(rest);
      if (group.buffers.length > 0) {
        const startMs = this.#options.pace.start();
        try {
          await this.#current.file.write(group.buffers, this.#at);
        } catch (error) {
          throw this.#fail('write', error);
        }
        this.#options.pace.end(startMs);
        this.#assertWorks();
        this.#advance(group);
      }
      rest = group.rest;
      if (rest.length === 0) return;
      await this.#roll();
    }
  }

  #pack(entries: readonly JournalEntry[]): PackedGroup {
    return packGroup(entries, {
      roomBytes: this.#current.capacityBytes - this.#at,
      capacityBytes: this.#current.capacityBytes,
      nextSequence: this.#written + 1,
      syncedSequence: this.#synced,
      seal: this.#seal,
    });
  }

  #advance(group: PackedGroup): void {
    this.#at += group.bytes;
    this.#written += group.frames;
    this.#current.lastSequence = this.#written;
    this.#events.onWritten(group.bytes);
    if (this.#allocation.used(this.#at / this.#current.capacityBytes)) this.#allocateAhead();
  }

  async #roll(): Promise<void> {
    if (!this.#options.rulesOff.has('sync-full-file-first')) await this.whenSynced(this.#written);
    this.#filled.push(this.#current);
    this.#events.onFileFilled();
    let next = this.#free.shift();
    if (next === undefined) {
      this.#allocateAhead();
      this.#allocation.hurry();
      this.#events.onFull('waiting');
      while (next === undefined) {
        await new Promise<void>((resolve) => {
          this.#wakeRoll = resolve;
        });
        this.#assertWorks();
        next = this.#free.shift();
      }
      this.#wakeRoll = undefined;
      this.#events.onFull('going-on');
    }
    next.lastSequence = 0;
    this.#current = next;
    this.#at = 0;
  }

  #allocateAhead(): void {
    if (this.#allocating || this.#free.length > 0) return;
    if (this.#fileCount >= this.#options.filesMax) return;
    this.#allocating = true;
    this.#fileCount += 1;
    this.#allocation.begin();
    const { storage, directory, fileBytes } = this.#options;
    const number = this.#nextNumber++;
    JournalFile.allocate(storage, directory, number, fileBytes, this.#allocation).then(
      (file) => {
        this.#allocating = false;
        if (this.#closed) return file.file.close();
        this.#free.push(file);
        this.#wakeRoll?.();
      },
      () => {
        // No space for another file, and nothing was promised of this one: the files there are must do.
        this.#allocating = false;
        this.#fileCount -= 1;
      },
    );
  }

  async #syncUntilDone(): Promise<void> {
    while (this.#synced < this.#written && this.#failed === undefined) {
      const before = this.#written;
      const startMs = this.#options.clock.monotonicMs();
      try {
        await this.#current.file.sync();
      } catch (error) {
        this.#fail('sync', error);
        break;
      }
      if (this.#failed !== undefined || this.#closed) break;
      const late = this.#options.rulesOff.has('sync-covers-what-was-before');
      this.#synced = late ? this.#written : before;
      this.#events.onSynced(this.#synced, this.#options.clock.monotonicMs() - startMs);
      this.#wakeSynced();
    }
    this.#syncing = false;
    this.#wakeSynced();
  }

  #wakeSynced(): void {
    const waiters = this.#syncWaiters;
    this.#syncWaiters = [];
    for (const waiter of waiters) {
      if (waiter.sequence <= this.#synced || this.#failed !== undefined) waiter.resolve();
      else this.#syncWaiters.push(waiter);
    }
  }

  #fail(operation: 'write' | 'sync', cause: unknown): MillraceError {
    if (this.#failed !== undefined) return this.#failed;
    const error = millraceError(
      'STORAGE_FAILED',
      `the ${operation} of journal file ${this.#current.file.path} failed`,
      { cause },
    );
    this.#failed = error;
    this.#wakeRoll?.();
    this.#allocation.stop(error);
    if (!this.#syncing) this.#wakeSynced();
    this.#events.onFailed(error);
    return error;
  }

  #assertWorks(): void {
    if (this.#failed !== undefined) throw this.#failed;
    if (this.#closed) throw closedError();
  }
}

function closedError(): MillraceError {
  return millraceError('SHUTTING_DOWN', 'the journal is closed');
}
