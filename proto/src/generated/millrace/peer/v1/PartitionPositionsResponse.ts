// Original file: millrace/peer/v1/positions.proto

import type { TopicPositions as _millrace_peer_v1_TopicPositions, TopicPositions__Output as _millrace_peer_v1_TopicPositions__Output } from '../../../millrace/peer/v1/TopicPositions.ts';

export interface PartitionPositionsResponse {
  'topics'?: (_millrace_peer_v1_TopicPositions)[];
}

export interface PartitionPositionsResponse__Output {
  'topics': (_millrace_peer_v1_TopicPositions__Output)[];
}
