import { type BatchHeader, readBatchHeader } from '@millrace/core/batchHeader';
import { encodeBatch } from '@millrace/core/batchWriter';
import { type Offset, toCopyId, toTopicId } from '@millrace/core/ids';
import type { Clock } from '../../src/io/clock.ts';
import type { Storage } from '../../src/io/storage.ts';
import type { LogConfig } from '../../src/log/partition/logConfig.ts';
import type { LineToKeep, OpenLogOptions } from '../../src/log/partition/logOpening.ts';
import type { FrameRun } from '../../src/log/recovery/logRecovery.ts';
import { allRules, type RulesOff } from '../../src/log/logRules.ts';
import { OpenFiles } from '../../src/log/segment/openFiles.ts';
import { PartitionLog } from '../../src/log/partition/partitionLog.ts';
import { TailCache } from '../../src/log/tail/tailCache.ts';

export const topicId = toTopicId('3f2b8c1e-5d6a-4b7c-8d9e-0f1a2b3c4d5e');
export const copyId = toCopyId('0a1b2c3d4e5f');

export const smallConfig: LogConfig = {
  durability: 'fsync',
  cleanupPolicy: 'delete',
  batchBytesMax: 1 << 20,
  segmentBytesMax: 4096,
  segmentMsMax: 7 * 86_400_000,
  indexIntervalBytes: 512,
  retentionMs: undefined,
  retentionBytes: undefined,
};

/** Time as the test says. */
export class HandClock implements Clock {
  nowMs = 1_750_000_000_000;

  wallMs(): number {
    return this.nowMs;
  }

  monotonicMs(): number {
    return this.nowMs;
  }

  setTimer(): never {
    throw new Error('the log sets no timers');
  }

  atTurnEnd(callback: () => void): void {
    this.soon(callback);
  }

  soon(callback: () => void): void {
    setImmediate(callback);
  }
}

export interface LoneLogOptions {
  readonly storage: Storage;
  /** Existing, empty. */
  readonly directory: string;
  readonly config?: Partial<LogConfig>;
  readonly tailCacheBytes?: number;
  readonly openFilesMax?: number;
  readonly runBytesMax?: number;
  readonly rulesOff?: RulesOff;
}

/** One log with the least of a directory: a journal in memory, and checkpoints when the test says so. */
export class LoneLog {
  readonly clock = new HandClock();
  readonly options: LoneLogOptions;
  readonly config: LogConfig;
  readonly tailCache: TailCache;
  readonly openFiles: OpenFiles;
  readonly rulesOff: RulesOff;
  log: PartitionLog;
  line: LineToKeep | undefined;
  /** Since the last checkpoint. */
  frames: FrameRun[] = [];
  flushesAsked = 0;
  readonly heard: string[] = [];

  constructor(options: LoneLogOptions) {
    this.options = options;
    this.rulesOff = options.rulesOff ?? allRules;
    this.config = { ...smallConfig, ...options.config };
    this.tailCache = new TailCache(options.tailCacheBytes ?? 1 << 20);
    this.openFiles = new OpenFiles(options.storage, options.openFilesMax ?? 10);
    const { directory } = options;
    const identity = { topicId, partition: 0, copyId, directory };
    this.log = PartitionLog.create(identity, this.config, this);
    this.#listen();
    this.line = this.log.checkpointLine();
  }

  get storage(): Storage {
    return this.options.storage;
  }

  get producersMax(): number {
    return 100;
  }

  get runBytesMax(): number {
    return this.options.runBytesMax ?? 1 << 20;
  }

  scheduleFlush(): void {
    this.flushesAsked += 1;
  }

  /** As the frames of recovery: what a truncation removes is not put back. */
  async journalTruncation(_log: PartitionLog, to: { offset: Offset }): Promise<void> {
    this.frames = this.frames.flatMap((frame) => {
      const batches = batchesBelow(frame.batches, to.offset);
      return batches.length === 0 ? [] : [{ ...frame, batches }];
    });
    const { line } = this;
    if (line !== undefined && to.offset < line.end) this.line = { ...line, ...lineAt(to) };
    return Promise.resolve();
  }

  cut(): Promise<void> {
    return Promise.resolve();
  }

  async truncated(log: PartitionLog): Promise<void> {
    this.heard.push('truncated');
    if (log.config.durability === 'fsync') return;
    await log.syncDirty();
    this.line = log.checkpointLine();
  }

