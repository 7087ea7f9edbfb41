import assert from 'node:assert';
import { crc32c } from '@millrace/core/crc32c';
import type { Offset } from '@millrace/core/ids';
import { encodeExtent, type Extent } from './extent.ts';
import type { LogRun } from './flushQueue.ts';
import type { GroupFrame } from './groupFrame.ts';
import type { PartitionLog } from '../partition/partitionLog.ts';

/** From where on syncing segments costs less than writing bytes twice (docs/decisions/0006-large-groups.md). */
export interface BypassLimits {
  /** Of a group, in one segment file. */
  readonly fileBytesMin: number;
  /** Of a group, in all such files together. */
  readonly groupBytesMin: number;
}

export const bypassLimits: BypassLimits = {
  fileBytesMin: 128 * 1024,
  groupBytesMin: 1 << 20,
};

/** Every group is copied. */
export const noBypass: BypassLimits = {
  fileBytesMin: Number.POSITIVE_INFINITY,
  groupBytesMin: Number.POSITIVE_INFINITY,
};

/** A segment file with the runs of a group that it holds, one after the other. */
export interface ExtentFile {
  readonly log: PartitionLog;
  readonly segmentBase: Offset;
  readonly runs: LogRun[];
  bytes: number;
}

/** What of a group lies in so large pieces that it is synced where it is, by run; empty if it is not worth it. */
export function largeFilesOf(
  runs: readonly LogRun[],
  limits: BypassLimits,
): ReadonlyMap<LogRun, ExtentFile> {
  const large = new Map<LogRun, ExtentFile>();
  let bytes = 0;
  for (const file of filesOf(runs)) {
    if (file.bytes < limits.fileBytesMin) continue;
    bytes += file.bytes;
    for (const run of file.runs) large.set(run, file);
  }
  return bytes < limits.groupBytesMin ? new Map() : large;
}

/** One frame for each file in `large`, one for each other run; those of a log in its order. */
export function plannedFrames(
  runs: readonly LogRun[],
  large: ReadonlyMap<LogRun, ExtentFile>,
): GroupFrame[] {
  return runs.flatMap((run) => {
    const file = large.get(run);
    if (file === undefined) return [copiedFrame(run)];
    return file.runs[0] === run ? [extentFrame(file)] : [];
  });
}

/** One frame for each run, with its bytes. */
export function copiedFrames(runs: readonly LogRun[]): GroupFrame[] {
  return runs.map(copiedFrame);
}

function copiedFrame({ log, run }: LogRun): GroupFrame {
  const { baseOffset, endOffset, position, buffers, bytes } = run;
  return {
    log,
    endOffset,
    entry: {
      kind: 'append',
      copyId: log.copyId,
      offset: baseOffset,
      position,
      batches: buffers,
      bytes,
    },
  };
}

function extentFrame(file: ExtentFile): GroupFrame {
  const extent = extentOf(file);
  const body = encodeExtent(extent);
  return {
    log: file.log,
    endOffset: extent.endOffset,
    entry: {
      kind: 'extent',
      copyId: file.log.copyId,
      offset: extent.baseOffset,
      position: extent.position,
      batches: [body],
      bytes: body.length,
    },
  };
}

function extentOf({ segmentBase, runs, bytes }: ExtentFile): Extent {
  const first = runs[0]?.run;
  const last = runs.at(-1)?.run;
  assert(first !== undefined && last !== undefined, 'a file has runs');
  let position = first.position;
  let crc = 0;
  for (const { run } of runs) {
    assert(run.position === position, 'the runs of a file follow each other');
    position += run.bytes;
    for (const buffer of run.buffers) crc = crc32c(buffer, crc);
  }
  return {
    baseOffset: first.baseOffset,
    endOffset: last.endOffset,
    segmentBase,
    position: first.position,
    bytes,
    crc,
    lastEpoch: last.leaderEpoch,
  };
}

function filesOf(runs: readonly LogRun[]): ExtentFile[] {
  const files: ExtentFile[] = [];
  const growing = new Map<PartitionLog, ExtentFile>();
  for (const one of runs) {
    const { log, run } = one;
    let file = growing.get(log);
    if (file?.segmentBase !== run.segmentBase) {
      file = { log, segmentBase: run.segmentBase, runs: [], bytes: 0 };
      growing.set(log, file);
      files.push(file);
    }
    file.runs.push(one);
    file.bytes += run.bytes;
  }
  return files;
}
