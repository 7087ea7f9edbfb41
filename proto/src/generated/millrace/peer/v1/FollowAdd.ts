// Original file: millrace/peer/v1/replication.proto

import type { Long } from '@grpc/proto-loader';

export interface FollowAdd {
  /**
   * The follower's number for the partition on this stream, never used again on it.
   */
  'handle'?: (number);
  'topicId'?: (string);
  'partition'?: (number);
  'copyId'?: (string);
  'removedBelow'?: (number | string | Long);
}

export interface FollowAdd__Output {
  /**
   * The follower's number for the partition on this stream, never used again on it.
   */
  'handle': (number);
  'topicId': (string);
  'partition': (number);
  'copyId': (string);
  'removedBelow': (number);
}
