/** One partition of a fetch session: where it goes on, whoever serves it next. */
import type { TopicId } from '@millrace/core/ids';
import type { MillraceError } from '@millrace/core/errors';
import type { FetchedEntry } from '../engine/fetchSource.ts';
import type { FetchWish } from '../engine/fetchStart.ts';

export interface FetchPlace {
  readonly topicId: TopicId;
  /** `topic/partition`, for people. */
  readonly name: string;
  readonly partition: number;
  /** Where the next source begins: what was asked for, then behind what was handed out. */
  wish: FetchWish;
  /** Its reader has got its first entry, which tells its position. */
  introduced: boolean;
}

/** Of a place that nobody reads. */
export function failedEntry(place: FetchPlace, error: MillraceError): FetchedEntry {
  const { topicId, partition, wish } = place;
  const nextOffset = wish.start.kind === 'offset' ? wish.start.offset : -1;
  return {
    topicId,
    partition,
    leaderEpoch: -1,
    highWatermark: -1,
    logStart: -1,
    fromOffset: nextOffset,
    nextOffset,
    endOffset: wish.endOffset,
    end: false,
    error,
    batches: [],
  };
}
