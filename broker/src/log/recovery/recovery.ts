// Boot: what the logs were when the last process ended, from their lines and the journal (safety.md,
// rules 10 to 12). Changes neither journal nor checkpoint, so that it can be repeated after a crash.
import { join } from 'node:path';
import { millraceError } from '@millrace/core/errors';
import { newCopyId } from '@millrace/core/ids';
import type { Random } from '../../io/random.ts';
import type { Storage } from '../../io/storage.ts';
import { isUnreadable } from '../../io/storageError.ts';
import { type Checkpoint, type CheckpointLine, lineKey } from '../journal/checkpointFile.ts';
import { forEachConcurrently } from '../concurrency.ts';
import type { DataDirectory, PartitionPlace } from '../directory/dataDirectory.ts';
import type { IntactFrame } from '../journal/journalReader.ts';
import { type JournalScan, JournalScanner } from '../journal/journalScan.ts';
import { LogCorruptError } from '../logCorruptError.ts';
import type { LogLogger } from '../directory/logDirectoryOptions.ts';
import type { RulesOff } from '../logRules.ts';
import type { LogShared } from '../partition/logShared.ts';
import {
  type PartitionFile,
  readPartitionFile,
  writePartitionFile,
} from '../copies/partitionFile.ts';
import type { PartitionLog } from '../partition/partitionLog.ts';
import { RecoveringCopy } from './recoveringCopy.ts';
import type { MintedCopy } from './recoveryReport.ts';

/** Nothing else uses the disk yet: more at once than a checkpoint may, so that syncs share commits of the file system. */
const bootConcurrency = 32;

export interface RecoveryContext {
  readonly storage: Storage;
  readonly random: Random;
  readonly data: DataDirectory;
  readonly journalDirectory: string;
  readonly checkpoint: Checkpoint | undefined;
  /** The marker names this checkpoint. */
  readonly isClean: boolean;
  readonly lostJournal: 'refuse' | 'discard';
  readonly shared: LogShared;
  readonly logger: LogLogger;
  readonly rulesOff: RulesOff;
}

export interface Recovered {
  /** Synced, with the copyIds that they may serve under. */
  readonly copies: readonly { readonly log: PartitionLog; readonly file: PartitionFile }[];
  readonly minted: readonly MintedCopy[];
  readonly unreadable: readonly { readonly directory: string; readonly detail: string }[];
  readonly framesReplayed: number;
  readonly bytesReplayed: number;
  readonly tornTail: boolean;
  readonly framesDropped: number;
  /** Must not be written to before a checkpoint names another journal: recovery may have to be repeated. */
  readonly neededJournalFiles: ReadonlySet<number>;
}

export async function recover(context: RecoveryContext): Promise<Recovered> {
  return await new Recovery(context).run();
}

class Recovery {
  readonly #context: RecoveryContext;
  readonly #copies: RecoveringCopy[] = [];
  readonly #unreadable: { directory: string; detail: string }[] = [];
  #framesReplayed = 0;
  #bytesReplayed = 0;

  constructor(context: RecoveryContext) {
    this.#context = context;
  }

