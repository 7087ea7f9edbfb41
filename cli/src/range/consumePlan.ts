/** From a range to what each partition is read from and up to; asks the broker only for what it must know. */
import type { Admin } from '@millrace/client/admin';
import type { OffsetQuery } from '@millrace/client/topicOffsets';
import type { OffsetRange, RangePoint } from './offsetRange.ts';
import { LATEST } from './offsetRange.ts';
import {
  clampToLog,
  type LogExtent,
  type PartitionBounds,
  resolvePoint,
} from './partitionBounds.ts';

export type ConsumePlan =
  /** All partitions asked for from one point on, following the log. */
  | { readonly kind: 'follow'; readonly from: OffsetQuery | { readonly offset: number } }
  /** Each from its own offset on, following the log. */
  | { readonly kind: 'follow-each'; readonly starts: ReadonlyMap<number, number> }
  /** Each within its own bounds; partitions that have nothing of the range are left out. */
  | {
      readonly kind: 'bounded';
      readonly bounds: readonly PartitionBounds[];
      /** What the range asks for and retention has deleted. */
      readonly missing: readonly PartitionBounds[];
    };

export type OffsetSource = Pick<Admin, 'listOffsets'>;

export interface PlanRequest {
  readonly topic: string;
  /** undefined: all. */
  readonly partitions: readonly number[] | undefined;
  readonly range: OffsetRange;
}

export async function planConsume(admin: OffsetSource, request: PlanRequest): Promise<ConsumePlan> {
  const { from, to } = request.range;
  if (to === undefined) {
    const everywhere = commonStart(from);
    if (everywhere !== undefined) return { kind: 'follow', from: everywhere };
  }
  const [logs, fromTimes, toTimes] = await Promise.all([
    extents(admin, request),
    offsetsAt(admin, request, from),
    offsetsAt(admin, request, to ?? LATEST),
  ]);
  const starts = new Map<number, number>();
  const bounds: PartitionBounds[] = [];
  const missing: PartitionBounds[] = [];
  for (const [partition, log] of logs) {
    const start = resolvePoint(from, log, fromTimes.get(partition));
    starts.set(partition, start);
    const wanted = {
      partition,
      from: start,
      to: resolvePoint(to ?? LATEST, log, toTimes.get(partition)),
    };
    const there = clampToLog(wanted, log);
    if (there.from < there.to) bounds.push(there);
    const deletedEnd = Math.min(wanted.to, log.earliest);
    if (wanted.from < deletedEnd) missing.push({ partition, from: wanted.from, to: deletedEnd });
  }
  return to === undefined ? { kind: 'follow-each', starts } : { kind: 'bounded', bounds, missing };
}

/** undefined: it differs from partition to partition. */
function commonStart(from: RangePoint): OffsetQuery | { readonly offset: number } | undefined {
  switch (from.kind) {
    case 'earliest':
      return from.plus === 0 ? 'earliest' : undefined;
    case 'latest':
      return from.minus === 0 ? 'latest' : undefined;
    case 'offset':
      return { offset: from.offset };
    case 'time':
      return { timestampMs: from.ms };
  }
}

async function extents(admin: OffsetSource, request: PlanRequest): Promise<Map<number, LogExtent>> {
  const [earliest, latest] = await Promise.all([
    listed(admin, request, 'earliest'),
    listed(admin, request, 'latest'),
  ]);
  const logs = new Map<number, LogExtent>();
  for (const [partition, start] of earliest) {
    // Both are moving: the end was asked for at the same time and may be older.
    const end = Math.max(start, latest.get(partition) ?? start);
    logs.set(partition, { earliest: start, latest: end });
  }
  return logs;
}

async function offsetsAt(
  admin: OffsetSource,
  request: PlanRequest,
  point: RangePoint,
): Promise<Map<number, number>> {
  if (point.kind !== 'time') return new Map();
  return listed(admin, request, { timestampMs: point.ms });
}

async function listed(
  admin: OffsetSource,
  { topic, partitions }: PlanRequest,
  at: OffsetQuery,
): Promise<Map<number, number>> {
  const offsets = await admin.listOffsets(topic, at, { partitions });
  return new Map(
    offsets.map(({ partition, offset, error }) => {
      if (error !== undefined) throw error;
      return [partition, offset];
    }),
  );
}
