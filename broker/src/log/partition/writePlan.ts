import type { Offset } from '@millrace/core/ids';
import { baseOffsetOf, endOffsetOf, leaderEpochOf, sizeBytesOf } from '../segment/batchFields.ts';

/** About how much is gathered into one buffer; a larger batch has one of its own. */
const gatheredBytesMax = 256 * 1024;
/** Relative offsets in indexes are u32; positions too. */
const relativeMax = 2 ** 31 - 1;

/** Appended, with offsets and epochs, and not yet written. */
export interface QueuedBatches {
  /** The log end before it. */
  readonly from: Offset;
  /** Exclusive. */
  readonly endOffset: Offset;
  /** Whole batches; nobody else writes to it. */
  readonly buffer: Buffer;
}

/** One buffer of a run: whole batches in memory of its own. */
export interface PlannedPiece extends QueuedBatches {
  readonly lastEpoch: number;
}

/** What one write puts into one segment. */
export interface PlannedRun {
  readonly target: 'growing segment' | 'new segment';
  readonly baseOffset: Offset;
  readonly endOffset: Offset;
  readonly pieces: readonly PlannedPiece[];
  readonly bytes: number;
}

export interface PlanLimits {
  readonly segmentBytesMax: number;
  /** Of one run; a single batch may be larger. */
  readonly runBytesMax: number;
  /** Memory for what is written: received buffers are garbage as soon as they are copied. */
  readonly allocate: (bytes: number) => Buffer;
}

export interface SegmentRoom {
  readonly baseOffset: Offset;
  readonly sizeBytes: number;
}

/** Divides queued batches, in order, into runs, none across segments. `growing`: undefined begins a segment. */
export function planRuns(
  queued: readonly QueuedBatches[],
  growing: SegmentRoom | undefined,
  limits: PlanLimits,
): PlannedRun[] {
  const runs: PlannedRun[] = [];
  let room = growing;
  let run: RunInProgress | undefined;
  for (const part of partsOf(queued, limits)) {
    const baseOffset = baseOffsetOf(part.buffer, 0);
    const sizeBytes: number = (room?.sizeBytes ?? 0) + (run?.bytes ?? 0);
    const rolls =
      room === undefined ||
      (sizeBytes > 0 && sizeBytes + part.buffer.length > limits.segmentBytesMax) ||
      sizeBytes + part.buffer.length > relativeMax ||
      part.endOffset - room.baseOffset > relativeMax;
    if (run !== undefined && (rolls || run.bytes + part.buffer.length > limits.runBytesMax)) {
      runs.push(run.end());
      if (room !== undefined) room = { ...room, sizeBytes };
      run = undefined;
    }
    if (rolls) room = { baseOffset, sizeBytes: 0 };
    run ??= new RunInProgress(
      rolls ? 'new segment' : 'growing segment',
      baseOffset,
      limits.allocate,
    );
    run.add(part);
  }
  if (run !== undefined) runs.push(run.end());
  return runs;
}

/** As queued; what may have to be divided, batch by batch. */
function* partsOf(queued: readonly QueuedBatches[], limits: PlanLimits): Generator<QueuedBatches> {
  const wholeBytesMax = Math.min(limits.runBytesMax, limits.segmentBytesMax) / 4;
  for (const batches of queued) {
    const { buffer } = batches;
    const first = sizeBytesOf(buffer, 0);
    if (first === buffer.length || buffer.length <= wholeBytesMax) {
      yield batches;
      continue;
    }
    let { from } = batches;
    for (let at = 0; at < buffer.length; ) {
      const next = at + sizeBytesOf(buffer, at);
      const endOffset = endOffsetOf(buffer, at);
      yield { from, endOffset, buffer: buffer.subarray(at, next) };
      from = endOffset;
      at = next;
    }
  }
}

class RunInProgress {
  readonly #target: PlannedRun['target'];
  readonly #baseOffset: Offset;
  readonly #allocate: PlanLimits['allocate'];
  readonly #pieces: PlannedPiece[] = [];
  #gathering: QueuedBatches[] = [];
  #gatheredBytes = 0;
  #endOffset: Offset;
  bytes = 0;

  constructor(target: PlannedRun['target'], baseOffset: Offset, allocate: PlanLimits['allocate']) {
    this.#allocate = allocate;
    this.#target = target;
    this.#baseOffset = baseOffset;
    this.#endOffset = baseOffset;
  }

  add(part: QueuedBatches): void {
    this.bytes += part.buffer.length;
    this.#endOffset = part.endOffset;
    this.#gathering.push(part);
    this.#gatheredBytes += part.buffer.length;
    if (this.#gatheredBytes >= gatheredBytesMax) this.#endGathering();
  }

  end(): PlannedRun {
    this.#endGathering();
    return {
      target: this.#target,
      baseOffset: this.#baseOffset,
      endOffset: this.#endOffset,
      pieces: this.#pieces,
      bytes: this.bytes,
    };
  }

  /** A copy: a view of a receive buffer would pin all of it (pitfall 4). */
  #endGathering(): void {
    const first = this.#gathering[0];
    const last = this.#gathering.at(-1);
    if (first === undefined || last === undefined) return;
    const buffer = this.#allocate(this.#gatheredBytes);
    let at = 0;
    for (const part of this.#gathering) at += part.buffer.copy(buffer, at);
    const lastEpoch = lastEpochIn(last.buffer);
    this.#pieces.push({ from: first.from, endOffset: last.endOffset, buffer, lastEpoch });
    this.#gathering = [];
    this.#gatheredBytes = 0;
  }
}

function lastEpochIn(batches: Buffer): number {
  let lastAt = 0;
  for (let at = 0; at < batches.length; at += sizeBytesOf(batches, at)) lastAt = at;
  return leaderEpochOf(batches, lastAt);
}
