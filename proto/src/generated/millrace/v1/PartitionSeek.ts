// Original file: millrace/v1/consumer.proto

import type { Position as _millrace_v1_Position, Position__Output as _millrace_v1_Position__Output } from '../../millrace/v1/Position.ts';
import type { Long } from '@grpc/proto-loader';

export interface PartitionSeek {
  'topicId'?: (string);
  'partition'?: (number);
  'offset'?: (number | string | Long);
  /**
   * The first record whose timestamp is at or after this, in milliseconds since 1970; none: the end.
   */
  'timestampMs'?: (number | string | Long);
  'position'?: (_millrace_v1_Position);
  /**
   * None given: the earliest record.
   */
  'to'?: "offset"|"timestampMs"|"position";
}

export interface PartitionSeek__Output {
  'topicId': (string);
  'partition': (number);
  'offset'?: (number);
  /**
   * The first record whose timestamp is at or after this, in milliseconds since 1970; none: the end.
   */
  'timestampMs'?: (number);
  'position'?: (_millrace_v1_Position__Output);
  /**
   * None given: the earliest record.
   */
  'to'?: "offset"|"timestampMs"|"position";
}
