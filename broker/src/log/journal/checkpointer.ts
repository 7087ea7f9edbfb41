// The one writer of the file `checkpoints` (safety.md, rule 2).
//
// A whole checkpoint takes, in one synchronous step, the synced sequence and the line of each log
// that changed; syncs what changed; then replaces the file. Only then may journal files up to that
// sequence be recycled. Lines of copies created or dropped meanwhile are written at once, beside the
// older sequence, and survive the whole one.
import { MillraceError } from '@millrace/core/errors';
import type { CheckpointPace } from './checkpointPace.ts';
import { type CheckpointLine, encodeCheckpoint, encodeLine, lineKey } from './checkpointFile.ts';
import type { Storage } from '../../io/storage.ts';
import { storageErrorCode } from '../../io/storageError.ts';
import type { RulesOff } from '../logRules.ts';

/** A log as the checkpointer sees it. */
export interface CheckpointedLog {
  /** For the synced sequence of this moment. */
  checkpointLine(): CheckpointLine;
  /** Makes durable what the line says: segments, epochs, directories. */
  syncDirty(): Promise<void>;
  /** The line is durable. */
  checkpointed(line: CheckpointLine): void;
}

/** The frames that are counted in the durable ends of this moment. */
export interface CheckpointSource {
  /** Undefined while no line must be taken; `whenKnown` then resolves when it is worth asking again. */
  readonly checkpointSequence: number | undefined;
  whenKnown(): Promise<void>;
  /** A durable checkpoint covers all up to `sequence`. */
  checkpointed(sequence: number): void;
}

export interface CheckpointerOptions {
  readonly storage: Storage;
  readonly path: string;
  /** 32 hex digits. */
  readonly journalId: string;
  readonly pace: CheckpointPace;
  readonly rulesOff: RulesOff;
}

interface KeptLine {
  readonly copyId: string;
  readonly text: string;
}

export class Checkpointer {
  readonly #options: CheckpointerOptions;
  #sequence: number;
  #durableSequence = 0;
  readonly #lines = new Map<string, KeptLine>();
  readonly #changed = new Set<CheckpointedLog>();
  /** What runs one at a time: whole checkpoints, and what must not meet one. */
  #chain: Promise<unknown> = Promise.resolve();
  /** The whole checkpoint that has not begun yet, shared by all who asked since the last began. */
  #next: Promise<number> | undefined;
  /** The replacement that has not begun yet, shared by all who changed lines since the last began. */
  #waiting: Promise<void> | undefined;
  #replacing: Promise<void> = Promise.resolve();
  #failure: Error | undefined;

  /** Nothing is written before the first call of checkpoint, setLines or dropLines. */
  constructor(options: CheckpointerOptions, sequence: number) {
    this.#options = options;
    this.#sequence = sequence;
  }

  /** Of the last checkpoint that is durable. */
  get sequence(): number {
    return this.#durableSequence;
  }

  /** The next whole checkpoint takes a new line of this log and syncs it. */
  noteChanged(log: CheckpointedLog): void {
    this.#changed.add(log);
  }

  forget(log: CheckpointedLog): void {
    this.#changed.delete(log);
  }

  /** Durable once it resolves. */
  setLines(lines: Iterable<CheckpointLine>): Promise<void> {
    for (const line of lines) this.#keep(line);
    return this.#replaceSoon();
  }

  /** Durable once it resolves: the next boot finds these copies without a line (rule 12). */
  dropLines(copies: Iterable<Pick<CheckpointLine, 'topicId' | 'partition'>>): Promise<void> {
    for (const { topicId, partition } of copies) this.#lines.delete(lineKey(topicId, partition));
    return this.#replaceSoon();
  }

  /** Nothing is written any more: what memory holds may not be what the disk has. */
  stop(failure: Error): void {
    this.#failure ??= failure;
  }

  /** Runs `work` while no whole checkpoint is under way; one that is hurries. */
  between<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#inTurn(work);
    this.#options.pace.hurry(result);
    return result;
  }

  /**
   * A whole checkpoint that begins after this call. Resolves with the sequence that it covers. Rejects
   * with CheckpointNotWritten if only the file could not be written; any other error is of a sync and
   * final (pitfall 5).
   */
  checkpoint(source: CheckpointSource, urgency: 'hurried' | 'unhurried'): Promise<number> {
    this.#next ??= this.#inTurn(() => {
      this.#next = undefined;
      return this.#whole(source);
    });
    if (urgency === 'hurried') this.#options.pace.hurry(this.#next);
    return this.#next;
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#chain.then(() => {
      this.#assertWrites();
      return work();
    });
    this.#chain = result.catch(() => undefined);
    return result;
  }

  async #whole(source: CheckpointSource): Promise<number> {
    let sequence = source.checkpointSequence;
    while (sequence === undefined) {
      await source.whenKnown();
      sequence = source.checkpointSequence;
    }
    const logs = Array.from(this.#changed);
    if (logs.length === 0 && sequence === this.#durableSequence) return sequence;
    this.#changed.clear();
    const taken = logs.map((log) => ({ log, line: log.checkpointLine() }));
    try {
      if (!this.#options.rulesOff.has('checkpoint-syncs-first')) {
        await this.#options.pace.syncAll(logs);
      }
      // A copy dropped or minted anew meanwhile is not this line's any more.
      const current = taken.filter(({ line }) => this.#isKept(line));
      for (const { line } of current) this.#keep(line);
      this.#sequence = sequence;
      await this.#replaceSoon();
      for (const { log, line } of current) if (this.#isKept(line)) log.checkpointed(line);
    } catch (error) {
      for (const log of logs) this.#changed.add(log);
      throw error;
    }
    return sequence;
  }

  #assertWrites(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #isKept({ topicId, partition, copyId }: CheckpointLine): boolean {
    return this.#lines.get(lineKey(topicId, partition))?.copyId === copyId;
  }

  #keep(line: CheckpointLine): void {
    this.#lines.set(lineKey(line.topicId, line.partition), {
      copyId: line.copyId,
      text: encodeLine(line),
    });
  }

  #replaceSoon(): Promise<void> {
    this.#waiting ??= this.#replacing
      .catch(() => undefined)
      .then(() => {
        this.#waiting = undefined;
        this.#replacing = this.#replace();
        return this.#replacing;
      });
    return this.#waiting;
  }

  /** What memory holds is synced already: any attempt may write it, also after a failed one. */
  async #replace(): Promise<void> {
    this.#assertWrites();
    const { storage, path, journalId } = this.#options;
    const sequence = this.#sequence;
    const texts = Array.from(this.#lines.values(), (line) => line.text);
    try {
      await storage.replaceFile(path, encodeCheckpoint(journalId, sequence, texts));
    } catch (error) {
      throw new CheckpointNotWritten(error);
    }
    this.#durableSequence = sequence;
  }
}

/** The old checkpoint stands, no journal file may go; `cause` is the storage's error. */
export class CheckpointNotWritten extends MillraceError {
  constructor(cause: unknown) {
    const what = cause instanceof Error ? cause.message : String(cause);
    super('STORAGE_FAILED', `the checkpoint could not be written: ${what}`, { cause });
  }

  /** A full disk or table passes; anything else means that the disk fails. */
  get passes(): boolean {
    const code = storageErrorCode(this.cause);
    return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EMFILE' || code === 'ENFILE';
  }
}
