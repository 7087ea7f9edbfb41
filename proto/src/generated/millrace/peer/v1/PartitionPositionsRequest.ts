// Original file: millrace/peer/v1/positions.proto

import type { TopicPositionsQuery as _millrace_peer_v1_TopicPositionsQuery, TopicPositionsQuery__Output as _millrace_peer_v1_TopicPositionsQuery__Output } from '../../../millrace/peer/v1/TopicPositionsQuery.ts';

export interface PartitionPositionsRequest {
  /**
   * 1,000 partitions and 1,000 records at most, all together.
   */
  'topics'?: (_millrace_peer_v1_TopicPositionsQuery)[];
}

export interface PartitionPositionsRequest__Output {
  /**
   * 1,000 partitions and 1,000 records at most, all together.
   */
  'topics': (_millrace_peer_v1_TopicPositionsQuery__Output)[];
}
