/** Where a reader of a partition of this broker begins, checked against its log. */
import { millraceError } from '@millrace/core/errors';
import { type Offset, toOffset } from '@millrace/core/ids';
import type { Isolation, Partition } from '../replication/partition.ts';
import type { FetchTarget } from './localFetch.ts';

/** How long the high watermark may take to reach the start of the epoch before positions are refused (rule 4). */
const SETTLE_MS_MAX = 2000;

export type StartPosition =
  | { readonly kind: 'earliest' | 'latest' }
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'timestamp'; readonly timestampMs: number };

export interface FetchWish {
  readonly start: StartPosition;
  readonly endOffset: number | undefined;
  readonly lastLeaderEpoch: number | undefined;
  readonly stopAtEnd: boolean;
}

/** Throws OFFSET_OUT_OF_RANGE, DIVERGED, and why the partition can't tell positions at the moment. */
export async function fetchTarget(
  partition: Partition,
  topicId: string,
  wish: FetchWish,
  isolation: Isolation,
): Promise<FetchTarget> {
  await settled(partition, wish.start);
  const bound = partition.readBound(isolation);
  const startOffset = await startOf(partition, wish.start, bound);
  if (wish.lastLeaderEpoch !== undefined) checkEpoch(partition, startOffset, wish.lastLeaderEpoch);
  const end = wish.endOffset === undefined ? undefined : toOffset(wish.endOffset);
  const stop = wish.stopAtEnd ? bound : undefined;
  const endOffset = end !== undefined && stop !== undefined ? min(end, stop) : (end ?? stop);
  return { partition, topicId, startOffset, endOffset };
}

/** Throws why it does not lead. */
export function online(partition: Partition): Partition {
  if (partition.offline !== undefined) throw partition.offline;
  return partition;
}

/** A leader whose high watermark has not reached its epoch does not know yet where the log ends for readers (rule 4). */
export async function settled(partition: Partition, start: StartPosition): Promise<void> {
  if (start.kind !== 'offset' && partition.role === 'leader') {
    await partition.whenSettled(SETTLE_MS_MAX);
  }
}

export async function startOf(
  partition: Partition,
  start: StartPosition,
  bound: Offset,
): Promise<Offset> {
  const { log } = partition;
  switch (start.kind) {
    case 'earliest':
      return log.logStartOffset;
    case 'latest':
      return bound;
    case 'timestamp': {
      const found = await log.offsetForTimestamp(start.timestampMs);
      return found === undefined ? bound : min(toOffset(found.offset), bound);
    }
    case 'offset': {
      const offset = toOffset(start.offset);
      if (offset < log.logStartOffset || offset > log.logEndOffset) {
        throw millraceError(
          'OFFSET_OUT_OF_RANGE',
          `${partition.name} holds offsets ${log.logStartOffset} to ${bound} (exclusive), not ${offset}`,
        );
      }
      return offset;
    }
  }
}

/** KIP-320: the epoch last read ended here before the offset asked for, so what was read past its end is gone. */
function checkEpoch(partition: Partition, startOffset: Offset, lastLeaderEpoch: number): void {
  const { epoch, endOffset } = partition.log.endOfEpoch(lastLeaderEpoch);
  if (epoch === -1 || endOffset >= startOffset) return;
  throw millraceError(
    'DIVERGED',
    `${partition.name}: epoch ${lastLeaderEpoch} ended at ${endOffset}, before ${startOffset}`,
  );
}

export function min(left: Offset, right: Offset): Offset {
  return left < right ? left : right;
}
