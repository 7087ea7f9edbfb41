/** What the engine answers, in the names and shapes of millrace.v1. */
import type { FetchEntryMessage } from '@millrace/core/messages/fetch';
import type { ProduceResultMessage } from '@millrace/core/messages/produceStream';
import type { RecordMessage } from '@millrace/core/messages/record';
import type { FetchedEntry } from '../engine/fetchSession.ts';
import type { AppendResult } from '../engine/producing.ts';

export function produceResultMessage(result: AppendResult): ProduceResultMessage {
  return result;
}

/** With `records` in the place of its batches, or with these if there are none. */
export function fetchEntryMessage(
  entry: FetchedEntry,
  records?: readonly RecordMessage[],
): FetchEntryMessage {
  const { topicId, partition, leaderEpoch, highWatermark, logStart, nextOffset, end, error } =
    entry;
  return {
    topicId,
    partition,
    leaderEpoch,
    highWatermark,
    lastStable: highWatermark,
    logStart,
    localStart: logStart,
    nextOffset,
    end,
    error,
    records: records ?? [],
    batches: records === undefined ? entry.batches : [],
  };
}
