/** Turns a range into offsets of one partition, once the broker has said where its log begins and ends. */
import type { RangePoint } from './offsetRange.ts';

export interface LogExtent {
  readonly earliest: number;
  /** Exclusive. */
  readonly latest: number;
}

/**
 * The offset that a point means: relative ones never leave the log, absolute ones may.
 * `offsetAtTime`: that of the first record at or after the point's time; the end of the log where there is none.
 */
export function resolvePoint(
  point: RangePoint,
  { earliest, latest }: LogExtent,
  offsetAtTime: number | undefined,
): number {
  switch (point.kind) {
    case 'earliest':
      return Math.min(earliest + point.plus, latest);
    case 'latest':
      return Math.max(latest - point.minus, earliest);
    case 'offset':
      return point.offset;
    case 'time':
      return offsetAtTime ?? latest;
  }
}

export interface PartitionBounds {
  readonly partition: number;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** A range is what the log has of it: nothing before its beginning, nothing after its present end. */
export function clampToLog(
  bounds: PartitionBounds,
  { earliest, latest }: LogExtent,
): PartitionBounds {
  const from = Math.max(bounds.from, earliest);
  return { partition: bounds.partition, from, to: Math.max(from, Math.min(bounds.to, latest)) };
}
