import type { Offset } from '@millrace/core/ids';

/** A sealed segment as compaction sees it. */
export interface CleanableSegment {
  readonly baseOffset: Offset;
  /** Exclusive: where the next one begins. */
  readonly endOffset: Offset;
  readonly sizeBytes: number;
}

/** What could be cleaned of a log: a run of its segments, from its first one on. */
export interface CleaningPlan {
  readonly segments: readonly CleanableSegment[];
  /** What lies below was cleaned before. */
  readonly cleanedTo: Offset;
  /** Exclusive. */
  readonly end: Offset;
  readonly dirtyBytes: number;
  /** Share of bytes that were never cleaned. */
  readonly dirtyRatio: number;
}

/** `segments`: those that may be cleaned now. undefined: nothing of them is dirty. */
export function cleaningPlan(
  segments: readonly CleanableSegment[],
  cleanedTo: Offset,
): CleaningPlan | undefined {
  const end = segments.at(-1)?.endOffset;
  if (end === undefined || end <= cleanedTo) return undefined;
  let bytes = 0;
  let dirtyBytes = 0;
  for (const { endOffset, sizeBytes } of segments) {
    bytes += sizeBytes;
    if (endOffset > cleanedTo) dirtyBytes += sizeBytes;
  }
  if (dirtyBytes === 0) return undefined;
  return { segments, cleanedTo, end, dirtyBytes, dirtyRatio: dirtyBytes / bytes };
}

/**
 * Neighbours that become one segment: as many as fit into `segmentBytesMax` as they are now, up to the one in which `end`
 * lies. Offsets within one segment stay below 2^31.
 */
export function segmentGroups(
  segments: readonly CleanableSegment[],
  end: Offset,
  segmentBytesMax: number,
): CleanableSegment[][] {
  const groups: CleanableSegment[][] = [];
  let group: CleanableSegment[] = [];
  let bytes = 0;
  for (const segment of segments) {
    if (segment.baseOffset >= end) break;
    const first = group[0];
    const fits =
      first !== undefined &&
      bytes + segment.sizeBytes <= segmentBytesMax &&
      segment.endOffset - first.baseOffset < 2 ** 31;
    if (!fits && group.length > 0) {
      groups.push(group);
      group = [];
      bytes = 0;
    }
    group.push(segment);
    bytes += segment.sizeBytes;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}
