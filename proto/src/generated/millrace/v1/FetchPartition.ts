// Original file: millrace/v1/consumer.proto

import type { Position as _millrace_v1_Position, Position__Output as _millrace_v1_Position__Output } from '../../millrace/v1/Position.ts';
import type { Long } from '@grpc/proto-loader';

export interface FetchPartition {
  'topicId'?: (string);
  'topicName'?: (string);
  /**
   * Absent: every partition of the topic.
   */
  'partition'?: (number);
  'offset'?: (number | string | Long);
  /**
   * The first record whose timestamp is at or after this, in milliseconds since 1970; none: the end.
   */
  'timestampMs'?: (number | string | Long);
  'position'?: (_millrace_v1_Position);
  /**
   * Stop before this offset.
   */
  'endOffset'?: (number | string | Long);
  /**
   * The leader epoch of the last record seen; with it a truncated log is reported as DIVERGED instead of read silently.
   */
  'lastLeaderEpoch'?: (number);
  'topic'?: "topicId"|"topicName";
  '_partition'?: "partition";
  /**
   * None given: the earliest record.
   */
  'start'?: "offset"|"timestampMs"|"position";
  '_endOffset'?: "endOffset";
  '_lastLeaderEpoch'?: "lastLeaderEpoch";
}

export interface FetchPartition__Output {
  'topicId'?: (string);
  'topicName'?: (string);
  /**
   * Absent: every partition of the topic.
   */
  'partition'?: (number);
  'offset'?: (number);
  /**
   * The first record whose timestamp is at or after this, in milliseconds since 1970; none: the end.
   */
  'timestampMs'?: (number);
  'position'?: (_millrace_v1_Position__Output);
  /**
   * Stop before this offset.
   */
  'endOffset'?: (number);
  /**
   * The leader epoch of the last record seen; with it a truncated log is reported as DIVERGED instead of read silently.
   */
  'lastLeaderEpoch'?: (number);
  'topic'?: "topicId"|"topicName";
  '_partition'?: "partition";
  /**
   * None given: the earliest record.
   */
  'start'?: "offset"|"timestampMs"|"position";
  '_endOffset'?: "endOffset";
  '_lastLeaderEpoch'?: "lastLeaderEpoch";
}
