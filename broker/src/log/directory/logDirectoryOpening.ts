// What happens before a data directory serves: identity, recovery, the journal of this boot and the
// checkpoint that names it (safety.md, rules 10, 11, 30).
import { join } from 'node:path';
import { millraceError } from '@millrace/core/errors';
import { type BootId, type ClusterId, newBootId, newClusterId } from '@millrace/core/ids';
import { Checkpointer } from '../journal/checkpointer.ts';
import { type Checkpoint, decodeCheckpoint } from '../journal/checkpointFile.ts';
import { CheckpointPace } from '../journal/checkpointPace.ts';
import { DataDirectory, type DirectoryMeta } from './dataDirectory.ts';
import { Journal } from '../journal/journal.ts';
import { capacityOf, JournalFile, listJournalFiles } from '../journal/journalFile.ts';
import { JOURNAL_ID_BYTES } from '../journal/journalFrame.ts';
import type { LogDirectoryOptions } from './logDirectoryOptions.ts';
import { allRules } from '../logRules.ts';
import type { LogShared } from '../partition/logShared.ts';
import type { PartitionFile } from '../copies/partitionFile.ts';
import type { PartitionLog } from '../partition/partitionLog.ts';
import { type Recovered, recover } from '../recovery/recovery.ts';
import type { RecoveryReport } from '../recovery/recoveryReport.ts';
import type { WritePace } from '../journal/writePace.ts';

export interface OpenedDirectory {
  readonly data: DataDirectory;
  readonly clusterId: ClusterId;
  readonly bootId: BootId;
  readonly journal: Journal;
  readonly checkpointer: Checkpointer;
  readonly copies: readonly { readonly log: PartitionLog; readonly file: PartitionFile }[];
  readonly report: RecoveryReport;
}

export async function openDirectory(
  options: LogDirectoryOptions,
  shared: LogShared,
  pace: WritePace,
): Promise<OpenedDirectory> {
  const { storage, clock, random, dataDirectory, config } = options;
  const rulesOff = options.rulesOff ?? allRules;
  const journalDirectory = options.journalDirectory ?? join(dataDirectory, 'journal');
  const startMs = clock.monotonicMs();
  const data = new DataDirectory(storage, clock, dataDirectory);
  const meta = data.readMeta();
  const clusterId = meta?.clusterId ?? options.clusterId ?? newClusterId(random.bytes(16));
  checkIdentity(options, meta);
  await data.create(journalDirectory);
  if (meta === undefined) refuseForeignData(data);

  const checkpoint = meta === undefined ? undefined : readCheckpoint(options, data);
  const marker = data.readMarker();
  const isClean =
    checkpoint !== undefined &&
    marker !== undefined &&
    (rulesOff.has('marker-names-checkpoint') ||
      (marker.journalId === checkpoint.journalId && marker.sequence === checkpoint.sequence));
  const recovered =
    meta === undefined
      ? nothingRecovered
      : await recover({
          storage,
          random,
          data,
          journalDirectory,
          checkpoint,
          isClean,
          lostJournal: options.lostJournal ?? 'refuse',
          shared,
          logger: options.logger,
          rulesOff,
        });

  // It may be in the page cache alone, after a sync that failed: the one on the disk may need the file that is claimed next.
  if (checkpoint !== undefined) {
    await storage.replaceFile(data.checkpoints, storage.readFile(data.checkpoints));
  }
  const reused = rulesOff.has('journal-of-this-boot') ? checkpoint?.journalId : undefined;
  const journalId =
    reused === undefined ? random.bytes(JOURNAL_ID_BYTES) : Buffer.from(reused, 'hex');
  const files = await claimFiles(
    options,
    journalDirectory,
    rulesOff.has('needed-files-kept') ? new Set() : recovered.neededJournalFiles,
  );
  const journal = await Journal.begin(
    {
      storage,
      clock,
      pace,
      directory: journalDirectory,
      journalId,
      fileBytes: config.journalFileBytes,
      filesMax: config.journalFilesMax,
      rulesOff,
    },
    files.first,
  );
  const checkpointer = new Checkpointer(
    {
      storage,
      path: data.checkpoints,
      journalId: journalId.toString('hex'),
      pace: new CheckpointPace({
        clock,
        spreadMs: config.checkpointMs / 2,
        atOnce: config.syncConcurrency,
      }),
      rulesOff,
    },
    journal.syncedSequence,
  );
  // No line for a damaged log: the next boot would trust it (rule 12).
  const lines = recovered.copies
    .filter(({ log }) => log.failure === undefined)
    .map(({ log }) => ({ log, line: log.checkpointLine() }));
  if (!rulesOff.has('checkpoint-before-serving')) {
    await checkpointer.setLines(lines.map(({ line }) => line));
  }
  // The lines count what a swap has left: its record is not needed any more.
  for (const { log } of lines) await log.compaction.forget();
  // From here on the journal of the last boot is not needed.
  for (const { log, line } of lines) log.checkpointed(line);
  journal.adopt(files.openRest());
  // Again at each boot: its name may be in the page cache alone, after a sync that failed.
  await data.writeMeta({ clusterId, brokerId: options.brokerId });
  await data.removeMarker();
  await data.emptyTrash();

  if (recovered.tornTail) observeTornTail(options, recovered.framesDropped);
  const { framesReplayed, bytesReplayed, tornTail, minted, unreadable, copies } = recovered;
  return {
    data,
    clusterId,
    bootId: newBootId(random.bytes(6)),
    journal,
    checkpointer,
    copies,
    report: {
      wasClean: meta === undefined || isClean,
      framesReplayed,
      bytesReplayed,
      tornTail,
      mintedCopies: minted,
      unreadable,
      durationMs: clock.monotonicMs() - startMs,
    },
  };
}

