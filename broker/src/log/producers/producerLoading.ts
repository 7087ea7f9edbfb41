import { scanBatches } from '@millrace/core/batchCheck';
import type { Offset } from '@millrace/core/ids';
import type { LogContent } from '../partition/logContent.ts';
import { LogCorruptError } from '../logCorruptError.ts';
import type { ProducerSnapshot } from './producerSnapshot.ts';
import { readSnapshot } from './producerSnapshotFiles.ts';
import { ProducerState } from './producerState.ts';
import type { LogSegment } from '../segment/segment.ts';
import type { SegmentPlace } from '../segment/segmentPlace.ts';

const sliceBytes = 1 << 20;

export interface LoadedProducers {
  readonly state: ProducerState;
  /** Of batches past the newest snapshot. */
  readonly bytesRead: number;
}

/**
 * The producers of what is written of a log: from its newest snapshot and the batches past it, whose CRC is checked. Idle
 * producers count from their snapshot, the others from now. Throws LogCorruptError, and what the storage throws.
 */
export async function loadProducers(
  place: SegmentPlace,
  content: LogContent,
  producersMax: number,
): Promise<LoadedProducers> {
  const snapshot = newestSnapshot(place, content);
  const state = new ProducerState(producersMax, snapshot?.producers);
  const from = Math.max(snapshot?.endOffset ?? 0, content.logStart) as Offset;
  let bytesRead = 0;
  const segments = Array.from(content.segments);
  for (const segment of segments) {
    const next = content.segments.after(segment.baseOffset)?.baseOffset ?? content.end.offset;
    if (next <= from) continue;
    bytesRead += await noteSegment(state, segment, from, place.clock.monotonicMs());
  }
  return { state, bytesRead };
}

function newestSnapshot(place: SegmentPlace, content: LogContent): ProducerSnapshot | undefined {
  for (const { baseOffset } of [...content.segments].toReversed()) {
    const snapshot = readSnapshot(place, baseOffset);
    if (snapshot !== undefined && snapshot.endOffset <= content.end.offset) return snapshot;
  }
  return undefined;
}

async function noteSegment(
  state: ProducerState,
  segment: LogSegment,
  from: Offset,
  nowMs: number,
): Promise<number> {
  const { sizeBytes } = segment;
  let position = segment.baseOffset >= from ? 0 : await positionOf(segment, from);
  let bytesRead = 0;
  while (position < sizeBytes) {
    const batches = await segment.readBatches(position, sliceBytes, sizeBytes);
    const { headers, validBytes, fault } = scanBatches(batches, segment.baseOffset);
    if (validBytes === 0 || fault !== undefined) {
      const what = fault?.message ?? `no batch at byte ${position}`;
      throw new LogCorruptError(`${segment.path}: ${what}`, fault);
    }
    for (const header of headers) {
      if (header.baseOffset < from) continue;
      state.note(header, header.baseOffset, nowMs);
      bytesRead += header.sizeBytes;
    }
    position += validBytes;
  }
  return bytesRead;
}

/** At or before the batch that holds `offset`: without an index that can be believed the whole segment is read. */
async function positionOf(segment: LogSegment, offset: Offset): Promise<number> {
  try {
    return await segment.locate(offset);
  } catch {
    return 0;
  }
}
