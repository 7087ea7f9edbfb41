import type { Offset, TopicId } from '@millrace/core/ids';
import type { PartitionLog } from '../../../src/log/partition/partitionLog.ts';
import { CopyModel } from './copyModel.ts';
import type { ServedLogs } from './servedLogs.ts';
import type { SimBoot } from './simBoot.ts';
import { mustHold } from './simViolation.ts';
import { copyKey, type SimWorld, TOMBSTONES_FOR_EVER_MS } from './simWorld.ts';

/** Checkpoints; creates, deletes and configures copies; moves high watermarks and lets retention follow. */
export class Administrator {
  readonly #logs: ServedLogs;
  readonly #boot: SimBoot;
  readonly #world: SimWorld;
  /** In one boot of three the high watermark stands still: no follower keeps up. */
  readonly #isStuck: boolean;
  readonly #created: (log: PartitionLog) => void;

  /** `created`: a log is there that was not. */
  constructor(logs: ServedLogs, created: (log: PartitionLog) => void) {
    this.#logs = logs;
    this.#boot = logs.boot;
    this.#world = logs.boot.world;
    this.#created = created;
    this.#isStuck = !this.#world.isCompacted && this.#world.random.int(3) === 0;
  }

  async administrate(): Promise<void> {
    const dice = this.#world.random.int(20);
    if (dice < 3) return await this.#logs.directory.checkpoint();
    if (dice < 6) return await this.#create();
    const picked = this.#logs.pick();
    if (picked?.model.stage !== 'there') return;
    if (dice === 6) return await this.#delete(picked.log, picked.model);
    if (dice < 9) await this.#changeConfig(picked.log, picked.model);
  }

  async retain(): Promise<void> {
    const picked = this.#logs.pick();
    if (picked === undefined) return;
    const { log, model } = picked;
    const { random } = this.#world;
    const low = model.highWatermark;
    const high = Math.min(log.durableEndOffset, model.truncatingTo ?? log.durableEndOffset);
    const chosen = this.#isStuck ? low : low + random.int(Math.max(0, high - low) + 1);
    model.highWatermark = Math.max(low, model.endAtOrBelow(chosen));
    log.highWatermark = model.highWatermark as Offset;
    model.committedMost = Math.max(model.committedMost, model.highWatermark);
    if (random.int(3) > 0) return;
    const start = await this.#logs.directory.retention.enforce(log);
    if (!this.#logs.isCurrent(log, model)) return;
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

  async compact(): Promise<void> {
    const picked = this.#logs.pick();
    if (picked?.model.stage !== 'there') return;
    const { log, model } = picked;
    const { random, transcript } = this.#world;
    if (!log.config.cleanupPolicy.includes('compact')) return;
    if (log.config.tombstoneRetentionMs !== TOMBSTONES_FOR_EVER_MS) model.keepsTombstones = false;
    const before = random.int(3) === 0 ? random.int(model.highWatermark + 1) : model.highWatermark;
    const tombstonesBefore = (): Offset => before as Offset;
    const result = await this.#logs.directory.compaction.compact(log, { tombstonesBefore });
    if (result === undefined || !this.#boot.isAlive) return;
    const { cleanedTo, bytesFreed } = result;
    transcript.note(`${model.name}: compacted to ${cleanedTo}, ${bytesFreed} bytes less`);
  }

  async #create(): Promise<void> {
    const world = this.#world;
    const missing: { topicId: TopicId; partition: number }[] = [];
    for (const topicId of world.topics) {
      for (const partition of [0, 1]) {
        if (!world.copies.has(copyKey(topicId, partition))) missing.push({ topicId, partition });
      }
    }
    const chosen = missing.filter(() => world.random.int(2) === 0);
    if (chosen.length === 0) return;
    const specs = chosen.map((place) => ({
      ...place,
      topicName: 'sim',
      config: world.logConfig(),
    }));
    const models = specs.map(({ topicId, partition, config }) => {
      const model = new CopyModel(topicId, partition, config.durability);
      world.copies.set(copyKey(topicId, partition), model);
      world.unfinished.delete(copyKey(topicId, partition));
      return model;
    });
    world.transcript.note(`create ${models.map(({ name }) => name).join(', ')}`);
    const logs = await this.#logs.directory.createCopies(specs);
    if (!this.#boot.isAlive) return;
    for (const [index, log] of logs.entries()) {
      const model = models[index];
      if (model === undefined) continue;
      model.stage = 'there';
      model.copyId = log.copyId;
      world.transcript.note(`${model.name}: created as ${log.copyId}, ${log.config.durability}`);
      this.#created(log);
    }
  }

  async #delete(log: PartitionLog, model: CopyModel): Promise<void> {
    const world = this.#world;
    model.stage = 'deleting';
    model.isTrusted = false;
    model.start = Math.max(model.start, log.logStartOffset);
    world.transcript.note(`${model.name}: delete`);
    await this.#logs.directory.deleteCopies([log]);
    if (!this.#boot.isAlive) return;
    world.transcript.note(`${model.name}: deleted`);
    world.copies.delete(copyKey(model.topicId, model.partition));
  }

  async #changeConfig(log: PartitionLog, model: CopyModel): Promise<void> {
    const world = this.#world;
    const config = { ...world.logConfig() };
    if (world.random.int(2) === 0) config.durability = log.config.durability;
    model.durabilities = [...new Set([...model.durabilities, config.durability])];
    world.transcript.note(`${model.name}: change to ${config.durability}`);
    await this.#logs.directory.changeConfig(log, config);
    if (!this.#boot.isAlive) return;
    world.transcript.note(`${model.name}: changed to ${config.durability}`);
    model.durabilities = [config.durability];
  }
}
