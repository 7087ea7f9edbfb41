// Original file: millrace/v1/groups.proto

import type { Long } from '@grpc/proto-loader';

export interface OffsetToCommit {
  'topicId'?: (string);
  'partition'?: (number);
  'offset'?: (number | string | Long);
  'leaderEpoch'?: (number);
  'metadata'?: (string);
  '_leaderEpoch'?: "leaderEpoch";
}

export interface OffsetToCommit__Output {
  'topicId': (string);
  'partition': (number);
  'offset': (number);
  'leaderEpoch'?: (number);
  'metadata': (string);
  '_leaderEpoch'?: "leaderEpoch";
}
