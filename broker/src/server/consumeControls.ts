/** Pause, resume and seek of a Consume stream, from the messages of clients. What comes in is hostile (requests.ts). */
import { checkedPartitionRef, type PartitionRef } from '@millrace/core/assignors/partitionRef';
import { millraceError } from '@millrace/core/errors';
import type { ConsumePartitions__Output } from '@millrace/proto/generated/millrace/v1/ConsumePartitions';
import type { ConsumeSeek__Output } from '@millrace/proto/generated/millrace/v1/ConsumeSeek';
import type { ConsumeFeeds, FeedStart } from './consumeFeeds.ts';
import { toRefs } from './groupMessages.ts';
import { toPartition, toStart } from './requests.ts';

/** Of one request: more than a member of a large group has. */
const PARTITIONS_MAX = 10_000;

export interface ControlFrames {
  readonly pause?: ConsumePartitions__Output | null;
  readonly resume?: ConsumePartitions__Output | null;
  readonly seek?: ConsumeSeek__Output | null;
}

/** The sequence to answer with; undefined: it is none of these. */
export function controlSequence({ pause, resume, seek }: ControlFrames): number | undefined {
  return (pause ?? resume ?? seek)?.sequence;
}

/** Changes all that is named, or throws INVALID_REQUEST or NOT_OWNER. */
export function control(feeds: ConsumeFeeds, { pause, resume, seek }: ControlFrames): void {
  if (pause != null) feeds.pause(refsOf(pause));
  else if (resume != null) feeds.resume(refsOf(resume));
  else if (seek != null) feeds.seek(startsOf(seek));
}

function refsOf({ partitions }: ConsumePartitions__Output): PartitionRef[] {
  const count = partitions.reduce((sum, { partitions: numbers }) => sum + numbers.length, 0);
  checkCount(count);
  if (partitions.length > 0 && count === 0) {
    throw millraceError('INVALID_REQUEST', 'a topic without partitions');
  }
  return toRefs(partitions);
}

function startsOf({ seeks }: ConsumeSeek__Output): Map<PartitionRef, FeedStart> {
  checkCount(seeks.length);
  if (seeks.length === 0) throw millraceError('INVALID_REQUEST', 'a seek names no partition');
  return new Map(
    seeks.map(({ topicId, partition, offset, timestampMs, position }) => {
      const to = { offset, timestampMs, position };
      toStart(to);
      return [checkedPartitionRef(topicId, toPartition(partition)), given(to)];
    }),
  );
}

function checkCount(count: number): void {
  if (count <= PARTITIONS_MAX) return;
  const message = `${count} partitions in one request, at most ${PARTITIONS_MAX} are allowed`;
  throw millraceError('INVALID_REQUEST', message);
}

/** A field that is there and undefined would be encoded. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
