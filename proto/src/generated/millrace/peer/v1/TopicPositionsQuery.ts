// Original file: millrace/peer/v1/positions.proto

import type { RecordQuery as _millrace_peer_v1_RecordQuery, RecordQuery__Output as _millrace_peer_v1_RecordQuery__Output } from '../../../millrace/peer/v1/RecordQuery.ts';

export interface TopicPositionsQuery {
  'topicId'?: (string);
  'partitions'?: (number)[];
  /**
   * Of these partitions, whose timestamps are asked for.
   */
  'records'?: (_millrace_peer_v1_RecordQuery)[];
}

export interface TopicPositionsQuery__Output {
  'topicId': (string);
  'partitions': (number)[];
  /**
   * Of these partitions, whose timestamps are asked for.
   */
  'records': (_millrace_peer_v1_RecordQuery__Output)[];
}
