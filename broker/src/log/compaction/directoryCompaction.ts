import type { Offset } from '@millrace/core/ids';
import type { LogDirectoryOptions } from '../directory/logDirectoryOptions.ts';
import { allRules } from '../logRules.ts';
import type { PartitionLog } from '../partition/partitionLog.ts';
import { type CleaningPlan, cleaningPlan } from './cleaningPlan.ts';
import { endSwapOf, LogPass, type PassResult, type PassServices } from './logPass.ts';
import { WorkSlices } from './workSlices.ts';

/** As in docs/CONFIGURATION.md. */
const KEYS_BYTES = 32 << 20;

export interface CompactionOptions {
  /** Exclusive: no tombstone at or past it goes (safety.md, rule 24). Asked as the pass begins and before each swap. */
  readonly tombstonesBefore: () => Offset;
}

interface RunningPass {
  readonly log: PartitionLog;
  readonly slices: WorkSlices;
  readonly done: Promise<unknown>;
}

/** Compaction of the logs of one directory: one pass at a time, which others can end (safety.md, rule 24). */
export class DirectoryCompaction {
  readonly #options: LogDirectoryOptions;
  readonly #services: PassServices;
  #running: RunningPass | undefined;
  #last: Promise<unknown> = Promise.resolve();
  readonly #left = new WeakSet<PartitionLog>();
  #isStopped = false;

  constructor(options: LogDirectoryOptions, services: PassServices) {
    this.#options = options;
    this.#services = services;
  }

  /** What a pass would clean; undefined: nothing. Throws what the storage throws. */
  async plan(log: PartitionLog): Promise<CleaningPlan | undefined> {
    if (!this.#mayRun(log)) return undefined;
    const segments = await log.compaction.cleanable();
    if (!this.#mayRun(log)) return undefined;
    return cleaningPlan(segments, this.#cleanedTo(log));
  }

  /** One pass, if there is something to clean; rejects as LogPass.run. */
  async compact(log: PartitionLog, options: CompactionOptions): Promise<PassResult | undefined> {
    const done = this.#last.then(() => this.#compact(log, options));
    this.#last = done.catch(() => undefined);
    return await done;
  }

  /** The log is about to go: resolves once nothing of it is touched any more. */
  async leave(log: PartitionLog): Promise<void> {
    this.#left.add(log);
    if (this.#running?.log !== log) return;
    this.#running.slices.stop();
    this.#services.hurry();
    await this.#running.done.catch(() => undefined);
  }

  /** Resolves once nothing is under way; nothing begins any more. */
  async stop(): Promise<void> {
    this.abandon();
    if (this.#running === undefined) return;
    this.#services.hurry();
    await this.#running.done.catch(() => undefined);
  }

  /** As stop, without waiting. */
  abandon(): void {
    this.#isStopped = true;
    this.#running?.slices.stop();
  }

  async #compact(
    log: PartitionLog,
    { tombstonesBefore }: CompactionOptions,
  ): Promise<PassResult | undefined> {
    const { clock, random, rulesOff = allRules, observer, config } = this.#options;
    const { compactionKeysBytes: keysBytesMax = KEYS_BYTES } = config;
    const services = this.#services;
    if (!this.#mayRun(log)) return undefined;
    const slices = new WorkSlices(clock, () => config.compactionBytesPerSecondMax ?? 0);
    const run = async (): Promise<PassResult | undefined> => {
      // What an earlier pass could not end.
      if (log.compaction.swap !== undefined) await endSwapOf(log, services, rulesOff);
      const plan = await this.plan(log);
      if (plan === undefined) return undefined;
      const seed = random.int(2 ** 32);
      const options = { services, slices, seed, keysBytesMax, tombstonesBefore, rulesOff };
      return await new LogPass(log, plan, options).run();
    };
    const startMs = clock.monotonicMs();
    const done = run();
    this.#running = { log, slices, done };
    try {
      const result = await done;
      if (result !== undefined) {
        observer?.compacted?.({ ...result, durationMs: clock.monotonicMs() - startMs });
      }
      return result;
    } finally {
      this.#running = undefined;
    }
  }

  #mayRun(log: PartitionLog): boolean {
    return !this.#isStopped && log.failure === undefined && !this.#left.has(log);
  }

  /** Another epoch at its last offset: what was cleaned was cut since. */
  #cleanedTo(log: PartitionLog): Offset {
    const { logStartOffset } = log;
    const { cleaned } = this.#services.facts(log);
    if (cleaned === undefined || cleaned.to <= logStartOffset) return logStartOffset;
    const { epochs } = log.compaction.content;
    if (cleaned.to > log.writtenEndOffset) return logStartOffset;
    return epochs.at((cleaned.to - 1) as Offset) === cleaned.epoch ? cleaned.to : logStartOffset;
  }
}