  append(batches: Buffer, leaderEpoch = 0): { baseOffset: Offset; endOffset: Offset } {
    return this.log.appendAsLeader(batches, headersOf(batches), leaderEpoch);
  }

  /** What a tick does, and the sync that follows it. */
  commit(): void {
    for (const { baseOffset, position, buffers } of this.log.flush()) {
      this.frames.push({ baseOffset, position, batches: Buffer.concat(buffers) });
    }
    this.counted();
  }

  async commitSlowly(): Promise<void> {
    for (const { baseOffset, position, buffers } of await this.log.flushSlow()) {
      this.frames.push({ baseOffset, position, batches: Buffer.concat(buffers) });
    }
    this.counted();
  }

  counted(): void {
    this.log.announceWritten(this.log.writtenEndOffset);
    this.log.markDurable(this.log.writtenEndOffset);
    this.log.highWatermark = this.log.durableEndOffset;
    this.log.announceDurable();
  }

  async checkpoint(): Promise<void> {
    const line = this.log.checkpointLine();
    await this.log.syncDirty();
    this.line = line;
    this.frames = [];
    this.log.checkpointed(line);
  }

  /** A clean shutdown and a boot. */
  async restart(): Promise<void> {
    this.log.flushIndexes();
    await this.checkpoint();
    this.log.close(new Error('stopped'));
    await this.#open({ line: this.line, past: 'as-it-is' });
    await this.log.producers.load();
  }

  /** kill -9 and a boot: whatever the page cache holds is cut to the line and rewritten. */
  async crash(past: OpenLogOptions['past'] = 'cut-to-line'): Promise<void> {
    this.log.close(new Error('killed'));
    await this.#open({ line: this.line, past });
    if (past === 'cut-to-line') for (const frame of this.frames) this.log.replay.rewrite(frame);
    await this.log.producers.load();
    this.log.highWatermark = this.log.durableEndOffset;
    await this.checkpoint();
  }

  async #open(options: OpenLogOptions): Promise<void> {
    const { directory } = this.options;
    const identity = { topicId, partition: 0, copyId, directory };
    this.log = await PartitionLog.open(identity, this.config, this, options);
    this.#listen();
  }

  #listen(): void {
    this.log.onWritten = (end) => this.heard.push(`written ${end}`);
    this.log.onDurable = (end) => this.heard.push(`durable ${end}`);
    this.log.onCut = (from) => this.heard.push(`cut ${from}`);
    this.log.onFailed = () => this.heard.push('failed');
  }
}

function lineAt(to: { offset: Offset }): Partial<LineToKeep> {
  return { ...to, end: to.offset, bytesBelow: undefined };
}

export function headersOf(batches: Buffer): BatchHeader[] {
  const headers: BatchHeader[] = [];
  for (let at = 0; at < batches.length; ) {
    const header = readBatchHeader(batches, at);
    headers.push(header);
    at += header.sizeBytes;
  }
  return headers;
}

function batchesBelow(batches: Buffer, offset: number): Buffer {
  let bytes = 0;
  for (const header of headersOf(batches)) {
    if (header.baseOffset + header.lastOffsetDelta + 1 > offset) break;
    bytes += header.sizeBytes;
  }
  return batches.subarray(0, bytes);
}

export interface BatchShape {
  readonly records: number;
  readonly valueBytes: number;
  readonly timestampMs: number;
}

let distinct = 0;

/** A batch unlike any other. */
export function batchOf({ records, valueBytes, timestampMs }: BatchShape): Buffer {
  const value = Buffer.alloc(valueBytes, distinct % 251);
  return encodeBatch(
    Array.from({ length: records }, (_, index) => ({
      key: `key ${distinct++}`,
      value,
      timestamp: timestampMs + index,
    })),
  );
}

/** All bytes from `offset` on below `before`, however many slices it takes. */
export async function readAll(
  log: PartitionLog,
  offset: number,
  before: number = log.writtenEndOffset,
  bytesMax = 1000,
): Promise<Buffer> {
  const cursor = log.openCursor(offset as Offset);
  const parts: Buffer[] = [];
  for (;;) {
    const slice = await cursor.next({ bytesMax, before: before as Offset });
    if (slice.buffers.length === 0) return Buffer.concat(parts);
    parts.push(...slice.buffers);
  }
}