  async run(): Promise<Recovered> {
    const { checkpoint, isClean, rulesOff } = this.#context;
    const scanner = isClean || checkpoint === undefined ? undefined : this.#scanner(checkpoint);
    const scan = await scanner?.scan();
    const journalLost = !isClean && scan?.found !== true;
    if (journalLost) this.#acceptLoss(checkpoint);

    if (scanner !== undefined && scan !== undefined && this.#cutsWhatCounted(scan)) {
      await scanner.makeDurable(scan);
    }
    await this.#openCopies(scan, journalLost);
    if (scanner !== undefined && scan !== undefined && !journalLost) {
      await this.#replay(scanner, scan);
      if (scan.hole !== undefined && !rulesOff.has('hole-is-corruption')) this.#blame(scan.hole);
      if (scan.tornTail && rulesOff.has('torn-tail-keeps-copies')) this.#blame('the tail is torn');
    }
    await this.#loadProducers();
    if (!rulesOff.has('recovery-syncs-all')) {
      await forEachConcurrently(this.#copies, bootConcurrency, async ({ log }) => {
        if (log.isDirty) await log.syncDirty();
      });
    }
    const minted = await this.#mint();
    return {
      copies: this.#copies,
      minted,
      unreadable: this.#unreadable,
      framesReplayed: this.#framesReplayed,
      bytesReplayed: this.#bytesReplayed,
      tornTail: scan?.tornTail ?? false,
      framesDropped: scan?.framesDropped ?? 0,
      neededJournalFiles: scan?.neededFiles ?? new Set(),
    };
  }

  #scanner({ journalId, sequence }: Checkpoint): JournalScanner {
    const { storage, journalDirectory } = this.#context;
    return new JournalScanner(storage, journalDirectory, Buffer.from(journalId, 'hex'), sequence);
  }

  /**
   * Whether a segment is about to be cut below its line, or to be written over where an extent vouches for it: only a
   * frame that stays can explain that to the next boot.
   */
  #cutsWhatCounted({ truncations, extents }: JournalScan): boolean {
    const { checkpoint, rulesOff } = this.#context;
    const ends = new Map<string, number>(checkpoint?.lines.map(({ copyId, end }) => [copyId, end]));
    const cutsLine = truncations.some(({ copyId, to }) => to.offset < (ends.get(copyId) ?? 0));
    if (cutsLine && !rulesOff.has('frames-durable-before-cut')) return true;
    const voids = extents.some((extent) =>
      truncations.some(
        ({ copyId, sequence, to }) =>
          copyId === extent.copyId && sequence > extent.sequence && to.offset < extent.endOffset,
      ),
    );
    return voids && !rulesOff.has('frames-durable-before-void');
  }

  #acceptLoss(checkpoint: Checkpoint | undefined): void {
    const { lostJournal, journalDirectory, data, logger } = this.#context;
    const what =
      checkpoint === undefined
        ? `${data.path} has no checkpoint`
        : `${journalDirectory} holds no frame of the journal that ${data.checkpoints} names`;
    if (lostJournal === 'refuse') {
      throw millraceError(
        'STORAGE_FAILED',
        `${what}: is it mounted? If it is lost for good, start with --discard-journal; what was ` +
          'acknowledged and is in no segment is lost then, and every copy is treated as a new one',
        { outcome: 'not-applied' },
      );
    }
    logger.warn('the journal is discarded; every copy gets a new copyId', { what });
  }

  async #openCopies(scan: JournalScan | undefined, journalLost: boolean): Promise<void> {
    const { checkpoint, data } = this.#context;
    const lines = new Map<string, CheckpointLine>();
    for (const line of checkpoint?.lines ?? []) {
      lines.set(lineKey(line.topicId, line.partition), line);
    }
    const places = Array.from(data.partitions());
    await forEachConcurrently(places, bootConcurrency, async (place) => {
      const line = lines.get(lineKey(place.topicId, place.partition));
      lines.delete(lineKey(place.topicId, place.partition));
      await this.#openCopy(place, line, scan, journalLost);
    });
    for (const { topicId, partition, copyId } of lines.values()) {
      // Deleted with its line still there, or lost: the store tells which.
      this.#context.logger.warn('a line without a directory', { topicId, partition, copyId });
    }
  }

  async #openCopy(
    place: PartitionPlace,
    line: CheckpointLine | undefined,
    scan: JournalScan | undefined,
    journalLost: boolean,
  ): Promise<void> {
    const { storage, shared, isClean, rulesOff } = this.#context;
    try {
      const file = readPartitionFile(storage, place.directory);
      const copy = await RecoveringCopy.open({
        place,
        file,
        shared,
        line: line?.copyId === file.copyId ? line : undefined,
        truncations: scan?.truncations.filter(({ copyId }) => copyId === file.copyId) ?? [],
        hasExtents: scan?.extents.some(({ copyId }) => copyId === file.copyId) === true,
        boot: journalLost ? 'journal-lost' : isClean ? 'clean' : 'unclean',
        rulesOff,
      });
      this.#copies.push(copy);
    } catch (error) {
      // A disk that cannot be written damages no partition: the boot fails, the next one may not.
      if (!(error instanceof LogCorruptError) && !isUnreadable(error)) throw error;
      const detail = error instanceof Error ? error.message : String(error);
      this.#unreadable.push({ directory: place.directory, detail });
      this.#context.logger.error('a partition cannot be opened', { ...place, detail });
    }
  }

  async #replay(scanner: JournalScanner, scan: JournalScan): Promise<void> {
    const byCopyId = new Map<string, RecoveringCopy>();
    for (const copy of this.#copies) {
      if (copy.takesFrames) byCopyId.set(copy.file.copyId, copy);
    }
    await scanner.replay(scan, async (frame: IntactFrame) => {
      const bytes = (await byCopyId.get(frame.header.copyId)?.replay(frame)) ?? 0;
      if (bytes === 0) return;
      this.#framesReplayed += 1;
      this.#bytesReplayed += bytes;
    });
    for (const copy of byCopyId.values()) copy.settle();
  }

  /** Of what each log holds now; a log that cannot be read cannot prove what it holds (rules 12, 15). */
  async #loadProducers(): Promise<void> {
    await forEachConcurrently(this.#copies, bootConcurrency, async (copy) => {
      if (copy.log.failure !== undefined) return;
      try {
        await copy.log.producers.load();
      } catch (error) {
        if (!(error instanceof LogCorruptError) && !isUnreadable(error)) throw error;
        copy.blame('corruption', error instanceof Error ? error.message : String(error));
      }
    });
  }

  /** Whose frame is missing cannot be known: no `fsync` copy can prove that it holds all it acknowledged. */
  #blame(hole: string): void {
    this.#context.logger.error('the journal lacks frames that were synced', { hole });
    for (const copy of this.#copies) if (copy.takesFrames) copy.blame('corruption', hole);
  }

  async #mint(): Promise<MintedCopy[]> {
    const { storage, random, rulesOff, logger } = this.#context;
    const minted: MintedCopy[] = [];
    await forEachConcurrently(this.#copies, bootConcurrency, async (copy) => {
      const { fault, place } = copy;
      if (fault === undefined || rulesOff.has('mint-after-corruption')) return;
      const before = copy.file.copyId;
      const after = newCopyId(random.bytes(6));
      copy.file = { ...copy.file, copyId: after, wasIsr: false };
      await writePartitionFile(storage, place.directory, copy.file);
      copy.log.copyId = after;
      const { topicId, partition } = place;
      const { reason, detail } = fault;
      minted.push({ topicId, partition, before, after, reason, detail });
      logger.warn('a copy cannot prove what it acknowledged', minted.at(-1));
    });
    await this.#syncNames(minted);
    return minted;
  }

  /** A creation that was not durable is taken over; its names may not be on the disk yet. */
  async #syncNames(copies: readonly MintedCopy[]): Promise<void> {
    const { storage, data } = this.#context;
    if (copies.length === 0) return;
    const topics = new Set(copies.map(({ topicId }) => join(data.topics, topicId)));
    await forEachConcurrently(topics, bootConcurrency, (topic) => storage.syncDirectory(topic));
    await storage.syncDirectory(data.topics);
  }
}
