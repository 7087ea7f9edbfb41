import { newTopicId, type TopicId } from '@millrace/core/ids';
import type { Random } from '../../../src/io/random.ts';
import { SeededRandom } from '../../../src/io/seededRandom.ts';
import { SimDisk } from '../../../src/io/sim/simDisk.ts';
import { SimScheduler } from '../../../src/io/sim/simScheduler.ts';
import type { BypassLimits } from '../../../src/log/journal/extentPlan.ts';
import type { LogConfig } from '../../../src/log/partition/logConfig.ts';
import type { LogDirectoryConfig } from '../../../src/log/directory/logDirectoryOptions.ts';
import type { RulesOff } from '../../../src/log/logRules.ts';
import { BatchSource } from './batchSource.ts';
import type { CopyModel } from './copyModel.ts';
import type { ProfileName } from './faultProfile.ts';
import { SimViolation } from './simViolation.ts';
import { Transcript } from './transcript.ts';

export const TOMBSTONES_FOR_EVER_MS = 10 ** 11;

export interface WorldOptions {
  readonly seed: number;
  readonly profile: ProfileName;
  readonly rulesOff: RulesOff;
  /** Operations on matching paths go into the transcript. */
  readonly trace?: RegExp;
}

/** What outlives the processes of one seed: a disk, virtual time, and what the log has promised so far. */
export class SimWorld {
  readonly options: WorldOptions;
  readonly random: SeededRandom;
  readonly scheduler: SimScheduler;
  readonly transcript: Transcript;
  readonly batches: BatchSource;
  readonly topics: readonly TopicId[];
  readonly dataDirectory = '/data/broker';
  readonly journalDirectory: string;
  readonly directoryConfig: LogDirectoryConfig;
  readonly bypass: BypassLimits;
  /** Whether what lies below the high watermark may be compacted. */
  readonly isCompacted: boolean;
  readonly copies = new Map<string, CopyModel>();
  /** Whose creation failed and was undone, unsynced: a power loss may bring them back, empty. */
  readonly unfinished = new Map<string, CopyModel>();
  disk: SimDisk;
  leaderEpoch = 0;
  /** Whether the directory must be there: its first boot has ended. */
  isFormatted = false;
  #violation: unknown;

  constructor(options: WorldOptions) {
    this.options = options;
    const random = new SeededRandom(options.seed);
    this.random = random;
    this.scheduler = new SimScheduler(random.fork());
    this.transcript = new Transcript(this.scheduler);
    this.isCompacted = options.profile === 'compaction';
    this.batches = new BatchSource(random.fork(), this.isCompacted ? 'keyed' : 'plain');
    this.topics = [newTopicId(random.bytes(16)), newTopicId(random.bytes(16))];
    const disk = new SimDisk();
    for (const path of ['/data', '/other']) disk.makeDirectory(path);
    this.disk = disk.afterPowerLoss('all', random);
    this.journalDirectory =
      random.int(3) === 0 ? '/other/journals/c-1' : `${this.dataDirectory}/journal`;
    this.directoryConfig = {
      journalFileBytes: pick(random, [32, 64, 64, 96]) * 1024,
      journalFilesMax: 2 + random.int(3),
      checkpointMs: pick(random, [20, 200, 1000]),
      syncConcurrency: 1 + random.int(4),
      tailCacheBytes: pick(random, [0, 4096, 1 << 20]),
      openSegmentsMax: 1 + random.int(10),
      freeSpaceBytesMin: random.int(2) * 65_536,
      compactionKeysBytes: 1 << 20,
    };
    this.bypass = {
      fileBytesMin: pick(random, [0, 300, 300, 1000, 4000]),
      groupBytesMin: pick(random, [0, 500, 500, 2000, Number.POSITIVE_INFINITY]),
    };
  }

  logConfig(): LogConfig {
    const { random } = this;
    return {
      durability: random.int(5) === 0 ? 'async' : 'fsync',
      cleanupPolicy: 'delete',
      batchBytesMax: 24 * 1024,
      segmentBytesMax: pick(random, [4, 16, 16, 64]) * 1024,
      segmentMsMax: random.int(4) === 0 ? 500 : 3_600_000,
      indexIntervalBytes: pick(random, [64, 512, 4096]),
      retentionMs: random.int(3) === 0 ? 300 + random.int(3000) : undefined,
      retentionBytes: random.int(2) === 0 ? 20_000 + random.int(60_000) : undefined,
      ...(this.isCompacted ? this.#compaction() : {}),
    };
  }

  #compaction(): Partial<LogConfig> {
    const { random } = this;
    return {
      cleanupPolicy: pick(random, ['compact', 'compact', 'compact,delete', 'delete']),
      segmentBytesMax: pick(random, [4, 4, 16]) * 1024,
      minCompactionLagMs: pick(random, [0, 0, 0, 100]),
      tombstoneRetentionMs: pick(random, [0, 200, TOMBSTONES_FOR_EVER_MS]),
    };
  }

  nextEpoch(): number {
    this.leaderEpoch += 1;
    return this.leaderEpoch;
  }

  /** The first one counts: it ends the run. Callbacks report here, for production code would swallow it. */
  report(error: unknown): void {
    this.#violation ??= error;
  }

  /** Runs a check whose failure ends the run. */
  check(body: () => void): void {
    try {
      body();
    } catch (error) {
      this.report(error);
    }
  }

  throwIfViolated(): void {
    const violation = this.#violation;
    if (violation === undefined) return;
    throw violation instanceof Error ? violation : new SimViolation(JSON.stringify(violation));
  }
}

/** Nobody reads what the log says. */
export const quiet = { info() {}, warn() {}, error() {} };

export function copyKey(topicId: TopicId, partition: number): string {
  return `${topicId}/${partition}`;
}

export function pick<Choice>(random: Random, choices: readonly [Choice, ...Choice[]]): Choice {
  return choices[random.int(choices.length)] ?? choices[0];
}
