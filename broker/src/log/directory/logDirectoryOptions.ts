import type { ClusterId } from '@millrace/core/ids';
import type { Clock } from '../../io/clock.ts';
import type { Random } from '../../io/random.ts';
import type { Storage } from '../../io/storage.ts';
import type { PassResult } from '../compaction/logPass.ts';
import type { BypassLimits } from '../journal/extentPlan.ts';
import type { RulesOff } from '../logRules.ts';

/** Broker configuration of the same names (docs/CONFIGURATION.md), resolved: no `auto` is left. */
export interface LogDirectoryConfig {
  readonly journalFileBytes: number;
  /** At least 2. */
  readonly journalFilesMax: number;
  readonly checkpointMs: number;
  readonly syncConcurrency: number;
  readonly tailCacheBytes: number;
  readonly openSegmentsMax: number;
  readonly freeSpaceBytesMin: number;
  readonly producersPerPartitionMax?: number;
  readonly compactionKeysBytes?: number;
  /** 0: no limit. */
  readonly compactionBytesPerSecondMax?: number;
}

/** Diagnostics of the log; `fields` go into the line as they are. */
export interface LogLogger {
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

/** Measurements for the metrics of contracts.md; each is called synchronously and must not throw. */
export interface LogObserver {
  /** One fdatasync of the journal, in milliseconds. */
  synced?(durationMs: number): void;
  /** Bytes of one group of frames, padding included. */
  journalWritten?(bytes: number): void;
  checkpointed?(durationMs: number): void;
  /** What a boot left out: frames of the journal past its end, each some batches of one partition. */
  truncated?(reason: 'torn-tail', frames: number): void;
  /** One pass over a log has ended well. */
  compacted?(pass: PassResult & { readonly durationMs: number }): void;
  /** Appends wait because every journal file is needed, since this monotonic time; undefined once they go on. */
  journalFull?(sinceMs: number | undefined): void;
}

export interface LogDirectoryOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  /** Absolute; created if absent. The caller holds its DirectoryLock (rule 30). */
  readonly dataDirectory: string;
  /** Absolute, of this broker of this cluster alone; default `<dataDirectory>/journal`. */
  readonly journalDirectory?: string;
  readonly brokerId: number;
  /** Of the cluster to join; absent: that of meta.json, minted if there is none. */
  readonly clusterId?: ClusterId;
  readonly config: LogDirectoryConfig;
  readonly logger: LogLogger;
  readonly observer?: LogObserver;
  /** `discard`: mint every copy when the journal is lost, instead of refusing to start (rule 11). */
  readonly lostJournal?: 'refuse' | 'discard';
  /** Which groups are not copied into the journal; absent: none. May differ from boot to boot. */
  readonly bypass?: BypassLimits;
  /** Only the simulator switches rules off. */
  readonly rulesOff?: RulesOff;
}
