import assert from 'node:assert/strict';
import { readBatchHeader } from '@millrace/core/batchHeader';
import { encodeBatch } from '@millrace/core/batchWriter';
import { newTopicId, type Offset, type TopicId } from '@millrace/core/ids';
import { silentLogger } from '../../src/io/logger.ts';
import { SeededRandom } from '../../src/io/seededRandom.ts';
import type { SimDisk } from '../../src/io/sim/simDisk.ts';
import type { SimFaultPlan } from '../../src/io/sim/simFaults.ts';
import type { BypassLimits } from '../../src/log/journal/extentPlan.ts';
import type { LogConfig } from '../../src/log/partition/logConfig.ts';
import { LogDirectory } from '../../src/log/directory/logDirectory.ts';
import type {
  LogDirectoryConfig,
  LogDirectoryOptions,
} from '../../src/log/directory/logDirectoryOptions.ts';
import type { PartitionLog } from '../../src/log/partition/partitionLog.ts';
import { simMachine } from '../io/sim/simMachine.ts';

/** Small files, so that each run rolls, recycles and checkpoints. */
export const smallConfig: LogDirectoryConfig = {
  journalFileBytes: 64 * 1024,
  journalFilesMax: 3,
  checkpointMs: 50,
  syncConcurrency: 4,
  tailCacheBytes: 64 * 1024,
  openSegmentsMax: 8,
  freeSpaceBytesMin: 0,
};

export const smallLogs: LogConfig = {
  durability: 'fsync',
  cleanupPolicy: 'delete',
  batchBytesMax: 8 * 1024,
  segmentBytesMax: 16 * 1024,
  segmentMsMax: 7 * 86_400_000,
  indexIntervalBytes: 512,
  retentionMs: undefined,
  retentionBytes: undefined,
};

/** Every group is one of extents. */
export const onlyExtents: BypassLimits = { fileBytesMin: 0, groupBytesMin: 0 };

export const topicId: TopicId = newTopicId(new SeededRandom(99).bytes(16));

export function batchOf(text: string, bytes = 0): Buffer {
  const value = Buffer.alloc(Math.max(bytes, text.length), '.');
  value.write(text);
  return encodeBatch([{ timestamp: 1_750_000_000_000, key: null, value }]);
}

export function append(log: PartitionLog, batch: Buffer, leaderEpoch = 1) {
  return log.appendAsLeader(batch, [readBatchHeader(batch, 0)], leaderEpoch);
}

/** All batches from the log start to the written end. */
export async function contentOf(log: PartitionLog): Promise<Buffer> {
  const cursor = log.openCursor(log.logStartOffset);
  const pieces: Buffer[] = [];
  for (;;) {
    const slice = await cursor.next({ bytesMax: 1 << 20, before: log.writtenEndOffset });
    if (slice.bytes === 0) return Buffer.concat(pieces);
    pieces.push(...slice.buffers);
  }
}

/** One boot of a broker's log on a simulated disk. */
export class DirectoryWorld {
  readonly machine: ReturnType<typeof simMachine>;
  directory: LogDirectory | undefined;

  constructor(seed: number, disk: SimDisk, plan?: SimFaultPlan) {
    this.machine = simMachine(seed, plan, disk);
  }

  /** Undefined if the process died meanwhile. */
  async open(
    options: Partial<
      Pick<LogDirectoryOptions, 'rulesOff' | 'lostJournal' | 'observer' | 'bypass' | 'config'>
    > = {},
  ): Promise<LogDirectory | undefined> {
    const { clock, storage, random } = this.machine;
    const work = LogDirectory.open({
      storage,
      clock,
      random: random.fork(),
      dataDirectory: '/data',
      brokerId: 0,
      config: smallConfig,
      logger: silentLogger,
      ...options,
    });
    this.directory = await this.run(work);
    return this.directory;
  }

  /** The result of `work`, or undefined if the process died before it settled. */
  async run<Result>(work: Promise<Result>): Promise<Result | undefined> {
    const { scheduler, process } = this.machine;
    let settled = false;
    const mark = (): void => {
      settled = true;
    };
    work.then(mark, mark);
    await scheduler.runUntil(() => settled || !process.alive);
    // What runs on in the tick of its death fails with ESRCH.
    if (settled && process.alive) return work;
    assert.ok(!process.alive, 'nothing is left to run, and the promise is still pending');
    return undefined;
  }

  async createLog(config = smallLogs, partition = 0): Promise<PartitionLog> {
    assert.ok(this.directory !== undefined);
    const [log] =
      (await this.run(
        this.directory.createCopies([{ topicId, topicName: 't', partition, config }]),
      )) ?? [];
    assert.ok(log !== undefined);
    return log;
  }

  /** Appends and waits until it is durable; the end. */
  async appendDurably(log: PartitionLog, text: string, bytes = 0): Promise<Offset> {
    const { endOffset } = append(log, batchOf(text, bytes));
    await this.run(log.whenDurable(endOffset));
    return endOffset;
  }

  /** What the disk holds after kill -9. */
  kill(): SimDisk {
    this.machine.process.kill();
    return this.machine.disk;
  }

  /** What the disk holds after a power loss. */
  losePower(keep: 'none' | 'random' | 'all'): SimDisk {
    this.machine.process.kill();
    return this.machine.disk.afterPowerLoss(keep, this.machine.random);
  }
}
