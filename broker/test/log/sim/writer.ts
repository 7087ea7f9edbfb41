import type { BatchHeader } from '@millrace/core/batchHeader';
import { readBatchHeader } from '@millrace/core/batchHeader';
import type { Offset } from '@millrace/core/ids';
import type { PartitionLog } from '../../../src/log/partition/partitionLog.ts';
import { type MadeBatch, splitBatches } from './batchSource.ts';
import type { CopyModel, ModelBatch } from './copyModel.ts';
import { checkLastBatches, checkProducers } from './producersCheck.ts';
import type { ServedLogs } from './servedLogs.ts';
import type { SimBoot } from './simBoot.ts';
import { mustHold } from './simViolation.ts';
import type { SimWorld } from './simWorld.ts';

/** The one writer of a log: appends as leader and as follower, rolls, truncates, and holds the log to its word. */
export class Writer {
  readonly #logs: ServedLogs;
  readonly #boot: SimBoot;
  readonly #world: SimWorld;
  readonly #log: PartitionLog;
  readonly #model: CopyModel;
  /** In percent of its turns. */
  readonly #truncations: number;
  #epoch: number;

  constructor(logs: ServedLogs, log: PartitionLog, model: CopyModel) {
    this.#logs = logs;
    this.#boot = logs.boot;
    this.#world = logs.boot.world;
    this.#log = log;
    this.#model = model;
    this.#epoch = Math.max(log.lastEpoch, this.#world.nextEpoch());
    this.#truncations = this.#world.random.int(3) === 0 ? 20 : 3;
    this.#listen();
  }

  async write(): Promise<void> {
    const log = this.#log;
    if (log.failure !== undefined || this.#logs.modelOf(log) !== this.#model) {
      return this.#boot.pause(50);
    }
    if (this.#logs.directory.acceptsAppends() !== undefined) return this.#boot.pause(5);
    const { random } = this.#world;
    const dice = random.int(100);
    if (dice < this.#truncations) return await this.#truncate();
    if (dice >= 97) return log.roll();
    if (dice >= 95) this.#epoch = this.#world.nextEpoch();
    const burst = 1 + random.int(random.int(10) === 0 ? 12 : 2);
    for (let count = 0; count < burst; count++) this.#append(dice < 40 ? 'follower' : 'leader');
  }

  #listen(): void {
    const model = this.#model;
    const log = this.#log;
    const { transcript } = this.#world;
    log.onDurable = (end) =>
      this.#guarded(() => {
        mustHold(!this.#boot.hasFailed, () => `${model.name}: durable after a failure`);
        transcript.note(`${model.name}: durable up to ${end}`);
        model.acknowledged(end);
      });
    log.onWritten = (end) =>
      this.#guarded(() => {
        mustHold(end <= model.end, () => `${model.name}: written up to ${end} of ${model.end}`);
      });
    log.onCut = (from, error) =>
      this.#guarded(() => {
        transcript.note(`${model.name}: cut at ${from}: ${error.message}`);
        mustHold(
          from >= model.durableEnd,
          () => `${model.name}: ${from} was acknowledged and is cut`,
        );
        model.cut(from);
        this.#checkProducers();
        model.hadFailedWrite = true;
        model.truncatingTo = model.truncatingTo && Math.min(model.truncatingTo, from);
        this.#epoch = this.#world.nextEpoch();
      });
  }

  /** What nobody hears any more is not held against the log. */
  #guarded(body: () => void): void {
    if (this.#logs.isCurrent(this.#log, this.#model)) this.#world.check(body);
  }

  #append(origin: 'leader' | 'follower'): void {
    const log = this.#log;
    const model = this.#model;
    const made = this.#make();
    if (origin === 'follower') this.#stamp(made);
    const bytes = Buffer.concat(made.map((batch) => batch.bytes));
    const headers = splitHeaders(bytes);
    const from = log.logEndOffset;
    const end =
      origin === 'follower'
        ? log.appendAsFollower(bytes, headers)
        : log.appendAsLeader(bytes, headers, this.#epoch).endOffset;
    const batches = splitBatches(bytes).map((batch, index) => ({
      ...batch,
      timestamps: made[index]?.timestamps ?? [],
    }));
    this.#world.check(() =>
      mustHold(from === model.end, () => `${model.name}: ends at ${from}, not at ${model.end}`),
    );
    this.#world.transcript.note(
      `${model.name}: append ${from} to ${end}, ${bytes.length} bytes, epoch ${this.#epoch}`,
    );
    model.append(batches);
    this.#await(batches, end);
  }

  #checkProducers(): void {
    const { name, batches } = this.#model;
    const check = this.#world.isCompacted ? checkLastBatches : checkProducers;
    check(name, this.#log.producers.remembered(), batches, this.#log.logStartOffset);
  }

  #make(): MadeBatch[] {
    const { random, batches } = this.#world;
    const count = 1 + random.int(3);
    const bytesMax = [200, 1500, 6000, 20_000][random.int(random.int(4) === 0 ? 4 : 2)] ?? 200;
    return Array.from({ length: count }, () => batches.make(this.#boot.clock.wallMs(), bytesMax));
  }

  /** As a leader has them. */
  #stamp(made: readonly MadeBatch[]): void {
    const { random } = this.#world;
    let next = this.#log.logEndOffset as number;
    for (const { bytes } of made) {
      // Compaction leaves gaps.
      next += random.int(3) === 0 ? random.int(20) : 0;
      bytes.writeBigInt64BE(BigInt(next), 0);
      bytes.writeInt32BE(this.#epoch, 12);
      next += readBatchHeader(bytes, 0).lastOffsetDelta + 1;
    }
  }

  #await(batches: readonly ModelBatch[], end: Offset): void {
    const model = this.#model;
    this.#log.whenDurable(end).then(
      () =>
        this.#guarded(() => {
          mustHold(
            !this.#boot.hasFailed,
            () => `${model.name}: ${end} acknowledged after a failure`,
          );
          mustHold(
            batches.every((batch) => model.batches.includes(batch) || batch.end <= model.start),
            () => `${model.name}: ${end} acknowledged, but what was appended there is gone`,
          );
          model.acknowledged(end);
        }),
      () => undefined,
    );
  }

  async #truncate(): Promise<void> {
    const log = this.#log;
    const model = this.#model;
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
    if (!this.#logs.isCurrent(log, model)) return;
    const to = model.truncatingTo;
    mustHold(
      log.logEndOffset === to,
      () => `${model.name}: truncated to ${log.logEndOffset}, not ${to}`,
    );
    model.cut(to);
    this.#checkProducers();
    model.durableEnd = to;
    model.truncatingTo = undefined;
    this.#epoch = this.#world.nextEpoch();
    transcript.note(`${model.name}: truncated to ${to}`);
  }
}

function splitHeaders(bytes: Buffer): BatchHeader[] {
  const headers = [];
  for (let at = 0; at < bytes.length; ) {
    const header = readBatchHeader(bytes, at);
    headers.push(header);
    at += header.sizeBytes;
  }
  return headers;
}
