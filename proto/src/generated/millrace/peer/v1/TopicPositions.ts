// Original file: millrace/peer/v1/positions.proto

import type { PartitionFailure as _millrace_peer_v1_PartitionFailure, PartitionFailure__Output as _millrace_peer_v1_PartitionFailure__Output } from '../../../millrace/peer/v1/PartitionFailure.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * In the order of the question.
 */
export interface TopicPositions {
  /**
   * -1 where the partition failed.
   */
  'logStarts'?: (number | string | Long)[];
  'highWatermarks'?: (number | string | Long)[];
  /**
   * Milliseconds since 1970; -1: there is no such record.
   */
  'timestampsMs'?: (number | string | Long)[];
  'failures'?: (_millrace_peer_v1_PartitionFailure)[];
}

/**
 * In the order of the question.
 */
export interface TopicPositions__Output {
  /**
   * -1 where the partition failed.
   */
  'logStarts': (number)[];
  'highWatermarks': (number)[];
  /**
   * Milliseconds since 1970; -1: there is no such record.
   */
  'timestampsMs': (number)[];
  'failures': (_millrace_peer_v1_PartitionFailure__Output)[];
}
