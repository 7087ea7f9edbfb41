import { readBatchHeader } from '@millrace/core/batchHeader';
import { MillraceError } from '@millrace/core/errors';
import type { Offset, TopicId } from '@millrace/core/ids';
import type { LogDirectory } from '../../../src/log/logDirectory.ts';
import type { PartitionLog } from '../../../src/log/partitionLog.ts';
import { splitBatches } from './batchSource.ts';
import { CopyModel, type ModelBatch } from './copyModel.ts';
import { Reader } from './reader.ts';
import { isExpectedError, type SimBoot } from './simBoot.ts';
import { copyKey, type SimWorld } from './simWorld.ts';
import { mustHold } from './simViolation.ts';

/** What a process does with its logs until it dies: one writer per log, readers, retention, administration. */
export class Workload {
  readonly #boot: SimBoot;
  readonly #world: SimWorld;
  readonly #directory: LogDirectory;
  readonly #meanPauseMs: number;
  readonly #reader: Reader;
  /** Set once the process is about to be closed cleanly. */
  #isStopping = false;
  #busy = 0;

  constructor(boot: SimBoot, directory: LogDirectory) {
    this.#boot = boot;
    this.#world = boot.world;
    this.#directory = directory;
    this.#reader = new Reader(boot);
    this.#meanPauseMs = [0.3, 3, 30][this.#world.random.int(3)] ?? 3;
  }

  start(): void {
    for (const log of this.#directory.all()) this.#adopt(log);
    this.#repeat(() => this.#administrate());
    this.#repeat(() => this.#read());
    this.#repeat(() => this.#retain());
    if (this.#world.options.profile !== 'crashes') this.#repeat(() => this.#fillDisk());
  }

  /** Resolves once nothing is under way; nothing is begun any more. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    while (this.#busy > 0) await this.#boot.pause(1);
  }

  get #random() {
    return this.#world.random;
  }

  #repeat(act: () => Promise<void>): void {
    const run = async (): Promise<void> => {
      for (;;) {
        await this.#boot.pause(this.#random.float() * 2 * this.#meanPauseMs);
        if (this.#isStopping) return;
        this.#busy += 1;
        try {
          await act();
        } catch (error) {
          this.#expect(error);
        }
        this.#busy -= 1;
      }
    };
    run().catch((error: unknown) => this.#world.report(error));
  }

  /** Without faults only the refusals that are part of the game. */
  #expect(error: unknown): void {
    if (!this.#boot.isAlive) return;
    const hasFaults = this.#boot.faults.errors.length > 0 || this.#boot.wasFull;
    const isRefusal =
      error instanceof MillraceError &&
      ['UNAVAILABLE', 'CONFLICT', 'UNKNOWN_PARTITION', 'DISK_FULL'].includes(error.code);
    if (isRefusal || (hasFaults && isExpectedError(error))) {
      this.#world.transcript.note(`refused: ${String(error)}`);
      return;
    }
    this.#world.report(error);
  }

  #modelOf(log: PartitionLog): CopyModel | undefined {
    return this.#world.copies.get(copyKey(log.topicId, log.partition));
  }

  #adopt(log: PartitionLog): void {
    const model = this.#modelOf(log);
    if (model === undefined) return;
    const epoch = { value: Math.max(log.lastEpoch, this.#world.nextEpoch()) };
    this.#listen(log, model, epoch);
    this.#repeat(() => this.#write(log, model, epoch));
  }

  #listen(log: PartitionLog, model: CopyModel, epoch: { value: number }): void {
    const { transcript } = this.#world;
    const guarded = (what: string, body: () => void): void => {
      if (!this.#boot.isAlive || this.#modelOf(log) !== model) return;
      this.#world.check(() => {
        mustHold(
          !this.#boot.hasFailed || what !== 'durable',
          () => `${model.name}: ${what} after a failure`,
        );
        body();
      });
    };
    log.onDurable = (end) =>
      guarded('durable', () => {
        transcript.note(`${model.name}: durable up to ${end}`);
        model.acknowledged(end);
      });
    log.onWritten = (end) =>
      guarded('written', () => {
        mustHold(end <= model.end, () => `${model.name}: written up to ${end} of ${model.end}`);
      });
    log.onCut = (from, error) =>
      guarded('cut', () => {
        transcript.note(`${model.name}: cut at ${from}: ${error.message}`);
        mustHold(
          from >= model.durableEnd,
          () => `${model.name}: ${from} was acknowledged and is cut`,
        );
        model.cut(from);
        model.hadFailedWrite = true;
        model.truncatingTo = model.truncatingTo && Math.min(model.truncatingTo, from);
        epoch.value = this.#world.nextEpoch();
      });
  }

