import type { LogDirectory } from '../../../src/log/directory/logDirectory.ts';
import type { PartitionLog } from '../../../src/log/partition/partitionLog.ts';
import type { StampedBatch } from './batchSource.ts';
import { checkCompacted, latestCommitted } from './compactionCheck.ts';
import type { CopyModel } from './copyModel.ts';
import { readBatches } from './logReading.ts';
import type { SimBoot } from './simBoot.ts';
import { mustHold } from './simViolation.ts';
import { copyKey, type SimWorld } from './simWorld.ts';

/** Reads below the high watermark and looks times up, and compares with the model. */
export class Reader {
  readonly #boot: SimBoot;
  readonly #world: SimWorld;
  readonly #directory: LogDirectory;

  constructor(boot: SimBoot, directory: LogDirectory) {
    this.#boot = boot;
    this.#directory = directory;
    this.#world = boot.world;
  }

  async read(log: PartitionLog, model: CopyModel): Promise<void> {
    const { random } = this.#world;
    // Below the high watermark nothing changes but the log start.
    const to = model.highWatermark;
    const from = log.logStartOffset + random.int(Math.max(1, to - log.logStartOffset));
    const start = log.logStartOffset;
    let batches: StampedBatch[];
    try {
      batches = await readBatches(log, from, to, 1 + random.int(30_000));
      if (this.#isGone(log, model, start)) return;
      await this.#lookUpTime(log, model);
    } catch (error) {
      if (this.#isGone(log, model, start)) return;
      throw error;
    }
    if (this.#isGone(log, model, start)) return;
    if (this.#world.isCompacted) {
      const { removedBelow } = this.#directory.copyFacts(log);
      checkCompacted(model, { from, to, found: batches, start, removedBelow });
      return;
    }
    const wanted = model.batches.filter((batch) => batch.end > from && batch.base < to);
    mustHold(
      wanted.length === batches.length &&
        wanted.every((batch, index) => batches[index]?.bytes.equals(batch.bytes) === true),
      () =>
        `${model.name}: read ${batches.length} batches from ${from} to ${to}, not ${wanted.length}, or others`,
    );
  }

  /** Whether retention or a deletion has passed a reader that began at log start `start`. */
  #isGone(log: PartitionLog, model: CopyModel, start: number): boolean {
    const isSame =
      this.#boot.isAlive &&
      this.#world.copies.get(copyKey(log.topicId, log.partition)) === model &&
      model.stage === 'there';
    return !isSame || log.logStartOffset > start;
  }

  async #lookUpTime(log: PartitionLog, model: CopyModel): Promise<void> {
    const start = log.logStartOffset;
    const before = log.highWatermark;
    const timestampMs = this.#boot.clock.wallMs() - this.#world.random.int(3000);
    const found = await log.offsetForTimestamp(timestampMs);
    if (
      !this.#boot.isAlive ||
      this.#world.copies.get(copyKey(log.topicId, log.partition)) !== model
    )
      return;
    if (log.logStartOffset > start || log.highWatermark !== before) return;
    if (this.#world.isCompacted) return this.#checkTime(model, timestampMs, start, found?.offset);
    let wanted: number | undefined;
    for (const { base, end, timestamps } of model.batches) {
      // What an earlier boot found has no timestamps here.
      if (timestamps.length !== end - base && wanted === undefined) return;
      const index = timestamps.findIndex((ms, at) => ms >= timestampMs && base + at >= start);
      if (index >= 0) wanted ??= base + index;
    }
    if (wanted !== undefined && wanted >= before) wanted = undefined;
    mustHold(
      found?.offset === wanted,
      () => `${model.name}: ${timestampMs} is at ${wanted}, the log says ${found?.offset}`,
    );
  }

  /** No record that must be there is as new, and before what was found. */
  #checkTime(model: CopyModel, timestampMs: number, start: number, found = Infinity): void {
    for (const { offset, timestamp, value } of latestCommitted(model, start).values()) {
      const isMissed = timestamp >= timestampMs && offset < found && offset < model.highWatermark;
      mustHold(
        !isMissed || value === null,
        () => `${model.name}: ${timestampMs} is at ${offset}, the log says ${found}`,
      );
    }
  }
}
