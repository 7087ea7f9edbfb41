import { millraceError } from '@millrace/core/errors';
import type { Offset } from '@millrace/core/ids';
import type { Clock } from '../../io/clock.ts';
import type { Storage } from '../../io/storage.ts';
import { journalBatchBytesMax } from '../journal/journalGroup.ts';
import type { LogConfig } from './logConfig.ts';
import type { LogDirectoryOptions } from '../directory/logDirectoryOptions.ts';
import type { LogPosition } from './logPosition.ts';
import { allRules, type RulesOff } from '../logRules.ts';
import type { LogShared } from './logShared.ts';
import { OpenFiles } from '../segment/openFiles.ts';
import type { PartitionLog } from './partitionLog.ts';
import { TailCache } from '../tail/tailCache.ts';

/** One frame, so one read of recovery and one CRC of a tick, is no longer than this. */
const runBytesMax = 4 << 20;
/** As in docs/CONFIGURATION.md. */
const producersMax = 10_000;

export type LentWrites = Pick<LogShared, 'scheduleFlush' | 'journalTruncation' | 'truncated'>;
export type LentFiles = Pick<LogShared, 'cut'>;

/** What a directory lends to its logs: there before recovery opens them, able to write once it is over. */
export class LogLending implements LogShared {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly tailCache: TailCache;
  readonly openFiles: OpenFiles;
  readonly rulesOff: RulesOff;
  readonly runBytesMax: number;
  readonly producersMax: number;
  readonly #batchBytesMax: number;
  #writes: LentWrites | undefined;
  #files: LentFiles | undefined;

  constructor({ storage, clock, config, rulesOff = allRules }: LogDirectoryOptions) {
    this.rulesOff = rulesOff;
    this.storage = storage;
    this.clock = clock;
    this.tailCache = new TailCache(config.tailCacheBytes);
    this.openFiles = new OpenFiles(storage, config.openSegmentsMax);
    this.producersMax = config.producersPerPartitionMax ?? producersMax;
    this.#batchBytesMax = journalBatchBytesMax(config.journalFileBytes);
    this.runBytesMax = Math.min(runBytesMax, this.#batchBytesMax);
  }

  connect(writes: LentWrites, files: LentFiles): void {
    this.#writes = writes;
    this.#files = files;
  }

  /** Throws INVALID_CONFIG if a batch that it permits fits no journal file. */
  checkConfig({ durability, batchBytesMax }: LogConfig): void {
    if (durability === 'async' || batchBytesMax <= this.#batchBytesMax) return;
    throw millraceError(
      'INVALID_CONFIG',
      `batchBytesMax ${batchBytesMax}: the journal of this broker takes at most ${this.#batchBytesMax}`,
    );
  }

  scheduleFlush(log: PartitionLog): void {
    this.#connected().scheduleFlush(log);
  }

  journalTruncation(log: PartitionLog, to: LogPosition): Promise<void> {
    return this.#connected().journalTruncation(log, to);
  }

  truncated(log: PartitionLog): Promise<void> {
    return this.#connected().truncated(log);
  }

  async cut(log: PartitionLog, end: Offset): Promise<void> {
    await this.#files?.cut(log, end);
  }

  #connected(): LentWrites {
    if (this.#writes === undefined) throw new Error('recovery is not over');
    return this.#writes;
  }
}