  async #write(log: PartitionLog, model: CopyModel, epoch: { value: number }): Promise<void> {
    if (log.failure !== undefined || this.#modelOf(log) !== model) return this.#boot.pause(50);
    if (this.#directory.acceptsAppends() !== undefined) return this.#boot.pause(5);
    const dice = this.#random.int(100);
    if (dice < 4) return await this.#truncate(log, model, epoch);
    if (dice < 7) return log.roll();
    if (dice < 9) epoch.value = this.#world.nextEpoch();
    const burst = 1 + this.#random.int(this.#random.int(10) === 0 ? 12 : 2);
    for (let count = 0; count < burst; count++) this.#append(log, model, epoch.value, dice);
  }

  #append(log: PartitionLog, model: CopyModel, epoch: number, dice: number): void {
    const random = this.#random;
    const count = 1 + random.int(3);
    const bytesMax = [200, 1500, 6000, 20_000][random.int(random.int(4) === 0 ? 4 : 2)] ?? 200;
    const made = Array.from({ length: count }, () =>
      this.#world.batches.make(this.#boot.clock.wallMs(), bytesMax),
    );
    const asFollower = dice < 25;
    let next = log.logEndOffset as number;
    if (asFollower) {
      for (const { bytes } of made) {
        // Compaction leaves gaps.
        next += random.int(3) === 0 ? random.int(20) : 0;
        bytes.writeBigInt64BE(BigInt(next), 0);
        bytes.writeInt32BE(epoch, 12);
        next += readBatchHeader(bytes, 0).lastOffsetDelta + 1;
      }
    }
    const bytes = Buffer.concat(made.map((batch) => batch.bytes));
    const headers = splitHeaders(bytes);
    const from = log.logEndOffset;
    const end = asFollower
      ? log.appendAsFollower(bytes, headers)
      : log.appendAsLeader(bytes, headers, epoch).endOffset;
    const batches = splitBatches(bytes).map((batch, index) => ({
      ...batch,
      timestamps: made[index]?.timestamps ?? [],
    }));
    this.#world.check(() =>
      mustHold(from === model.end, () => `${model.name}: ends at ${from}, not at ${model.end}`),
    );
    this.#world.transcript.note(
      `${model.name}: append ${from} to ${end}, ${bytes.length} bytes, epoch ${epoch}`,
    );
    model.append(batches);
    this.#await(log, model, batches, end);
  }

  #await(log: PartitionLog, model: CopyModel, batches: readonly ModelBatch[], end: Offset): void {
    log.whenDurable(end).then(
      () => {
        if (!this.#boot.isAlive || this.#modelOf(log) !== model) return;
        this.#world.check(() => {
          mustHold(
            !this.#boot.hasFailed,
            () => `${model.name}: ${end} acknowledged after a failure`,
          );
          mustHold(
            batches.every((batch) => model.batches.includes(batch) || batch.end <= model.start),
            () => `${model.name}: ${end} acknowledged, but what was appended there is gone`,
          );
          model.acknowledged(end);
        });
      },
      () => undefined,
    );
  }

  async #truncate(log: PartitionLog, model: CopyModel, epoch: { value: number }): Promise<void> {
    const { random, transcript } = this.#world;
    const low = Math.max(model.highWatermark, model.start);
    const offset = low + random.int(log.logEndOffset - low + 1);
    if (offset >= log.logEndOffset) return;
    model.truncatingTo = model.boundaryAt(offset);
    transcript.note(`${model.name}: truncate to ${offset}, so to ${model.truncatingTo}`);
    try {
      await log.truncateTo(offset as Offset);
    } catch (error) {
      if (log.failure === undefined && !this.#boot.hasFailed) model.truncatingTo = undefined;
      if (model.stage === 'deleting') return;
      throw error;
    }
    if (!this.#boot.isAlive || this.#modelOf(log) !== model) return;
    const to = model.truncatingTo;
    mustHold(
      log.logEndOffset === to,
      () => `${model.name}: truncated to ${log.logEndOffset}, not ${to}`,
    );
    model.cut(to);
    model.durableEnd = to;
    model.truncatingTo = undefined;
    epoch.value = this.#world.nextEpoch();
    transcript.note(`${model.name}: truncated to ${to}`);
  }

  async #read(): Promise<void> {
    const log = this.#anyLog();
    const model = log && this.#modelOf(log);
    if (log === undefined || model === undefined || log.failure !== undefined) return;
    await this.#reader.read(log, model);
  }

  async #retain(): Promise<void> {
    const log = this.#anyLog();
    const model = log && this.#modelOf(log);
    if (log === undefined || model === undefined || log.failure !== undefined) return;
    const low = model.highWatermark;
    const high = Math.min(log.durableEndOffset, model.truncatingTo ?? log.durableEndOffset);
    const chosen = low + this.#random.int(Math.max(0, high - low) + 1);
    model.highWatermark = Math.max(low, model.endAtOrBelow(chosen));
    log.highWatermark = model.highWatermark as Offset;
    if (this.#random.int(3) > 0) return;
    const start = await this.#directory.enforceRetention(log);
    if (!this.#boot.isAlive || this.#modelOf(log) !== model) return;
    mustHold(
      start <= model.highWatermark,
      () => `${model.name}: log start ${start} past the high watermark`,
    );
    // A checkpoint may have failed before.
    if (this.#boot.faults.errors.length > 0 || this.#boot.wasFull) return;
    if (start > model.durableStart)
      this.#world.transcript.note(`${model.name}: log start ${start}`);
    model.start = Math.max(model.start, start);
    model.durableStart = model.start;
  }

  async #administrate(): Promise<void> {
    const dice = this.#random.int(20);
    if (dice < 3) return await this.#directory.checkpoint();
    if (dice < 6) return await this.#create();
    const log = this.#anyLog();
    const model = log && this.#modelOf(log);
    if (log === undefined || model?.stage !== 'there' || log.failure !== undefined) return;
    if (dice === 6) return await this.#delete(log, model);
    if (dice < 9) await this.#changeConfig(log, model);
  }

  async #create(): Promise<void> {
    const world = this.#world;
    const missing: { topicId: TopicId; partition: number }[] = [];
    for (const topicId of world.topics) {
      for (const partition of [0, 1]) {
        if (!world.copies.has(copyKey(topicId, partition))) missing.push({ topicId, partition });
      }
    }
    const chosen = missing.filter(() => this.#random.int(2) === 0);
    if (chosen.length === 0) return;
    const specs = chosen.map((place) => ({
      ...place,
      topicName: 'sim',
      config: world.logConfig(),
    }));
    const models = specs.map(({ topicId, partition, config }) => {
      const model = new CopyModel(topicId, partition, config.durability);
      world.copies.set(copyKey(topicId, partition), model);
      return model;
    });
    world.transcript.note(`create ${models.map(({ name }) => name).join(', ')}`);
    const logs = await this.#directory.createCopies(specs);
    if (!this.#boot.isAlive) return;
    for (const [index, log] of logs.entries()) {
      const model = models[index];
      if (model === undefined) continue;
      model.stage = 'there';
      model.copyId = log.copyId;
      world.transcript.note(`${model.name}: created as ${log.copyId}, ${log.config.durability}`);
      this.#adopt(log);
    }
  }

  async #delete(log: PartitionLog, model: CopyModel): Promise<void> {
    const world = this.#world;
    model.stage = 'deleting';
    model.isTrusted = false;
    model.start = Math.max(model.start, log.logStartOffset);
    world.transcript.note(`${model.name}: delete`);
    await this.#directory.deleteCopies([log]);
    if (!this.#boot.isAlive) return;
    world.transcript.note(`${model.name}: deleted`);
    world.copies.delete(copyKey(model.topicId, model.partition));
  }

  async #changeConfig(log: PartitionLog, model: CopyModel): Promise<void> {
    const config = { ...this.#world.logConfig() };
    if (this.#random.int(2) === 0) config.durability = log.config.durability;
    model.durabilities = [...new Set([...model.durabilities, config.durability])];
    this.#world.transcript.note(`${model.name}: change to ${config.durability}`);
    await this.#directory.changeConfig(log, config);
    if (!this.#boot.isAlive) return;
    this.#world.transcript.note(`${model.name}: changed to ${config.durability}`);
    model.durabilities = [config.durability];
  }

  /** A disk that is full for a while. */
  async #fillDisk(): Promise<void> {
    const { disk } = this.#world;
    if (this.#random.int(30) > 0) return;
    this.#boot.wasFull = true;
    disk.capacityBytes = disk.usedBytes + this.#random.int(100_000);
    await this.#boot.pause(this.#random.float() * 50);
    if (this.#boot.isAlive) disk.capacityBytes = Infinity;
  }

  #anyLog(): PartitionLog | undefined {
    const logs = [...this.#directory.all()];
    return logs[this.#random.int(Math.max(1, logs.length))];
  }
}

function splitHeaders(bytes: Buffer) {
  const headers = [];
  for (let at = 0; at < bytes.length; ) {
    const header = readBatchHeader(bytes, at);
    headers.push(header);
    at += header.sizeBytes;
  }
  return headers;
}