const nothingRecovered: Recovered = {
  copies: [],
  minted: [],
  unreadable: [],
  framesReplayed: 0,
  bytesReplayed: 0,
  tornTail: false,
  framesDropped: 0,
  neededJournalFiles: new Set(),
};

function checkIdentity(options: LogDirectoryOptions, meta: DirectoryMeta | undefined): void {
  if (meta === undefined) return;
  const { dataDirectory, brokerId, clusterId } = options;
  if (meta.brokerId !== brokerId) {
    throw millraceError(
      'CONFLICT',
      `${dataDirectory} belongs to broker ${meta.brokerId}, this one is ${brokerId}`,
    );
  }
  if (clusterId !== undefined && meta.clusterId !== clusterId) {
    throw millraceError(
      'CONFLICT',
      `${dataDirectory} belongs to cluster ${meta.clusterId}, this broker to ${clusterId}`,
    );
  }
}

/** meta.json is written last: a directory without it holds no acknowledged record, or has lost it. */
function refuseForeignData(data: DataDirectory): void {
  for (const { directory } of data.partitions()) {
    throw millraceError('STORAGE_FAILED', `${data.path} has no meta.json, but holds ${directory}`, {
      outcome: 'not-applied',
    });
  }
}

/** Undefined if there is none, or none that can be read and the journal may be discarded. */
function readCheckpoint(
  { storage, lostJournal, logger }: LogDirectoryOptions,
  data: DataDirectory,
): Checkpoint | undefined {
  if (!storage.exists(data.checkpoints)) return undefined;
  try {
    return decodeCheckpoint(storage.readFile(data.checkpoints));
  } catch (error) {
    if (lostJournal !== 'discard') throw error;
    logger.warn('the checkpoint is damaged and discarded', { detail: String(error) });
    return undefined;
  }
}

interface ClaimedFiles {
  /** One file, which holds nothing that is still needed. */
  readonly first: readonly JournalFile[];
  /** Opens what may be recycled once a checkpoint names the new journal; removes what is too much. */
  openRest(): JournalFile[];
}

async function claimFiles(
  { storage, config }: LogDirectoryOptions,
  directory: string,
  needed: ReadonlySet<number>,
): Promise<ClaimedFiles> {
  const capacityBytes = capacityOf(config.journalFileBytes);
  const numbers = listJournalFiles(storage, directory);
  const pathOf = (number: number): string => join(directory, String(number));
  const isWhole = (number: number): boolean => storage.fileSize(pathOf(number)) === capacityBytes;
  const open = (number: number): JournalFile =>
    new JournalFile(number, storage.open(pathOf(number), 'readwrite'), capacityBytes);

  // The name of a file found may not be durable: its creator may have died before syncing it.
  if (numbers.length > 0) await storage.syncDirectory(directory);
  const reused = numbers.find((number) => !needed.has(number) && isWhole(number));
  const first =
    reused === undefined
      ? await JournalFile.allocate(
          storage,
          directory,
          Math.max(-1, ...numbers) + 1,
          config.journalFileBytes,
        )
      : open(reused);
  return {
    first: [first],
    openRest() {
      const rest: JournalFile[] = [];
      for (const number of numbers) {
        if (number === first.number) continue;
        if (isWhole(number) && rest.length + 1 < config.journalFilesMax) rest.push(open(number));
        else storage.unlink(pathOf(number));
      }
      return rest;
    },
  };
}

/** Never acknowledged, but followers may have had it, and a disk that lies looks the same (rule 11). */
function observeTornTail({ observer, logger }: LogDirectoryOptions, frames: number): void {
  observer?.truncated?.('torn-tail', frames);
  logger.warn('the journal ended in frames that were never acknowledged', { frames });
}
