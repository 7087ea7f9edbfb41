import assert from 'node:assert/strict';
import { readBatchHeader } from '@millrace/core/batchHeader';
import { decodeRecords } from '@millrace/core/batchReader';
import { type BatchOptions, encodeBatch } from '@millrace/core/batchWriter';
import type { Offset } from '@millrace/core/ids';
import type { SimDisk } from '../../../src/io/sim/simDisk.ts';
import type { PassResult } from '../../../src/log/compaction/logPass.ts';
import type { LogDirectoryOptions } from '../../../src/log/directory/logDirectoryOptions.ts';
import type { EpochStart } from '../../../src/log/epochs/epochs.ts';
import type { LogConfig } from '../../../src/log/partition/logConfig.ts';
import type { PartitionLog } from '../../../src/log/partition/partitionLog.ts';
import type { SimFaultPlan } from '../../../src/io/sim/simFaults.ts';
import { formattedDisk } from '../../io/sim/simMachine.ts';
import { append, contentOf, DirectoryWorld, smallLogs, topicId } from '../directoryWorld.ts';

export const compacted: LogConfig = {
  ...smallLogs,
  cleanupPolicy: 'compact',
  segmentBytesMax: 4096,
  minCleanableDirtyRatio: 0.5,
  minCompactionLagMs: 0,
  tombstoneRetentionMs: 60_000,
};

/** `key=value`, or `key` alone for a tombstone. */
export type Written = string;

/** A record as a reader sees it: `offset key=value`. */
export type Seen = string;

/** See CompactionOptions.tombstonesBefore. */
type Before = Offset | (() => Offset);

/** A directory with one compacted log, on a simulated disk. */
export class CompactedLog {
  readonly world: DirectoryWorld;
  log: PartitionLog;
  isCompacting = false;

  private constructor(world: DirectoryWorld, log: PartitionLog) {
    this.world = world;
    this.log = log;
  }

  static async create(
    config: Partial<LogConfig> = {},
    options: Partial<Pick<LogDirectoryOptions, 'rulesOff' | 'observer' | 'config'>> = {},
    plan?: SimFaultPlan,
    seed = 1,
  ): Promise<CompactedLog> {
    const world = new DirectoryWorld(seed, formattedDisk('/'), plan);
    await world.open(options);
    return new CompactedLog(world, await world.createLog({ ...compacted, ...config }));
  }

  /** The next boot on `disk`; undefined if it dies. */
  static async open(
    disk: SimDisk,
    options: Pick<LogDirectoryOptions, 'rulesOff' | 'lostJournal'> = {},
    plan?: SimFaultPlan,
    seed = 2,
  ): Promise<CompactedLog | undefined> {
    const world = new DirectoryWorld(seed, disk, plan);
    const log = (await world.open(options))?.get(topicId, 0);
    return log && new CompactedLog(world, log);
  }

  /** One batch of these records. */
  append(records: readonly Written[], options: BatchOptions = {}, epoch = 1): void {
    const bytes = encodeBatch(
      records.map((text) => {
        const [key = '', value] = text.split('=');
        return { timestamp: this.nowMs, key, value: value ?? null };
      }),
      options,
    );
    append(this.log, bytes, epoch);
  }

  get nowMs(): number {
    return this.world.machine.clock.wallMs();
  }

  /** All is durable, committed and in sealed segments but for one batch at the end. */
  async seal(): Promise<void> {
    await this.roll();
    this.append(['end=']);
    await this.commit();
  }

  async roll(): Promise<void> {
    await this.commit();
    this.log.roll();
  }

  async commit(): Promise<void> {
    await this.world.run(this.log.whenDurable(this.log.logEndOffset));
    this.log.highWatermark = this.log.durableEndOffset;
  }

  async compact(before: Before = this.log.highWatermark): Promise<PassResult | undefined> {
    return await this.world.run(this.compacting(before));
  }

  /** The pass itself, which goes on while the world runs. */
  async compacting(before: Before = this.log.highWatermark): Promise<PassResult | undefined> {
    const { directory } = this.world;
    assert.ok(directory !== undefined);
    this.isCompacting = true;
    try {
      return await directory.compaction.compact(this.log, {
        tombstonesBefore: typeof before === 'function' ? before : () => before,
      });
    } finally {
      this.isCompacting = false;
    }
  }

  /** Resolves once it is so, while the world runs. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        this.world.machine.clock.setTimer(1, resolve);
      });
    }
  }

  async records(): Promise<Seen[]> {
    const bytes = (await this.world.run(contentOf(this.log))) ?? assert.fail();
    const seen: Seen[] = [];
    for (let at = 0; at < bytes.length; ) {
      const header = readBatchHeader(bytes, at);
      if (!header.isControl) {
        for (const { offset, key, value } of decodeRecords(bytes, at, header, { maxBytes: 1e6 })) {
          seen.push(`${offset} ${key?.toString()}${value === null ? '' : `=${value.toString()}`}`);
        }
      }
      at += header.sizeBytes;
    }
    return seen;
  }

  get segments(): Offset[] {
    return Array.from(this.log.compaction.content.segments, ({ baseOffset }) => baseOffset);
  }

  get epochs(): readonly EpochStart[] {
    return this.log.compaction.content.epochs.starts;
  }

  async batches(): Promise<string[]> {
    const bytes = (await this.world.run(contentOf(this.log))) ?? assert.fail();
    const seen: string[] = [];
    for (let at = 0; at < bytes.length; ) {
      const header = readBatchHeader(bytes, at);
      const { baseOffset, lastOffsetDelta, recordCount } = header;
      seen.push(`${baseOffset}-${baseOffset + lastOffsetDelta} ${recordCount}`);
      at += header.sizeBytes;
    }
    return seen;
  }
}
