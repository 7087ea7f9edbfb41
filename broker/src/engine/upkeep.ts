/**
 * What is done for the logs of this broker from time to time: retention by the leaders, compaction by every copy for
 * itself, one log at a time (safety.md, rule 24).
 */
import { type MillraceError, toMillraceError } from '@millrace/core/errors';
import type { Clock, TimerHandle } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import { WorkSlices } from '../log/compaction/workSlices.ts';
import type { LogDirectory } from '../log/directory/logDirectory.ts';
import { LogCorruptError } from '../log/logCorruptError.ts';
import type { PartitionLog } from '../log/partition/partitionLog.ts';
import type { Offset } from '@millrace/core/ids';
import type { Partition } from '../replication/partition.ts';

/** After a pass that has failed, before the next one over the same log; doubled with each. */
const RETRY_MS_MIN = 15_000;
const RETRY_MS_MAX = 600_000;
const DIRTY_RATIO_DEFAULT = 0.5;

export interface UpkeepParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly directory: LogDirectory;
  /** With a copy here. */
  readonly partitions: () => Iterable<Partition>;
  /** A pass has met a batch that is not what was written (rule 12). */
  readonly onCorrupt: (partition: Partition, error: LogCorruptError) => void;
  /** Between looks for segments that retention no longer wants. */
  readonly retentionCheckMs: number;
  /** Between looks for what compaction may do; undefined: never. */
  readonly compactionCheckMs?: number | undefined;
}

interface Failure {
  readonly retryAtMs: number;
  readonly retryMs: number;
}

interface Candidate {
  readonly partition: Partition;
  readonly dirtyRatio: number;
}

export class Upkeep {
  readonly #parts: UpkeepParts;
  readonly #timers = new Map<string, TimerHandle>();
  readonly #failures = new WeakMap<PartitionLog, Failure>();
  #dirtyRatios = new Map<string, number>();
  #compactionError: MillraceError | undefined;
  #compactionFailures = 0;
  #isRunning = false;

  constructor(parts: UpkeepParts) {
    this.#parts = parts;
  }

  /** By topic, of the partition that has most to compact; as of the last look. */
  get dirtyRatios(): ReadonlyMap<string, number> {
    return this.#dirtyRatios;
  }

  get compactionFailures(): number {
    return this.#compactionFailures;
  }

  /** Of the last pass that failed; undefined once one has ended well. */
  get compactionError(): MillraceError | undefined {
    return this.#compactionError;
  }

  start(): void {
    this.#isRunning = true;
    const { retentionCheckMs, compactionCheckMs } = this.#parts;
    this.#repeat('retention', retentionCheckMs, () => this.#enforceRetention());
    if (compactionCheckMs === undefined) return;
    this.#repeat('compaction', compactionCheckMs, () => this.#compact());
  }

  /** Nothing begins any more; what is under way ends with the directory. */
  stop(): void {
    this.#isRunning = false;
    for (const timer of this.#timers.values()) timer.cancel();
  }

  #repeat(name: string, eachMs: number, work: () => Promise<void>): void {
    const { clock, logger } = this.#parts;
    const timer = clock.setTimer(eachMs, () => {
      work()
        .catch((error: unknown) => logger.error(`${name} failed`, { cause: String(error) }))
        .finally(() => {
          if (this.#isRunning) this.#repeat(name, eachMs, work);
        });
    });
    this.#timers.set(name, timer);
  }

  /** The leader decides; followers obey its log start. */
  async #enforceRetention(): Promise<void> {
    const { directory, partitions } = this.#parts;
    for (const partition of partitions()) {
      if (!this.#isRunning) return;
      if (partition.role === 'leader') await directory.retention.enforce(partition.log);
    }
  }

  /** What one look finds, the dirtiest log first. */
  async #compact(): Promise<void> {
    const dirty = await this.#dirty();
    dirty.sort((left, right) => right.dirtyRatio - left.dirtyRatio);
    for (const { partition } of dirty) await this.#compactOne(partition);
  }

  /** Pass after pass, for one may not have had memory for all keys. */
  async #compactOne(partition: Partition): Promise<void> {
    const { compaction } = this.#parts.directory;
    const { log } = partition;
    const tombstonesBefore = (): Offset => tombstonesEnd(partition);
    try {
      while (this.#isRunning) {
        const plan = await compaction.plan(log);
        if (plan === undefined || plan.dirtyRatio < wantedRatio(log)) return;
        if ((await compaction.compact(log, { tombstonesBefore })) === undefined) return;
        this.#failures.delete(log);
        this.#compactionError = undefined;
      }
    } catch (error) {
      if (error instanceof LogCorruptError) this.#parts.onCorrupt(partition, error);
      this.#failed(partition, toMillraceError(error));
    }
  }

  /** Partitions that are dirty enough; there may be thousands to look at. */
  async #dirty(): Promise<Candidate[]> {
    const { directory, partitions, clock } = this.#parts;
    const slices = new WorkSlices(clock, () => 0);
    const ratios = new Map<string, number>();
    const dirty: Candidate[] = [];
    for (const partition of Array.from(partitions())) {
      if (slices.isOver) await slices.rest();
      if (!this.#isRunning) return [];
      const { log, identity } = partition;
      if (!log.config.cleanupPolicy.includes('compact')) continue;
      try {
        const dirtyRatio = (await directory.compaction.plan(log))?.dirtyRatio ?? 0;
        ratios.set(identity.topicName, Math.max(dirtyRatio, ratios.get(identity.topicName) ?? 0));
        if (dirtyRatio === 0 || dirtyRatio < wantedRatio(log) || !this.#mayTry(log)) continue;
        dirty.push({ partition, dirtyRatio });
      } catch (error) {
        if (this.#mayTry(log)) this.#failed(partition, toMillraceError(error));
      }
    }
    this.#dirtyRatios = ratios;
    return dirty;
  }

  #mayTry(log: PartitionLog): boolean {
    const retryAtMs = this.#failures.get(log)?.retryAtMs ?? 0;
    return this.#parts.clock.monotonicMs() >= retryAtMs;
  }

  #failed({ log, name }: Partition, error: MillraceError): void {
    const { clock, logger } = this.#parts;
    const retryMs = Math.min(
      RETRY_MS_MAX,
      (this.#failures.get(log)?.retryMs ?? 0) * 2 || RETRY_MS_MIN,
    );
    this.#failures.set(log, { retryMs, retryAtMs: clock.monotonicMs() + retryMs });
    // It was cut, deleted or stopped meanwhile.
    if (error.code === 'CONFLICT' || error.code === 'SHUTTING_DOWN') return;
    this.#compactionFailures += 1;
    this.#compactionError = error;
    const { code, message } = error;
    logger.error('a partition is not compacted', {
      partition: name,
      code,
      cause: message,
      retryMs,
    });
  }
}

function wantedRatio({ config }: PartitionLog): number {
  return config.minCleanableDirtyRatio ?? DIRTY_RATIO_DEFAULT;
}

/** Exclusive: what all followers that are connected now have fetched. */
export function tombstonesEnd({
  role,
  log: { highWatermark },
  link,
}: Pick<Partition, 'role' | 'log' | 'link'>): Offset {
  if (role !== 'leader') return highWatermark;
  return Math.min(highWatermark, link?.slowestFollower ?? highWatermark) as Offset;
}
