/** Offsets of a topic's partitions at a time or at a symbolic position. */
import type { MillraceError } from '@millrace/core/errors';
import type { ListOffsetsRequest } from '@millrace/proto/generated/millrace/v1/ListOffsetsRequest';
import type { PartitionOffset__Output } from '@millrace/proto/generated/millrace/v1/PartitionOffset';
import { fromWireError } from './remoteError.ts';

/**
 * `latest` is the high watermark; a time is that of the first record whose timestamp is at or after it, in
 * milliseconds since 1970, and the end if there is none.
 */
export type OffsetQuery = 'earliest' | 'latest' | { readonly timestampMs: number };

export interface PartitionOffset {
  readonly partition: number;
  readonly offset: number;
  /** Of the record at `offset`; undefined where there is none. */
  readonly timestampMs: number | undefined;
  readonly leaderEpoch: number;
  /** Set where this partition could not answer; then the offset means nothing. */
  readonly error: MillraceError | undefined;
}

/** By its name, or as the one topic that has the id. */
export type TopicReference = string | { readonly topicId: string };

export function listOffsetsRequest(
  topic: TopicReference,
  at: OffsetQuery,
  partitions: readonly number[],
): ListOffsetsRequest {
  const which = typeof topic === 'string' ? { topicName: topic } : { topicId: topic.topicId };
  const request = { ...which, partitions: [...partitions] };
  if (at === 'earliest') return { ...request, position: 'POSITION_EARLIEST' };
  if (at === 'latest') return { ...request, position: 'POSITION_LATEST' };
  return { ...request, timestampMs: at.timestampMs };
}

export function partitionOffset(reply: PartitionOffset__Output): PartitionOffset {
  const { partition, offset, timestampMs, leaderEpoch, error } = reply;
  return {
    partition,
    offset,
    timestampMs,
    leaderEpoch,
    error: error === null ? undefined : fromWireError(error),
  };
}
